"""A chain of ten steps beside the loop by hand, by both compilers, and beside streams in Rust."""

from harness import Figures, row, within

from ._steps import beside_rust_streams


def run(bench):
    bar = "time <= 1.1 x hand, both compilers"
    by_hand = within(1.1, "hand")
    rust = bench.rust("steps")
    program = bench.program("ten_steps")
    figures = bench.medians(9, program.nanoseconds, rust and (lambda: rust.line_nanoseconds("ten_steps"), 3))
    yield row("ten_steps", "ns/item", figures, bar, by_hand)
    yield beside_rust_streams("ten_steps", figures)
    clang = bench.clang_program("ten_steps")
    figures = bench.medians(9, clang.nanoseconds, name="ten_steps_clang") if clang else Figures()
    yield row("ten_steps_clang", "ns/item", figures, bar, by_hand)
