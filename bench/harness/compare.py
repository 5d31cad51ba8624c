"""Another revision beside this tree, in the same run."""

import json
import subprocess

from .bench import Bench, measured
from .build import TOP, Build
from .figures import Failed, medians, rounded
from .programs import note
from .report import ratio

ROUNDS = 5


def git(*arguments):
    done = subprocess.run(["git", "-C", TOP, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def build_of(revision, options):
    """The abbreviated name of a revision, and a build of it: in a worktree of its own under build/compare."""
    try:
        commit = git("rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except Failed as failure:
        raise Failed(f"no revision {revision} to compare with: {failure}") from None
    name = git("rev-parse", "--short", commit)
    place = TOP / "build" / "compare" / commit
    source = place / "source"
    note(f"building {name} in {place}")
    if not (source / "meson.build").exists():
        place.mkdir(parents=True, exist_ok=True)
        git("worktree", "add", "--force", "--detach", str(source), commit)
    build = Build(place / "build", source)
    if not build.configure(*options):
        raise Failed(f"{name} cannot be set up")
    return name, build


def options_of(build):
    """The options of a build that bear on speed, for another one. (Both are release builds.)"""
    path = build.directory / "meson-info" / "intro-buildoptions.json"
    if not path.exists():
        raise Failed(f"no build in {build.directory}: make it with `./dev bench`")
    alike = ("b_ndebug", "b_lto", "cpp_args", "unity", "unity_size")
    values = {option["name"]: option["value"] for option in json.loads(path.read_text())}
    return [f"-D{name}={values[name]}" for name in alike if name in values]


class Side:
    """The figures of one build, round by round."""

    def __init__(self, bench):
        self.bench, self.units, self.rounds, self.missing = bench, {}, {}, {}

    def take(self):
        """One round of the bench."""
        for row in measured(self.bench):
            self.units.setdefault(row["name"], row["unit"])
            figures = {"weir": row["weir"], **row["peers"]}
            figures = {name: figure for name, figure in figures.items() if figure is not None}
            self.rounds.setdefault(row["name"], []).append(figures)
            if not figures:
                self.missing[row["name"]] = row["bar"].removeprefix("not measured: ")


def compare(name, here, there, revision, rounds=None):
    """The rows of a bench measured in two builds, round by round and another one first each time.

    Returns them with what failed. Each row has `figures`: by name, `this` tree's, the `other` revision's, and `ratio`.
    """
    sides = Side(Bench(name, here, 1, peers=False)), Side(Bench(name, there, 1, peers=False))
    for turn in range(rounds or ROUNDS):
        for side in sides if turn % 2 == 0 else sides[::-1]:
            if not side.bench.failures:
                side.take()
    this, other = sides
    rows = []
    for row in dict.fromkeys([*this.rounds, *other.rounds]):
        mine, theirs = (medians(side.rounds.get(row, [])) for side in sides)
        figures = {
            figure: {
                "this": rounded(mine.get(figure)),
                "other": rounded(theirs.get(figure)),
                "ratio": rounded(ratio(mine.get(figure), theirs.get(figure))),
            }
            for figure in dict.fromkeys([*mine, *theirs])
        }
        lacking = [(where, side) for where, side, found in (("this tree", this, mine), (revision, other, theirs))
                   if "weir" not in found]
        missing = [f"{where}{': ' + side.missing[row] if row in side.missing else ''}" for where, side in lacking]
        unit = this.units.get(row) or other.units.get(row) or ""
        rows.append({"name": row, "unit": unit, "revision": revision, "figures": figures, "missing": missing})
    return rows, this.bench.failures + other.bench.failures
