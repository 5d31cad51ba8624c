"""The mean of 50 M floats is subtracted from each, beside rayon."""

from harness import row, within


def run(bench):
    rust = bench.rust("mean")
    figures = bench.medians(7, bench.program("mean").nanoseconds, rust and rust.line_nanoseconds)
    demands = (within(1.1, peer) for peer in ("rust_rayon", "rust_rayon_chunks"))
    yield row("mean", "ns/item", figures, "time <= 1.1 x rayon, plain and in chunks", *demands)
