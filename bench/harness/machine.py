"""The machine that figures come from."""

import os
import platform
from pathlib import Path


def processor(cpuinfo=None):
    """The processor in one line: its model and how many cores this process may use."""
    if cpuinfo is None:
        try:
            cpuinfo = Path("/proc/cpuinfo").read_text()
        except OSError:
            cpuinfo = ""
    first = {}
    for line in cpuinfo.partition("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        first[key.strip()] = value.strip()
    name = first.get("model name") or platform.processor() or platform.machine() or "unknown processor"
    numbers = [f"{key.split()[-1]} {first[key]}" for key in ("cpu family", "model", "CPU part") if first.get(key)]
    cores = len(os.sched_getaffinity(0))
    return f"{name}{' (' + ', '.join(numbers) + ')' if numbers else ''}, {cores} core{'s' if cores != 1 else ''}"
