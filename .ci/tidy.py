#!/usr/bin/env python3
"""Runs clang-tidy on the library and the programs.

    tidy.py BUILD-DIR        of clang's, made with -Dunity=on and large units

All files of a target are looked at together, since most of the time goes into the headers of others. A unit that
passed before, as it is now, is not looked at again.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

from sources import INCLUDE, ROOT, Stamp


def passes(build, unit, command):
    """Whether clang-tidy has no objection to the files that `unit` includes, or to `unit` itself."""
    files = [pathlib.Path(name).resolve() for name in INCLUDE.findall(unit.read_text()) if name.startswith("/")]
    how = ("tidy", command.replace(str(ROOT), ""), (ROOT / ".clang-tidy").read_text())
    stamps = [Stamp(file, *how) for file in files or [unit]]
    if all(stamp.there() for stamp in stamps):
        return True
    done = subprocess.run(["clang-tidy-19", "-p", ".", "--quiet", unit], cwd=build, text=True, capture_output=True)
    print(done.stdout, end="", flush=True)
    if done.returncode:
        return False
    for stamp in stamps:
        stamp.leave()
    return True


def main(build):
    listed = subprocess.run(["ninja", "-C", build, "-t", "compdb"], check=True, capture_output=True, text=True).stdout
    units = {(build / entry["file"]).resolve(): entry["command"] for entry in json.loads(listed[listed.index("["):])
             if entry["file"].endswith(".cpp")}
    if not units:
        print(f"{build}: no file to look at")
        return 1
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda unit: passes(build, *unit), units.items()))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
