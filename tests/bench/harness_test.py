"""Tests of the harness of the benches. Programs that print nothing, nonsense or half of their figures stand in for the
real ones: each bench must end with rows that say what is missing, and without a traceback. Nothing is timed."""

import contextlib
import io
import json
import pathlib
import shlex
import sys
import tempfile
import unittest
import unittest.mock

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(TOP / "bench"))

from harness import Failed, Figures, ahead, at_least, at_most, row, within  # noqa: E402
from harness import command, compare  # noqa: E402
from harness.bench import Bench, measured  # noqa: E402
from harness.build import Build  # noqa: E402
from harness.figures import medians  # noqa: E402
from harness.machine import processor  # noqa: E402
from harness.programs import Program, read_google_benchmark, read_lines  # noqa: E402
from harness.report import as_text, compared_as_text  # noqa: E402


def google(**counters):
    """What a program of Google Benchmark prints of one case called weir."""
    return json.dumps({"benchmarks": [{"name": "weir/iterations:3", **counters}]})


# What programs may print instead of their figures.
BROKEN = {
    "nothing": "",
    "nonsense": "Segmentation fault",
    "another JSON": "[1, 2]",
    "no cases": '{"benchmarks": []}',
    "a case without a name": '{"benchmarks": [{}]}',
    "no counter": google(error_occurred=True, error_message="records are missing"),
    "null": google(items_per_second=None, bytes_per_second=None, bytes=None, share=None),
    "NaN": google(items_per_second=float("nan"), bytes_per_second=float("inf"), bytes=float("nan")),
    "nought": google(items_per_second=0, bytes_per_second=0, bytes=0, share=0),
    "half of the figures": google(items_per_second=1e9, bytes_per_second=1e9),
    "a line without a figure": '{"who":"weir"}',
    "a figure that is none": '{"who":"weir","us":null,"ns_per_item":"fast","figure":[]}',
    "half a line": '{"who":"weir@p50","us":1.5}\n{"who":"we',
}


class FakeProgram(Program):
    """A program that prints one text or fails. It is not started, to save time."""

    def __init__(self, path, text, code):
        super().__init__(path)
        self._text, self._code = text, code

    def _printed(self, *arguments):
        if self._code != 0:
            raise Failed(f"ended with {self._code}")
        return self._text


class FakeBuild(Build):
    """Each program of it prints one text and ends with one exit code."""

    def __init__(self, directory, text, code=0, compiler=None):
        super().__init__(directory)
        self._text, self._code = text, code
        self._program = self.directory / "program"
        self._program.write_text(f"#!/bin/sh\nprintf %s {shlex.quote(text)}\nexit {code}\n")
        self._program.chmod(0o755)
        commands = [{"file": "compile_time.cpp", "command": f"{self._program} -c compile_time.cpp"}]
        (self.directory / "compile_commands.json").write_text(json.dumps(commands if compiler else []))

    def make(self, target):
        return self._program

    def clang(self):
        return self

    def program(self, name):
        return FakeProgram(self._program, self._text, self._code)

    def rust(self, name):
        return self.program(name)


