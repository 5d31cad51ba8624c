"""`merge` and `zip` of streams that are ready, and a `merge` that is woken, beside futures."""

from harness import row, within


def run(bench):
    rust = bench.rust("many_streams")
    figures = bench.medians(5, bench.program("many_streams").nanoseconds, rust and (rust.line_nanoseconds, 3))
    for which, factor in ("merge", 1 / 3), ("zip", 1):
        bar = f"<= {factor:.2g} x futures"
        yield row(f"{which}_two", "ns/item", figures.only(which), bar, within(factor, "rust_futures"))
    for inputs in "2", "64":
        demand = within(1, "rust_futures")
        yield row(f"merge_wake_{inputs}", "ns", figures.only(inputs), "<= futures select_all", demand)
