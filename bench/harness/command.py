"""The command line: `bench/run`, which `./dev bench` calls once the build is set up.

Each result is one row: a line of text with its peers below, or with --json an object with these keys:

    name       of the row; a bench has one or several
    unit       of the figures
    weir       its median, null when it was not measured
    peers      the median of each peer that was measured, by name
    bar        what weir must reach, in words
    met        true or false; null when there is nothing to meet, or when a figure is missing that decides
    missing    the figures that were needed and not measured, by name
    processor  that it was measured on

Notes and progress go to stderr.
"""

import argparse
import json
import os
import sys

from .bench import Bench, measured
from .build import TOP, Build
from .compare import build_of, compare, options_of
from .figures import Failed
from .machine import processor
from .programs import note
from .report import as_text, compared_as_text

MET, MISSED, UNMEASURED = 0, 1, 3
EPILOG = """exit code: 0 when no bar was missed, 1 when one was, 2 for a wrong command line, 3 when no bar was missed but
something failed or weir has no figure. A peer that is not on this machine is no failure: its row is open.

WEIR_BUILD names the build that is measured, made with -Dbench=enabled (build/bench when unset). Files are written
inside it, so that the disk is the same for all programs."""


def cases():
    """The names of all benches."""
    return sorted(path.stem for path in (TOP / "bench" / "cases").glob("*.py") if not path.stem.startswith("_"))


def arguments(words):
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures weir beside its peers and holds it to its bars.",
        epilog=f"benches: {' '.join(cases())}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="a bench; all of them when none is named")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--runs", type=int, metavar="N", help="rounds, instead of what suits each bench")
    parser.add_argument("--compare", metavar="REV", help="build that revision too, and measure both in turn")
    chosen = parser.parse_args(words)
    unknown = set(chosen.names) - set(cases())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))} (there are: {', '.join(cases())})")
    if chosen.runs is not None and chosen.runs < 1:
        parser.error("--runs must be at least 1")
    return chosen


def verdict(rows, failures):
    """The exit code."""
    if any(row["met"] is False for row in rows):
        return MISSED
    return UNMEASURED if failures or any("weir" in row["missing"] for row in rows) else MET


def measure_all(names, build, rounds, show):
    rows, failures = [], []
    for name in names:
        bench = Bench(name, build, rounds)
        for row in measured(bench):
            rows.append(row)
            show(row)
        failures += bench.failures
    return verdict(rows, failures)


def compare_all(names, here, there, revision, rounds, show):
    failed = False
    for name in names:
        rows, failures = compare(name, here, there, revision, rounds)
        for row in rows:
            show(row)
        failed = failed or failures or any(row["missing"] for row in rows)
    return UNMEASURED if failed else MET


def main(words):
    chosen = arguments(words)
    machine = processor()
    to_text = compared_as_text if chosen.compare else as_text

    def show(row):
        print(json.dumps({**row, "processor": machine}) if chosen.json else to_text(row), flush=True)

    build = Build(os.environ.get("WEIR_BUILD", TOP / "build" / "bench"))
    try:
        revision, other = build_of(chosen.compare, options_of(build)) if chosen.compare else (None, None)
    except (Failed, OSError) as error:
        note(error)
        return UNMEASURED
    if not chosen.names:  # All at once is faster than each program when its bench comes.
        for each in filter(None, (build, other)):
            each.make_all()
    if not chosen.json:
        print(f"processor: {machine}")
        if other:
            print(f"each figure of this tree, of {revision}, and their ratio", flush=True)
    names = chosen.names or cases()
    try:
        if other:
            return compare_all(names, build, other, revision, chosen.runs, show)
        return measure_all(names, build, chosen.runs, show)
    except KeyboardInterrupt:
        note("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
