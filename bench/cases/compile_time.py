"""A file with a pipeline of ten steps is compiled, beside one that includes Asio alone, by both compilers."""

import json
import os
import shlex
from pathlib import Path

from harness import Failed, at_most, clang, row
from harness import run as run_program


def compilers(build):
    """The command that compiles bench/compile_time.cpp in the build, and that of clang, by name."""
    listed = json.loads((build.directory / "compile_commands.json").read_text())
    commands = [shlex.split(c["command"]) for c in listed if c["file"].endswith("compile_time.cpp")]
    if not commands:
        raise Failed(f"compile_time.cpp is not in the build in {build.directory}")
    command = commands[0]
    if Path(command[0]).name == "ccache":
        del command[0]
    includes = [f"-I{build.directory / word[2:]}" for word in command if word.startswith("-I")]
    defines = [word for word in command if word.startswith("-DASIO")]
    for name, compiler in ("", command[0]), ("_clang", clang()):
        if compiler:
            source = build.source / "bench" / "compile_time.cpp"
            yield name, [compiler, "-std=c++20", *includes, *defines, "-c", source]


def processor_seconds(*command):
    """The time of the processor that a command takes: other programs may be at work too."""
    before = os.times()
    run_program(*command)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def run(bench):
    bar = "<= 1.5 s over including Asio alone"
    for which, command in compilers(bench.build):
        for kind, flag in ("", "-O0"), ("_optimised", "-O2"):
            name = f"compile_time{which}{kind}"
            with bench.scratch() as directory:
                words = [*command, flag, "-o", directory / "made.o"]
                figures = bench.medians(
                    5,
                    lambda: {"asio_alone": processor_seconds(*words)},
                    lambda: {"with_pipeline": processor_seconds(*words, "-DWEIR_PIPELINE")},
                    name=name,
                )
            if "asio_alone" in figures and "with_pipeline" in figures:
                figures["weir"] = figures["with_pipeline"] - figures["asio_alone"]
            yield row(name, "s", figures, bar, at_most(1.5))
