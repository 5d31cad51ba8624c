"""How the memory of weir-enrich grows in ten minutes at 200,000 trades a second, after the first minute."""

import contextlib
import os
import statistics
import subprocess
import time
from pathlib import Path

from harness import Failed, Figures, at_most, note, row

MINUTES, RATE = 10, 200_000


def run(bench):
    """Ten minutes are long enough, so there is one round."""
    words = [bench.app("weir-enrich"), "run", "--rate", str(RATE), "--count", str(MINUTES * 60 * RATE),
             "--account-changes", "100", "--rate-changes", "1", "--out", "bin:/dev/null"]
    samples = []  # (hours, MB)
    note(f"enrich_memory: {MINUTES} minutes")
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        started = time.monotonic()
        while child.poll() is None:
            seconds = time.monotonic() - started
            with contextlib.suppress(OSError, IndexError):
                pages = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
                if 60 <= seconds < MINUTES * 60 - 1:
                    samples.append((seconds / 3600, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=1)
    if child.returncode != 0:
        raise Failed(f"weir-enrich ended with {child.returncode}")
    if len(samples) < 2:
        raise Failed("weir-enrich ended before its memory could be looked at twice")
    slope = statistics.linear_regression(*zip(*samples)).slope
    figures = Figures(weir=slope, megabytes=samples[-1][1])
    yield row("enrich_memory", "MB/h", figures, "<= 1 MB an hour after the first minute", at_most(1))
