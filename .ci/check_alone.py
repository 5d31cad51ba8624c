#!/usr/bin/env python3
"""Checks that each file of the library and the programs compiles on its own, with the project's warnings: in any
order of includes, and one by one, where the builds of CI take several at once (`-Dunity=on`).

    check_alone.py [COMPILER]      (default: clang++-19)

Asio takes longer to compile than all the rest, so it is compiled once, and given to the files that include it
sooner or later; the others are compiled without. A file that passed before, as it is now, is not compiled again.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile

from sources import ROOT, Stamp, closure, includes

ASIO = ROOT / "lib/weir/core/asio.hpp"
FLAGS = (
    "-std=c++20 -Ilib -Iapps -DASIO_STANDALONE -DASIO_NO_DEPRECATED -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL "
    '-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual '
    "-Wold-style-cast -Werror"
).split()


def compiles(compiler, precompiled, path):
    """Whether `path` does; a header from a file that only includes it, so that `#pragma once` is not in the main file."""
    command = [compiler, *FLAGS, "-fsyntax-only", "-x", "c++", "-"]
    if ASIO in closure(path):
        command += ["-include-pch", precompiled]
    stamp = Stamp(path, "alone", *command[:-1])
    if stamp.there():
        return True
    done = subprocess.run(command, cwd=ROOT, input=f'#include "{path}"\n', text=True, capture_output=True)
    if done.returncode:
        print(f"{path.relative_to(ROOT)} does not compile on its own\n{done.stderr}", flush=True)
        return False
    stamp.leave()
    return True


def main(compiler):
    listing = ["git", "ls-files", "-co", "--exclude-standard", "lib/*.[hc]pp", "apps/*.[hc]pp"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    files = [ROOT / name for name in listed if (ROOT / name).exists()]
    # A source file that begins with its header is the proof of that header, too.
    proven = {includes(path)[0] for path in files if path.suffix == ".cpp" and includes(path)}
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        precompiled = f"{folder}/asio.pch"
        subprocess.run([compiler, *FLAGS, "-Wno-pragma-once-outside-header", "-x", "c++-header", ASIO, "-o", precompiled],
                       cwd=ROOT, check=True)
        asked = [path for path in files if path not in proven]
        return 0 if all(list(pool.map(lambda path: compiles(compiler, precompiled, path), asked))) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "clang++-19"))
