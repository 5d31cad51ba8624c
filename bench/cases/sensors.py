"""10 M readings are filtered, converted and collected, by both compilers, beside Rust's iterators."""

from harness import Figures, row, within


def run(bench):
    rust = bench.rust("steps")
    for name, build in ("sensors", bench.program), ("sensors_clang", bench.clang_program):
        program = build("sensors")
        peer = rust and (lambda: rust.line_nanoseconds("sensors"))
        figures = bench.medians(9, program.nanoseconds, peer, name=name) if program else Figures()
        yield row(name, "ns/item", figures, "time <= 1.0 x Rust's iterators", within(1, "rust_iterator"))
