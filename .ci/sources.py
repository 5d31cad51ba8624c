"""What the checks have in common: which files of the project a file includes, and what was checked before."""

import functools
import hashlib
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


@functools.cache
def includes(path):
    """What `path` includes, in order: files of the project, and None for each that is not."""
    found = []
    for name in INCLUDE.findall(path.read_text()):
        places = (folder / name for folder in (path.parent, ROOT / "lib", ROOT / "apps"))
        found += [next((place.resolve() for place in places if place.exists()), None)]
    return found


@functools.cache
def closure(path):
    """`path` and all files of the project that it includes, sooner or later."""
    found, open_ends = {path}, [path]
    while open_ends:
        new = {file for file in includes(open_ends.pop()) if file} - found
        found |= new
        open_ends += new
    return frozenset(found)


@functools.cache
def machine():
    """The packages of this machine with their versions; None where there is no list of them."""
    try:
        return subprocess.run(["dpkg-query", "-W"], check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


class Stamp:
    """Remembers, from one checkout to the next, that a check has passed on `path`, what it includes, and `how`.

    Nothing is remembered where the machine cannot say what is installed: a check would miss that it has changed.
    """

    def __init__(self, path, *how):
        self._file = None
        if machine() is None:
            return
        digest = hashlib.sha256(machine())
        for text in how:
            digest.update(text.encode() + b"\0")
        for file in sorted(closure(path)):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
        self._file = cache / "weir-checks" / digest.hexdigest()

    def there(self):
        return self._file is not None and self._file.exists()

    def leave(self):
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch()
