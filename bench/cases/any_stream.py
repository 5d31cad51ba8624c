"""An `any_stream` between two steps."""

from harness import at_most, row


def run(bench):
    figures = bench.medians(7, bench.program("any_stream").nanoseconds)
    yield row("any_stream", "ns/item", figures, "<= 2 ns", at_most(2))
