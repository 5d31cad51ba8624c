"""What the benches of chains of steps share."""

from harness import row, within


def beside_rust_streams(name, figures):
    """The same figures, held to what streams cost in Rust."""
    bar = "<= 1/3 x Rust's futures and tokio-stream"
    demands = (within(1 / 3, "rust_futures"), within(1 / 3, "rust_tokio_stream"))
    return row(f"{name}_streams", "ns/item", figures, bar, *demands)
