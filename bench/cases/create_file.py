"""A CSV file of 2.5 M people is written, beside one `format!` a row."""

import os

from harness import row, within
from harness import run as run_program
from harness.files import ROWS


def run(bench):
    weir = bench.app("weir-load")
    rust = bench.rust("create-file")
    with bench.scratch() as directory:

        def seconds(*command):
            file = directory / "made.csv"
            os.sync()
            took, _ = run_program(*command, "--number-rows", str(ROWS), "--output", file)
            file.unlink()
            return took

        figures = bench.medians(
            9,
            lambda: {"weir": seconds(weir, "create-file", "--seed", "1")},
            rust and (lambda: {"rust": seconds(rust.path)}),
        )
    yield row("create_file", "s", figures, "time <= 0.5 x rust", within(0.5, "rust"))
