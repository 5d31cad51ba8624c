"""10 M rows of CSV into SQLite: time and memory beside those of 2.5 M rows."""

from harness import at_most, row, within
from harness.files import MANY_ROWS, ROWS, people, weir_load


def run(bench):
    weir = bench.app("weir-load")
    with bench.scratch() as directory:
        sources = {rows: people(weir, directory, rows) for rows in (ROWS, MANY_ROWS)}

        def measure(rows, name):
            seconds, megabytes = weir_load(weir, rows, directory, sources[rows])
            return {f"{name}@s": seconds, f"{name}@MB": megabytes}

        figures = bench.medians(3, lambda: measure(ROWS, "weir_2.5m"), lambda: measure(MANY_ROWS, "weir"))
    yield row("load_10m", "s", figures.only("s"), "time <= 4.2 x weir_2.5m", within(4.2, "weir_2.5m"))
    demands = (at_most(100), at_most(100, "weir_2.5m"), within(1.1, "weir_2.5m"), within(1.1, "weir", "weir_2.5m"))
    bar = "both peaks <= 100 MB and within 10 % of each other"
    yield row("load_10m_memory", "MB", figures.only("MB"), bar, *demands)
