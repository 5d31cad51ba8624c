#!/usr/bin/env python3
"""Bundles test files, so that what they have in common is compiled once: a third less time for all of them.

    bundle.py --plan SIZE FILE...    prints a line for each bundle, its files separated by spaces
    bundle.py OUTPUT FILE...         writes the bundle: all #includes first, then each file in a namespace of its own,
                                     as files give one name to different things

A file stands alone when it has directives other than #include, or belongs to no namespace: one that replaces
`operator new`, say, or specialises a template of the library.
"""

import os
import pathlib
import re
import sys

INCLUDE = re.compile(r"^#include .*$", re.MULTILINE)
ALONE = re.compile(r"^\s*#(?!include|pragma once)|\boperator (new|delete)|^namespace \w+ \{|^template <>|^extern|"
                   r"TYPE_TO_STRING|doctest::StringMaker", re.MULTILINE)
LINES = 900  # A bundle of more takes too long to compile after a change.

# To GCC a file behind `#line` is a header, and it warns of anonymous namespaces in those.
PREFACE = """#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif
"""


def stands_alone(path, text):
    return not path.name.endswith("_test.cpp") and path.parent.name != "regress" or ALONE.search(text)


def room(path):
    return os.path.relpath(path.parent.resolve(), pathlib.Path(__file__).resolve().parent.parent)


def plan(size, names):
    bundles, lines = [], 0
    for name in names:
        path = pathlib.Path(name)
        text = path.read_text()
        length = text.count("\n")
        if size == 1 or stands_alone(path, text):
            print(name)
        elif bundles and len(bundles[-1]) < size and lines + length <= LINES:
            bundles[-1].append(name)
            lines += length
        else:
            bundles.append([name])
            lines = length
    for bundle in bundles:
        print(*bundle)


def write(output, names):
    includes, bodies = {}, []
    for name in names:
        path = pathlib.Path(name)
        text = path.read_text()
        if stands_alone(path, text):
            sys.exit(f"{name} can be in no bundle any more: configure the build directory anew")
        for line in INCLUDE.findall(text):
            local = re.match(r'#include "(.*)"', line)
            beside = local and (path.parent / local[1]).exists()
            includes[f'#include "{room(path)}/{local[1]}"' if beside else line] = None
        namespace = re.sub(r"\W", "_", path.stem)
        bodies.append(f'namespace bundled_{namespace} {{\n#line 1 "{name}"\n{INCLUDE.sub("", text)}\n}}\n')
    pathlib.Path(output).write_text("\n".join([PREFACE, *includes, *bodies]))


if __name__ == "__main__":
    if sys.argv[1] == "--plan":
        plan(int(sys.argv[2]), sys.argv[3:])
    else:
        write(sys.argv[1], sys.argv[2:])
