"""`co_await s.next()` in a generator, of an `any_stream`."""

from harness import at_most, row


def run(bench):
    figures = bench.medians(7, bench.program("generator_next").nanoseconds)
    yield row("generator_next", "ns/item", figures, "<= 6 ns", at_most(6))
