"""Each line of a file is hashed, by two workers and in each other form."""

from harness import row, within


def run(bench):
    figures = bench.medians(7, bench.program("parallel_lines").nanoseconds)
    figures |= figures.pick(weir="weir@2")
    bar = "a comparison: two workers beat one thread, a thread a stage, and item by item"
    demands = (within(1, peer) for peer in ("one_thread", "thread_per_stage", "item_by_item@2"))
    yield row("parallel_lines", "ns/line", figures, bar, *demands)
