"""2.5 M rows of CSV into SQLite, beside a loop by hand and three tokio tasks."""

from harness import row, within
from harness.files import ROWS, load, people, weir_load


def run(bench):
    weir = bench.app("weir-load")
    hand = bench.peer("hand-load")
    rust = bench.rust("load")
    with bench.scratch() as directory:
        source = people(weir, directory, ROWS)

        def by_weir():
            return {"weir": weir_load(weir, ROWS, directory, source)[0]}

        def by_hand():
            return {"hand": load(ROWS, directory, hand.path, source, "DATABASE")[0]}

        def by_tokio():
            return {"rust": load(ROWS, directory, rust.path, "--input", source, "--database", "DATABASE")[0]}

        figures = bench.medians(5, by_weir, hand and by_hand, rust and (by_tokio, 3))
    bar = "time <= 1.0 x hand, <= 1/6 x rust"
    yield row("load", "s", figures, bar, within(1, "hand"), within(1 / 6, "rust"))
