"""The rungs of docs/joins.md: the same join in each form."""

from harness import row, within


def run(bench):
    figures = bench.medians(5, bench.program("enrich_ladder").nanoseconds)
    yield row("ladder_0ns", "ns/item", figures.only("0"), "a comparison")
    bar = "two workers, in runs and in order, beat every other rung that keeps it"
    demands = (within(1, "one_thread"), within(1, "thread_per_stage"))
    yield row("ladder_200ns", "ns/item", figures.only("200"), bar, *demands)
