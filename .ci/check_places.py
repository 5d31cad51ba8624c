#!/usr/bin/env python3
"""Refuses paths of one machine and hosts of private package registries in committed files.

Such a line works for one person only, and tells the world where it came from. Prints each and fails.

    check_places.py [CHECKOUT]
"""

import pathlib
import re
import subprocess
import sys

PLACES = [
    (r"(?<![\w./-])/(home|Users|work|root|mnt|media)/\w", "a path of one machine"),
    (r"(?<![\w./-])/tmp/\w", "a fixed path under /tmp: make one with mktemp or temp_directory_path()"),
    (r"\b[A-Z]:\\Users\\", "a path of one machine"),
    (r"https?://[^/\s]*\b(artifactory|nexus|jfrog|proxy|mirror|registry)\b[\w.-]*", "a host of a registry or proxy"),
    (r"https?://[^/\s@]+:[^/\s@]+@", "a password in an address"),
    (r"\b(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}:\d+/(?:pypi|simple|debian|crates|npm)", "a host of a registry or proxy"),
]
RULES = [(re.compile(pattern), why) for pattern, why in PLACES]
# Cargo.lock names the public index of crates, as every such file does.
PUBLIC = "registry+https://github.com/rust-lang/crates.io-index"


def main(root):
    names = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, capture_output=True).stdout
    faults = 0
    for name in filter(None, names.decode().split("\0")):
        path = pathlib.Path(root, name)
        if name == ".ci/check_places.py" or not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for rule, why in RULES:
                match = rule.search(line.replace(PUBLIC, ""))
                if match:
                    print(f"{name}:{number}: {match.group(0)}: {why}")
                    faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
