"""One bench at work: what its file in `cases` is given, and how the file is called."""

import contextlib
import importlib
import subprocess
import tempfile
from pathlib import Path

from .figures import Failed, medians, unmeasured
from .programs import note


def why(error):
    """An error as a sentence: some say nothing but their kind."""
    if isinstance(error, (Failed, OSError, subprocess.SubprocessError)):
        return str(error)
    return f"{type(error).__name__}: {error}"


class Bench:
    """What a case measures with: a build, the number of rounds, and its peers.

    `rounds` replaces the number that a case chooses. Without `peers` the programs in Rust are left out.
    `failures` is what went wrong.
    """

    def __init__(self, name, build, rounds=None, peers=True):
        self.name, self.build, self.rounds, self.peers = name, build, rounds, peers
        self.failures = []

    def app(self, name):
        return self.build.app(name)

    def program(self, name):
        return self.build.program(name)

    def peer(self, name):
        """A peer in C++ that is a program of its own, or None with a note where it does not build."""
        try:
            return self.build.program(name)
        except Failed as failure:
            note(f"{self.name}: the peer {name} is skipped: {failure}")
            return None

    def clang_program(self, name):
        """The same program by clang, or None."""
        build = self.build.clang()
        return build and build.program(name)

    def rust(self, name):
        return self.build.rust(name) if self.peers else None

    def failed(self, error):
        self.failures.append(why(error))
        note(f"{self.name}: {why(error)}")

    def medians(self, rounds, *measures, name=None):
        """Takes all measures once a round, another one first each time. Returns the median of each figure.

        A measure is a callable that returns figures by name, or None for a peer that is missing. A pair
        (callable, rounds) sits out the rounds after those: for a peer so slow that more of it would tell nothing more.
        A measure that fails is not taken again, and its figures are missing; the others go on.
        """
        rounds = self.rounds or rounds
        measures = [m if isinstance(m, tuple) else (m, rounds) for m in measures if m]
        taken, broken = [], set()
        for turn in range(rounds):
            note(f"{name or self.name}: round {turn + 1} of {rounds}")
            first = turn % len(measures) if measures else 0
            for measure, limit in measures[first:] + measures[:first]:
                if turn >= limit or measure in broken:
                    continue
                try:
                    taken.append(measure())
                except Exception as error:  # Whatever a program printed, the other measures go on.
                    broken.add(measure)
                    self.failed(error)
        return medians(taken)

    @contextlib.contextmanager
    def scratch(self):
        """A directory that is gone afterwards, on the disk of the build."""
        with tempfile.TemporaryDirectory(dir=self.build.directory, prefix="bench-") as directory:
            yield Path(directory)


def measured(bench):
    """The rows of a bench, each as soon as it is known. What could not be measured is a row that says so."""
    try:
        yield from importlib.import_module(f"cases.{bench.name}").run(bench)
    except Exception as error:  # Whatever is wrong with one bench, the others go on.
        bench.failed(error)
        yield unmeasured(bench.name, why(error).partition("\n")[0])