class Harness(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.addCleanup(self._directory.cleanup)
        self.directory = pathlib.Path(self._directory.name)
        no_sync = unittest.mock.patch("os.sync")
        no_sync.start()
        self.addCleanup(no_sync.stop)
        self.notes = io.StringIO()
        silent = contextlib.redirect_stderr(self.notes)
        silent.__enter__()
        self.addCleanup(silent.__exit__, None, None, None)

    def rows_of(self, name, build, peers=True):
        bench = Bench(name, build, 1, peers)
        return list(measured(bench)), bench

    def test_each_bench_survives_broken_programs(self):
        for name in command.cases():
            for kind, text in BROKEN.items():
                with self.subTest(bench=name, prints=kind):
                    rows, bench = self.rows_of(name, FakeBuild(self.directory, text))
                    self.assertTrue(rows)
                    for each in rows:
                        json.dumps(each, allow_nan=False)
                        as_text(each)
                        self.assertTrue(each["weir"] is not None or "weir" in each["missing"])

    def test_each_bench_survives_programs_that_fail(self):
        for name in command.cases():
            with self.subTest(bench=name):
                rows, bench = self.rows_of(name, FakeBuild(self.directory, "", code=1))
                self.assertTrue(bench.failures)
                self.assertTrue(all("weir" in each["missing"] for each in rows))
                self.assertEqual(command.verdict(rows, bench.failures), command.UNMEASURED)

    def test_a_bench_whose_build_is_missing_is_a_row_that_says_so(self):
        for name in command.cases():
            rows, bench = self.rows_of(name, Build(self.directory / "none"), peers=False)
            self.assertEqual([each["missing"] for each in rows], [["weir"]])
            self.assertIn("not measured: ", as_text(rows[0]))

    def test_an_unknown_error_is_named_by_its_kind(self):
        rows, bench = self.rows_of("there_is_no_such_bench", FakeBuild(self.directory, ""))
        self.assertIn("ModuleNotFoundError", rows[0]["bar"])

    def test_the_others_go_on_after_one_that_fails(self):
        shown = []
        build = FakeBuild(self.directory, google(items_per_second=1e9))
        build.app = lambda name: self.fail("not asked for")
        code = command.measure_all(["there_is_no_such_bench", "generator_next"], build, 1, shown.append)
        self.assertEqual([(r["name"], r["met"]) for r in shown], [("there_is_no_such_bench", None), ("generator_next", True)])
        self.assertEqual(code, command.UNMEASURED)

    def test_a_peer_that_fails_leaves_the_row_open(self):
        bench = Bench("x", None, rounds=2)
        rounds = []

        def peer():
            rounds.append(1)
            raise KeyError("figure")

        figures = bench.medians(5, lambda: {"weir": 1}, peer, None)
        self.assertEqual(figures, {"weir": 1})
        self.assertEqual(bench.failures, ["KeyError: 'figure'"])
        self.assertEqual(len(rounds), 1, "what failed is not run again")
        found = row("x", "s", figures, "<= peer", within(1, "peer"))
        self.assertEqual((found["met"], found["missing"]), (None, ["peer"]))
        self.assertIn("open", as_text(found))
        self.assertIn("not measured: peer", as_text(found))

    def test_medians(self):
        self.assertEqual(medians([{"a": 1}, {"a": 5, "b": 2}, {"a": 3}]), {"a": 3, "b": 2})
        taken = []
        Bench("x", None).medians(3, lambda: taken.append("a") or {}, (lambda: taken.append("b") or {}, 2))
        self.assertEqual("".join(taken), "abba" + "a")

    def test_the_bar_is_met_missed_or_open(self):
        figures = Figures(weir=2.0, hand=2.0, rust=9.0)
        for met, *demands in (
            (True, within(1, "hand"), within(1 / 4, "rust")),
            (False, within(0.9, "hand")),
            (False, within(0.9, "hand"), within(1, "kanal")),
            (None, within(1, "hand"), within(1, "kanal")),
            (True, at_most(2)),
            (False, at_most(1.9)),
            (True, at_least(2)),
            (False, at_least(2.1)),
            (False, ahead(1.5, "hand")),
            (True, ahead(0.2, "rust")),
            (None,),
        ):
            self.assertIs(row("x", "s", figures, "", *demands)["met"], met)

    def test_the_exit_code(self):
        met = row("x", "s", Figures(weir=1), "", at_most(1))
        missed = row("x", "s", Figures(weir=2), "", at_most(1))
        peer_missing = row("x", "s", Figures(weir=2), "", within(1, "peer"))
        weir_missing = row("x", "s", Figures(peer=2), "", within(1, "peer"))
        self.assertEqual(command.verdict([met, peer_missing], []), command.MET)
        self.assertEqual(command.verdict([met, missed, weir_missing], []), command.MISSED)
        self.assertEqual(command.verdict([met, weir_missing], []), command.UNMEASURED)
        self.assertEqual(command.verdict([met], ["rust ended with 1"]), command.UNMEASURED)

    def test_a_figure_of_nought_is_no_divisor(self):
        found = row("x", "s", Figures(weir=0.0, peer=0.0), "", within(1, "peer"))
        self.assertIn("met", as_text(found))
        self.assertEqual(found["weir"], 0)

    def test_cases_of_google_benchmark(self):
        text = json.dumps({"benchmarks": [
            {"name": "weir/64/iterations:3/real_time", "items_per_second": 5},
            {"name": "weir@zip/iterations:3", "items_per_second": 6},
            {"name": "hand", "items_per_second": 7},
        ]})
        figures = read_google_benchmark("program", text, "items_per_second")
        self.assertEqual(figures, {"weir@64": 5, "weir@zip": 6, "hand": 7})
        self.assertEqual(figures.only("zip"), {"weir": 6})
        self.assertEqual(figures.plain(), {"hand": 7})
        self.assertEqual(figures.pick(weir="weir@64", peer="gone"), {"weir": 5})

    def test_lines_that_are_no_figures_are_noted(self):
        figures = read_lines("program", 'warning: x\n{"who":"weir","us":2}\n{"who":"b"}', "us")
        self.assertEqual(figures, {"weir": 2})
        self.assertIn("program: this line is no figure of us: warning: x", self.notes.getvalue())

    def test_the_processor_is_named(self):
        text = "processor : 0\ncpu family : 6\nmodel : 207\nmodel name : Xeon\n\nprocessor : 1\nmodel name : Other\n"
        self.assertRegex(processor(text), r"^Xeon \(family 6, model 207\), \d+ cores?$")
        self.assertRegex(processor(""), r"\d+ cores?$")
        self.assertTrue(processor())

    def test_a_comparison_shows_both_and_their_ratio(self):
        for name in ("this", "other"):
            (self.directory / name).mkdir()
        here = FakeBuild(self.directory / "this", google(items_per_second=5e8))
        there = FakeBuild(self.directory / "other", google(items_per_second=2.5e8))
        (found,), failures = compare.compare("generator_next", here, there, "abc1234", 3)
        self.assertEqual(found["figures"], {"weir": {"this": 2.0, "other": 4.0, "ratio": 0.5}})
        self.assertEqual((found["missing"], failures), ([], []))
        self.assertIn("0.5 x", compared_as_text(found))

    def test_a_comparison_with_a_revision_that_has_no_such_bench_says_so(self):
        (self.directory / "this").mkdir()
        here = FakeBuild(self.directory / "this", google(items_per_second=5e8))
        (found,), failures = compare.compare("generator_next", here, Build(self.directory / "none"), "abc1234", 2)
        self.assertEqual(found["figures"]["weir"], {"this": 2.0, "other": None, "ratio": None})
        self.assertTrue(found["missing"][0].startswith("abc1234: no build"))
        self.assertEqual(len(failures), 1)
        self.assertIn("not measured: abc1234", compared_as_text(found))

    def test_a_wrong_command_line_is_refused(self):
        for words in (["no_such_bench"], ["--runs", "0"], ["--compare"]):
            with self.assertRaises(SystemExit) as refused:
                command.arguments(words)
            self.assertEqual(refused.exception.code, 2)
        self.assertIn("no such bench: no_such_bench", self.notes.getvalue())


if __name__ == "__main__":
    unittest.main()
