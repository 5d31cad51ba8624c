#!/usr/bin/env python3
"""Makes docs/api.md, the list of public headers and names, and the room headers (weir/operators.hpp ...) from lib/weir.

A header is public when it is in no `detail/` folder. A name is public when a public header declares it in a namespace
other than `detail`. Without `--write` it only says which files are stale, and fails if there are any.

    api.py [--write]
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIB = ROOT / "lib"

# In the order in which an item walks through them, with what a room is for.
ROOMS = {
    "core": "The poll protocol, stages, the pipe, errors",
    "runtime": "Executors, time, blocking work, what runs streams",
    "channel": "Bounded channels, oneshot, watch, broadcast",
    "sources": "Where streams begin",
    "aggregates": "Values that items are added to",
    "operators": "Steps of a stream",
    "joins": "Several streams, and tables",
    "sinks": "Where streams end",
    "pipeline": "Several segments under one owner",
    "codec": "Structs as JSON lines and as binary frames",
    "connectors/csv": "CSV files",
    "connectors/file": "Files: their bytes and their changes",
    "connectors/sqlite": "SQLite tables",
    "connectors/tcp": "TCP connections",
    "testing": "The kit to test with",
}
# The rooms of which <weir/weir.hpp> consists; the others need libraries of their own.
WHOLE = ["core", "runtime", "channel", "sources", "aggregates", "operators", "joins", "sinks", "pipeline"]

NAMESPACE = re.compile(r"^namespace ([\w:]+)? ?\{")
END = re.compile(r"^\}  // namespace")
DECLARED = [
    re.compile(p)
    for p in (
        r"^(?:class|struct)(?: \[\[\w+\]\])?(?: alignas\(\S+\))? (\w+)(?! *<)(?: final)?(?: :| \{|;|$)",
        r"^enum class (\w+)",
        r"^concept (\w+)",
        r"^using (\w+) =",
        r"^(?:inline |constexpr |consteval )*(?:const )?[\w:]+(?:<.*>)?[&* ]+(\w+)(?: =|;|\{)",
        r"^(?!return|using|friend|static_assert|class|struct|template|requires|namespace|//|#)"
        r"(?:\[\[\w+\]\] )?(?:[\w:]+(?:<.*>)?[&*]* )+[&*]*(\w+)\(",
        r"^(?:template|requires).*> (?:class|struct)(?: \[\[\w+\]\])? (\w+)(?: :| \{|;|$)",
        r"^#define (WEIR_(?!VERSION_TEXT)\w+)",
    )
]


def names_of(text):
    """The names that a public header declares, in order, with their namespace."""
    names, stack, macro_guard = [], [], False
    for line in text.splitlines():
        if match := NAMESPACE.match(line):
            stack.append(match[1] or "")
            continue
        if END.match(line) and stack:
            stack.pop()
            continue
        space = "::".join(stack)
        if line.startswith("#define") and not stack:
            space = ""
        elif not space or "detail" in space.split("::"):
            continue
        for pattern in DECLARED:
            if match := pattern.match(line):
                name = (space + "::" if space and not line.startswith("#") else "") + match[1]
                if name not in names and not match[1].startswith("operator"):
                    names.append(name)
                break
    return names


def purpose(text):
    """The first sentence of a header's own comment."""
    lines = []
    for line in text.splitlines():
        if line.startswith(("/// \\file", "// SPDX")) or line == "#pragma once" or (not line and not lines):
            continue
        if not line.startswith("///") or (lines and line == "///"):
            break
        lines.append(line[3:].strip())
    whole = " ".join(lines)
    sentence = re.split(r"(?<=[.:]) (?=[A-Z`])|:$", whole)[0]
    return sentence.rstrip(".:").replace("|", "\\|")


def public_headers(room):
    return sorted((LIB / "weir" / room).glob("*.hpp"))


def include_of(path):
    return path.relative_to(LIB).as_posix()


def room_header(name, includes, what):
    body = "".join(f"#include <{i}>\n" for i in includes)
    return f"/// {what}.\n/// Made by .ci/api.py from the public headers of the room.\n#pragma once\n\n{body}"


def room_name(room):
    return room.removeprefix("connectors/")


def generated():
    """What each generated file must hold, by its path."""
    files = {}
    text = [
        "# Public headers and names",
        "",
        "<!-- Made by .ci/api.py from lib/weir. Do not edit; run .ci/api.py --write. -->",
        "",
        "These headers and names are the API of weir, and [stability](stability.md) says what is promised for them. Everything",
        "else is internal: what is in a folder `detail/` or in a namespace `detail` may change at any time. The contract of each",
        "name stands in its header, beside its declaration.",
        "",
    ]
    version = (LIB / "weir/version.hpp").read_text()
    text += ["## version", "", "| header | what it is | names |", "|---|---|---|",
             f"| `<weir/version.hpp>` | {purpose(version)} | {', '.join(f'`{n}`' for n in names_of(version))} |", ""]
    for room, what in ROOMS.items():
        headers = public_headers(room)
        short = room_name(room)
        files[f"lib/weir/{short}.hpp"] = room_header(short, [include_of(h) for h in headers], what)
        text += [f"## {room}", "", f"{what}. All of them: `<weir/{short}.hpp>`.", "",
                 "| header | what it is | names |", "|---|---|---|"]
        for header in headers:
            source = header.read_text()
            names = ", ".join(f"`{n}`" for n in names_of(source))
            text.append(f"| `<{include_of(header)}>` | {purpose(source)} | {names} |")
        text.append("")
    files["lib/weir/weir.hpp"] = room_header(
        "weir", sorted(["weir/version.hpp"] + [f"weir/{r}.hpp" for r in WHOLE]), "All of weir that needs nothing but Asio and Abseil")
    files["docs/api.md"] = "\n".join(text)
    return files


def main(write):
    stale = 0
    for name, wanted in generated().items():
        path = ROOT / name
        if path.exists() and path.read_text() == wanted:
            continue
        if write:
            path.write_text(wanted)
        else:
            print(f"{name}: is not what lib/weir says; run .ci/api.py --write")
            stale += 1
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
