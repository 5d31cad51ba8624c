"""Running means of 1,000 groups beside the loop by hand."""

from harness import row, within


def run(bench):
    figures = bench.medians(7, bench.program("group_by").nanoseconds)
    yield row("group_by", "ns/item", figures, "<= 1.5 x hand", within(1.5, "hand"))
