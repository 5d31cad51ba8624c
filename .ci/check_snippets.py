#!/usr/bin/env python3
"""Snippets in the documents are cut from files that are compiled and run.

A fenced block after the line `<!-- path/to/file.cpp: name -->` must be the lines between `// [name]` and
`// [/name]` of that file (`# [name]`, where `#` begins a comment), without their common indentation. `--write` cuts them
anew. Snippets may be nested: the marks of inner snippets are left out.
"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = re.compile(r"^ *(?://|#) \[/?\w+\]\n", re.M)
BLOCK = re.compile(r"(<!-- (?P<file>\S+): (?P<name>\S+) -->\n```\w+\n)(?P<text>.*?)(```)", re.S)


def cut(file, name):
    source = (ROOT / file).read_text()
    found = re.search(rf"^ *(?://|#) \[{name}\]\n(.*?)^ *(?://|#) \[/{name}\]$", source, re.S | re.M)
    if not found:
        sys.exit(f"{file}: has no snippet [{name}]")
    return textwrap.dedent(MARK.sub("", found.group(1)))


write = "--write" in sys.argv[1:]
stale, count = [], 0
for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
    old = document.read_text()
    for block in BLOCK.finditer(old):
        count += 1
        if block["text"] != cut(block["file"], block["name"]):
            stale.append(f"{document.relative_to(ROOT)}: [{block['name']}] is not what {block['file']} says")
    if write:
        new = BLOCK.sub(lambda b: b[1] + cut(b["file"], b["name"]) + b[5], old)
        if new != old:
            document.write_text(new)
if stale and not write:
    print(*stale, "Run .ci/check_snippets.py --write", sep="\n")
    sys.exit(1)
print(f"snippets: {count}, all cut from compiled files")
