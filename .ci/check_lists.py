#!/usr/bin/env python3
"""Checks that each C++ source file is named in a meson.build or in lib/sources.txt, so that no test is forgotten, and that no test which
tests/meson.build lists as one of one thread speaks of threads.

    check_lists.py [CHECKOUT]
"""

import functools
import pathlib
import re
import subprocess
import sys


@functools.cache
def listed(root):
    """Every file that a meson.build names in quotes, from its own folder, and those of lib/sources.txt."""
    builds = (path for path in root.rglob("meson.build") if "build" not in path.relative_to(root).parts)
    return {
        (build.parent / name).resolve()
        for build in builds
        for name in re.findall(r"'([^'\n]+\.cpp)'", build.read_text())
    } | {(root / "lib" / name).resolve() for name in (root / "lib/sources.txt").read_text().split()}


# What a test file mentions that has several threads, or that uses what has: files, sockets, databases, programs.
# (`map_blocking` has none on a seeded context, and on a runtime that is named.)
THREADS = re.compile(
    r"std::j?thread|thread_pool|weir::runtime|runtime rt|std::async|(?<!map_)blocking|sqlite|file::|tcp::|csv::read\(|"
    r"run_program|(?<!prefers_)parallel|std::atomic"
)


def with_threads(root):
    """Of the tests that TSan leaves out, those that speak of threads."""
    text = (root / "tests/meson.build").read_text()
    names = re.findall(r"'([^']+)'", re.search(r"one_thread = \[(.*?)\]", text, re.DOTALL)[1])
    files = [path for name in names for path in ([root / "tests" / name] if name.endswith(".cpp")
                                                 else (root / "tests" / name).glob("*.cpp"))]
    return [path.relative_to(root) for path in files if THREADS.search(path.read_text())]


def main(root):
    command = ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z", "*.cpp"]
    names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
    faults = 0
    for name in filter(None, names):
        path = root / name
        if path.resolve() not in listed(root):
            # The consumers are built outside the tree, each way that a user can.
            if not name.startswith("tests/consumer/"):
                print(f"{name}: in no meson.build and not in lib/sources.txt: it is neither compiled nor tested")
                faults += 1
    for path in with_threads(root):
        print(f"{path}: has threads, so TSan must see it: take it out of `one_thread` in tests/meson.build")
        faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
