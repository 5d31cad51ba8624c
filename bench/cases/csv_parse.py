"""Plain CSV of three short columns is parsed on one thread, beside counting its newlines by memchr."""

from harness import Figures, at_least, row


def run(bench):
    program = bench.program("csv_parse")

    def gigabytes():
        rates = program.counters("bytes_per_second")
        return Figures({name: rate / 1e9 for name, rate in rates.items()})

    figures = bench.medians(7, gigabytes)
    yield row("csv_parse", "GB/s", figures, ">= 1 GB/s (an aim)", at_least(1))
