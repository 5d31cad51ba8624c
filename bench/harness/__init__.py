"""Measures weir beside its peers, and holds it to its bars. `command.py` is where it begins.

What a file in `cases` needs is imported from here. Such a file has a function `run(bench)` that yields rows.
"""

from .bench import Bench
from .build import clang
from .figures import Failed, Figures, ahead, at_least, at_most, row, within
from .programs import Program, note, run

__all__ = [
    "Bench",
    "Failed",
    "Figures",
    "Program",
    "ahead",
    "at_least",
    "at_most",
    "clang",
    "note",
    "row",
    "run",
    "within",
]
