"""Trades go to weir-enrich by TCP and come back enriched: how late, and how many a second, beside a tokio program."""

import contextlib
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from harness import Failed, Figures, ahead, at_most, row, within


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), timeout=1):
        return True
    return False


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")


@contextlib.contextmanager
def serving(command, said):
    """A program that takes trades at one port and gives them back at another: the two ports. What it says is
    in the file `said`, all of it in the end."""
    with socket.create_server(("127.0.0.1", 0)) as a, socket.create_server(("127.0.0.1", 0)) as b:
        ports = [str(s.getsockname()[1]) for s in (a, b)]
    words = command(*ports)
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 20
        while not all(map(listens, ports)):
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{Path(words[0]).name} does not listen: {text_of(said)}")
            time.sleep(0.02)
        yield ports
    finally:
        child.terminate()
        child.wait()


def delays_in(text):
    """What a program says of the delays of its trades, in us: "p99 45.6 us", "max 1.20 ms"."""
    units = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}
    found = re.findall(r"\b(p50|p99|p99\.9|max) (\d+(?:\.\d+)?) (ns|us|ms|s)\b", text)
    return {f"inside_{which}": float(number) * units[unit] for which, number, unit in found}


def run(bench):
    driver = bench.program("enrich_tcp")
    weir_enrich = bench.app("weir-enrich")
    rust = bench.rust("enrich_tcp")

    def weir(trades, enriched):
        out = f"tcp://127.0.0.1:{enriched}?behind=wait"
        return [weir_enrich, "run", "--latency", "--trades", f"tcp://127.0.0.1:{trades}", "--out", out]

    def tokio(trades, enriched):
        return [rust.path, trades, enriched]

    def measured(name, command, *args):
        with tempfile.TemporaryFile() as said:
            with serving(command, said) as ports:
                figures = driver.lines("figure", *ports, *args)
            figures |= delays_in(text_of(said))
        return Figures({f"{name}@{what}": figure for what, figure in figures.items()})

    def both(rounds, name, *args):
        peer = rust and (lambda: measured("rust_tokio", tokio, *args))
        return bench.medians(rounds, lambda: measured("weir", weir, *args), peer, name=name)

    delays = both(3, "enrich_tcp", "100000", "60")
    quantiles = ("p50", "p99", "p99.9", "max")
    for which in (*quantiles, *(f"inside_{q}" for q in quantiles)):
        bar, demands = "<= tokio", [within(1, "rust_tokio")]
        if which == "inside_p99":
            bar, demands = "<= 200 us, <= 0.7 x tokio", [at_most(200), within(0.7, "rust_tokio")]
        yield row(f"enrich_tcp_{which}", "us", delays.only(which), bar, *demands)
    speed = both(5, "enrich_tcp_flat_out", "0", "0").only("trades_a_second")
    yield row("enrich_tcp_flat_out", "trades/s", speed, "speed >= 1.5 x tokio", ahead(1.5, "rust_tokio"))
