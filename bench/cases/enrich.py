"""Trades joined with two tables, through a channel to a consumer, beside the loop by hand and Rust."""

from harness import row, within


def run(bench):
    rust = bench.rust("enrich")
    figures = bench.medians(7, bench.program("enrich").nanoseconds, rust and (rust.line_nanoseconds, 3))
    bar = "<= 1.6 x hand without a channel, <= 1/4 x Rust's threads and tasks"
    peers = ("rust_std_crossbeam", "rust_std_tokio_mpsc")
    demands = (within(1.6, "hand"), *(within(1 / 4, peer) for peer in peers))
    yield row("enrich", "ns/item", figures.plain(), bar, *demands)
    bar = "time <= 1/1.7 x one_worker, in order"
    yield row("enrich_200ns", "ns/item", figures.only("200"), bar, within(1 / 1.7, "one_worker"))
