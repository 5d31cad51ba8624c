"""`async_map(64)` of a coroutine that yields once, in order, beside futures' `buffered`."""

from harness import row, within


def run(bench):
    rust = bench.rust("async_map")
    figures = bench.medians(7, bench.program("async_map").nanoseconds, rust and rust.line_nanoseconds)
    yield row("async_map", "ns/item", figures, "<= 0.8 x futures' buffered(64)", within(0.8, "rust_buffered"))
