"""Files of people, and the loads of them, for the benches of weir-load."""

import os
import sqlite3
from pathlib import Path

from .figures import Failed
from .programs import run

ROWS = 2_500_000
MANY_ROWS = 10_000_000


def people(program, directory, rows):
    """A CSV file of people that weir-load makes, read once so that no program pays for the disk."""
    path = directory / f"people-{rows}.csv"
    run(program, "create-file", "--number-rows", str(rows), "--output", path, "--seed", "1")
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass
    return path


def load(rows, directory, *command):
    """Loads into a database that is not there yet, counts its rows afterwards, and returns the seconds and the MB.

    The word DATABASE of the command stands for the database's path.
    """
    database = directory / "people.db"
    os.sync()  # What the program before left to be written is not this one's work.
    measured = run(*(database if word == "DATABASE" else word for word in command))
    try:
        connection = sqlite3.connect(database)
        (count,) = connection.execute("SELECT count(*) FROM people").fetchone()
        connection.close()
    except sqlite3.Error as error:
        raise Failed(f"{Path(command[0]).name} has left no people: {error}") from None
    if count != rows:
        raise Failed(f"{Path(command[0]).name} loaded {count} rows of {rows}")
    for file in directory.glob("people.db*"):
        file.unlink()
    return measured


def weir_load(program, rows, directory, source):
    arguments = ("--input", source, "--database", "DATABASE", "--progress", "none")
    return load(rows, directory, program, "run-pipeline", *arguments)
