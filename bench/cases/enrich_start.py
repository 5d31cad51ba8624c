"""weir-enrich from its start to its first enriched trade, with a table of accounts read from a file."""

import subprocess
import time

from harness import Failed, at_most, row


def table_of_accounts(directory):
    path = directory / "accounts.csv"
    with open(path, "w") as file:
        file.write("user_id,name,tier,fee_rate\n")
        file.writelines(f"{user},user {user},gold,0.0005\n" for user in range(100_000))
    return path


def first_trade(program, accounts):
    words = [program, "run", "--count", "100", "--accounts", accounts, "--out", "jsonl"]
    started = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        if not child.stdout.readline():
            raise Failed("weir-enrich has written no trade")
        seconds = time.monotonic() - started
        child.stdout.read()
    return {"weir": seconds * 1000}


def run(bench):
    program = bench.app("weir-enrich")
    with bench.scratch() as directory:
        accounts = table_of_accounts(directory)
        figures = bench.medians(7, lambda: first_trade(program, accounts))
    yield row("enrich_start", "ms", figures, "<= 150 ms", at_most(150))
