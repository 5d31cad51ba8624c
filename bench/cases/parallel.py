"""`parallel(2)` beside one thread, with little and with more work an item."""

from harness import row, within


def run(bench):
    figures = bench.medians(7, bench.program("parallel").nanoseconds)
    for work, factor in ("20", 1.5), ("1000", 1.85):
        bar = f"time <= 1/{factor} x one_thread"
        yield row(f"parallel_{work}ns", "ns/item", figures.only(work), bar, within(1 / factor, "one_thread"))
