"""A chain of four steps beside the loop by hand, by both compilers, and beside streams in Rust."""

from harness import Figures, row, within

from ._steps import beside_rust_streams


def run(bench):
    bar = "time <= 1.05 x hand, both compilers"
    by_hand = within(1.05, "hand")
    rust = bench.rust("streams")
    figures = bench.medians(9, bench.program("fused_steps").nanoseconds, rust and (rust.line_nanoseconds, 3))
    yield row("fused_steps", "ns/item", figures, bar, by_hand)
    yield beside_rust_streams("fused_steps", figures)
    clang = bench.clang_program("fused_steps")
    figures = bench.medians(9, clang.nanoseconds, name="fused_steps_clang") if clang else Figures()
    yield row("fused_steps_clang", "ns/item", figures, bar, by_hand)
