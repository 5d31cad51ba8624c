"""Four producers and one consumer: in pipelines, item by item, and what share each producer gets."""

from harness import Figures, at_least, row, within


def run(bench):
    rust = bench.rust("channels")
    program = bench.program("fan_in")

    def weir():
        costs = program.nanoseconds()
        costs.pop("fairness", None)
        return costs | program.counters("share").pick(share="fairness")

    figures = bench.medians(5, weir, rust and (lambda: rust.line_nanoseconds("fan_in"), 3))
    share = figures.pick(weir="share")
    figures.pop("share", None)
    swapped = {"weir": "weir_pipelines", "weir_item_by_item": "weir"}
    items = Figures({swapped.get(name, name): figure for name, figure in figures.items()})
    demand = within(1 / 3, "rust_tokio_mpsc")
    yield row("fan_in", "ns/item", figures, "<= 1/3 x tokio mpsc", demand)
    yield row("fan_in_items", "ns/item", items, "<= 1/3 x tokio mpsc", demand)
    yield row("fan_in_share", "of fair", share, "no producer below 0.8", at_least(0.8))
