"""An idle consumer is woken by another thread, beside a tokio task."""

from harness import row, within


def run(bench):
    rust = bench.rust("channels")
    program = bench.program("wake_up")
    figures = bench.medians(5, lambda: program.lines("us"), rust and (lambda: rust.lines("us", "wake_up")))
    for percentile in "p50", "p99":
        found = figures.only(percentile)
        yield row(f"wake_up_{percentile}", "us", found, "<= tokio", within(1, "rust_tokio_mpsc"))
