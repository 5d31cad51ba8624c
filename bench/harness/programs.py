"""Running programs, and reading the figures that they print."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .figures import Failed, Figures


def note(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(*command):
    """Runs a whole program. Returns the seconds it took and its peak memory in MB."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            errors = said.read().decode(errors="replace").strip()
            raise Failed(f"{Path(command[0]).name} ended with {child.returncode}: {errors}")
    return seconds, usage.ru_maxrss * 1024 / 1e6


def usable(figure):
    return isinstance(figure, (int, float)) and not isinstance(figure, bool) and math.isfinite(figure)


def read_google_benchmark(program, text, counter):
    """`counter` of each case that a program of Google Benchmark printed. A case without it is left out, with a note."""
    try:
        cases = json.loads(text)["benchmarks"]
        names = [case["name"] for case in cases]
    except (ValueError, KeyError, TypeError):
        raise Failed(f"{program} printed no result of Google Benchmark, but: {text[:200]!r}") from None
    figures = Figures()
    for name, case in zip(names, cases):
        name, _, rest = name.partition("/")
        argument = rest.partition("/")[0]
        name = f"{name}@{argument}" if argument.isdigit() else name
        if usable(case.get(counter)):
            figures[name] = case[counter]
        elif case.get("error_occurred"):
            note(f"{program}: {name} is left out: {case.get('error_message')}")
    return figures


def read_lines(program, text, key):
    """`key` of each case of a program that prints each as a line of JSON. Another line is left out, with a note."""
    figures = Figures()
    for line in text.splitlines():
        try:
            case = json.loads(line)
            name, figure = case["who"], case[key]
        except (ValueError, KeyError, TypeError):
            note(f"{program}: this line is no figure of {key}: {line[:200]}")
            continue
        if usable(figure):
            figures[name] = figure
    return figures


class Program:
    """A program that measures something itself, and prints it."""

    def __init__(self, path):
        self.path = Path(path)

    def _printed(self, *arguments):
        command = [self.path, *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if done.returncode != 0:
            raise Failed(f"{self.path.name} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def counters(self, counter):
        """Runs a program of Google Benchmark, its cases in random order: `counter` of each."""
        arguments = ("--benchmark_format=json", "--benchmark_enable_random_interleaving=true")
        return read_google_benchmark(self.path.name, self._printed(*arguments), counter)

    def nanoseconds(self):
        """Runs a program of Google Benchmark: what an item costs in each case."""
        rates = self.counters("items_per_second")
        return Figures({name: 1e9 / rate for name, rate in rates.items() if rate > 0})

    def lines(self, key, *arguments):
        """Runs a program that prints a line of JSON for each case: `key` of each."""
        return read_lines(self.path.name, self._printed(*arguments), key)

    def line_nanoseconds(self, *arguments):
        """Runs a program that prints such lines: what an item costs in each case."""
        return self.lines("ns_per_item", *arguments)
