"""Coroutines send and receive item by item on two threads, beside kanal and tokio."""

from harness import row, within


def run(bench):
    rust = bench.rust("channels")
    peers = rust and (lambda: rust.line_nanoseconds("hop", "1024"), 5)
    figures = bench.medians(7, bench.program("channel_items").nanoseconds, peers)
    yield row("channel_items", "ns/item", figures, "<= kanal", within(1, "rust_kanal"))
