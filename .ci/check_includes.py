#!/usr/bin/env python3
"""Checks that includes point one way through the rooms of lib/weir, and that only the library uses its internals.

core <- runtime <- channel <- {sources <- operators, joins, sinks} <- pipeline;
aggregates stand on nothing, and operators use them; codec stands on the streams;
connectors stand on all of them, and nothing in the library includes a connector (nor one connector another).
A program that is cut into folders has an order of its own, given below (`FOLDERS`).
Headers in a folder `detail/`, and names in a namespace `detail`, are the library's own: programs,
examples, documents and the consumer test may neither include nor name them. (Tests of internals may.)
Prints each line that is out of place and fails if there is one.

    check_includes.py [CHECKOUT]
"""

import pathlib
import re
import subprocess
import sys

CORE = {"core"}
RUNTIME = CORE | {"runtime"}
CHANNEL = RUNTIME | {"channel"}
FLOW = {"aggregates", "sources", "operators", "joins", "sinks"}
# The rooms that each room may include, besides itself.
ALLOWED = {
    "core": set(),
    "runtime": CORE,
    "channel": RUNTIME,
    "sources": CHANNEL,
    "aggregates": set(),  # values, which know nothing of streams
    "operators": CHANNEL | {"aggregates", "sources"},
    "joins": CHANNEL,
    "sinks": CHANNEL,
    "pipeline": CHANNEL | FLOW,
    "testing": CHANNEL | {"sources", "sinks"},
    "codec": CHANNEL | FLOW,
    "connectors": CHANNEL | FLOW | {"pipeline", "codec"},
}
# Of programs that are cut into folders: the folders that each may include, besides itself. Their order is the list's:
# a folder may name only those before it, so there is no cycle.
FOLDERS = {
    "weir-enrich": {
        "model": set(),  # what all share: options, state, rows, trades
        "endpoints": {"model"},
        "journal": {"model", "endpoints"},
        "trades": {"model", "endpoints"},
        "tables": {"model", "endpoints"},
        "joins": {"model", "endpoints", "journal", "trades", "tables"},
        "outputs": {"model", "endpoints", "joins"},
        "cli": {"model", "endpoints", "journal", "trades", "tables", "joins", "outputs"},
    },
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    """`channel` for weir/channel/x.hpp, `connectors/csv` for weir/connectors/csv/x.hpp."""
    parts = path.split("/")
    return "/".join(parts[1:3]) if parts[1] == "connectors" else parts[1]


def fault(here, quote, target):
    """Why a file in the room `here` (None: a program) may not include `target`; None when it may."""
    if quote == '"' and target.startswith((".", "weir/")):
        return "write it as <weir/room/name.hpp>"
    if not target.startswith("weir/"):
        return None
    if target.endswith(".cpp"):
        return "not a header"
    if here is None:
        return "an internal header" if "/detail/" in target else None
    if target.count("/") < 2:
        return "for users: the library includes what it needs"
    there = room_of(target)
    if there == here:
        return None
    allowed = ALLOWED.get(here.split("/")[0])
    if allowed is None:
        return f"the room {here} is unknown to this check"
    return None if there in allowed else f"{here} must not include {there}"


def folder_fault(inside, quote, target):
    """Why the file `inside` apps/ may not include `target`, by the order of its program's folders; None when it may."""
    program, folder = inside.split("/")[:2]
    folders = FOLDERS.get(program)
    if folders is None:
        return None
    if folder not in folders:
        return f"{program}/{folder} is not among the folders of {program} that this check knows"
    if quote == '"':
        return f"write it as <{program}/folder/name.hpp>" if "/" in target else None
    if not target.startswith(program + "/"):
        return None
    there = target.split("/")[1]
    return None if there == folder or there in folders[folder] else f"{folder} must not include {there}"


def check_order():
    """FOLDERS itself must have no cycle."""
    for program, folders in FOLDERS.items():
        known = set()
        for folder, others in folders.items():
            assert others <= known, f"{program}/{folder} stands before {others - known}"
            known.add(folder)


# Names of the library's internals, in code and in documents.
INTERNAL = re.compile(r"\bweir::(?:\w+::)*detail::|<weir/[\w/]*\bdetail/")
# What may use them: the library, its tests, the design, and the page for those who change it.
MAY_NAME = re.compile(r"lib/|bench/|tests/(?!consumer/)|docs/(?:design|benchmarks)\.md|CONTRIBUTING\.md|CHANGELOG\.md")


def internals_named(root):
    """How many lines outside the library name its internals; prints each."""
    faults = 0
    command = ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z", "*.hpp", "*.cpp", "*.md"]
    for name in filter(None, subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")):
        path = root / name
        if MAY_NAME.match(name) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if INTERNAL.search(line):
                print(f"{name}:{number}: names an internal of weir: {line.strip()}")
                faults += 1
    return faults


def main(root):
    check_order()
    faults = internals_named(root)
    for top in ("lib", "apps"):
        for path in sorted((root / top).rglob("*.[hc]pp")):
            inside = path.relative_to(root / top).as_posix()
            if top == "lib" and inside.count("/") == 1:
                continue  # the headers of whole rooms, which .ci/api.py makes
            here = room_of(inside) if top == "lib" else None
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                why = match and fault(here, *match.groups())
                if match and not why and top == "apps":
                    why = folder_fault(inside, *match.groups())
                if why:
                    print(f"{path.relative_to(root)}:{number}: {match.group(2)}: {why}")
                    faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
