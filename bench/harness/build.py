"""The builds that are measured: of a checkout, by one compiler or another, and the peers in Rust."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

from .figures import Failed
from .programs import Program, note

TOP = Path(__file__).resolve().parent.parent.parent


def done_well(command, what, **options):
    """Runs a build command. Shows its output only when it fails, and returns whether it worked."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        note(f"{what} failed:\n{done.stdout[-2000:]}")
    return done.returncode == 0


class Build:
    """A release build in `directory` of the checkout in `source`. It builds each program when a bench asks for it."""

    def __init__(self, directory, source=TOP):
        self.directory, self.source = Path(directory).resolve(), Path(source)

    def configured(self):
        return (self.directory / "build.ninja").exists()

    def configure(self, *options, **environment):
        """Sets the build up unless it is; returns whether there is one."""
        command = ["meson", "setup", self.directory, self.source, "--buildtype=release", "-Dtests=disabled", "-Dbench=enabled"]
        return self.configured() or done_well([*command, *options], f"setting up {self.directory}",
                                              env={**os.environ, **environment})

    def make_all(self):
        """Builds all there is, for speed: what does not build is named again by the bench that needs it."""
        if self.configured():
            note(f"building all in {self.directory}")
            done_well(["ninja", "-C", self.directory, "-k", "0"], f"a part of the build in {self.directory}")

    @functools.cache
    def make(self, target):
        """The path of a program, built when needed."""
        if not self.configured():
            raise Failed(f"no build in {self.directory}: make it with `./dev bench`, or with -Dbench=enabled")
        note(f"building {target} in {self.directory}")
        if not done_well(["ninja", "-C", self.directory, target], f"the build of {target}"):
            raise Failed(f"{target} does not build in {self.directory}")
        return self.directory / target

    def app(self, name):
        return self.make(f"apps/{name}/{name}")

    def program(self, name):
        return Program(self.make(f"bench/{name}"))

    @functools.cache
    def clang(self):
        """A build of the same checkout by clang, or None with a note."""
        compiler = clang()
        if not compiler:
            note("the clang build is skipped: no clang++ on this machine")
            return None
        second = Build(self.directory.with_name(self.directory.name + "-clang"), self.source)
        return second if second.configure("-Dapps=disabled", CXX=compiler) else None

    @functools.cache
    def rust(self, name):
        """A peer in Rust, built when needed, or None with a note."""
        if not shutil.which("cargo"):
            note(f"the Rust peer {name} is skipped: no cargo on this machine")
            return None
        target = self.directory / "rust"
        command = ["cargo", "build", "--release", "--locked", "--target-dir", target, "--bin", name]
        built = done_well(command, f"the build of the Rust peer {name}", cwd=self.source / "bench" / "peers" / "rust")
        return Program(target / "release" / name) if built else None


def clang():
    return shutil.which("clang++-19") or shutil.which("clang++")
