"""An item hops through `buffer`, on a pool of two threads and between two, beside the channels of Rust, oneTBB and Asio."""

from harness import Figures, at_most, row, within

# How many times faster than each peer an item is to hop.
PEERS = {
    "rust_tokio_mpsc": 8,
    "rust_kanal": 3,
    "tbb_parallel_pipeline": 4,
    "asio_concurrent_channel": 80,
}


def run(bench):
    rust = bench.rust("channels")

    def peers():
        return Figures({
            f"{name}@{capacity}": figure
            for capacity in (64, 1024)
            for name, figure in rust.line_nanoseconds("hop", str(capacity)).items()
        })

    figures = bench.medians(9, bench.program("buffer_hop").nanoseconds, rust and (peers, 3))
    across = figures.pick(weir="weir_across@1024", weir_buffer="weir@1024")
    figures.pop("weir_across@1024", None)
    for capacity, limit in ("1024", 8), ("64", 12):
        demands = [at_most(limit), *(within(1 / factor, peer) for peer, factor in PEERS.items())]
        name = "buffer_hop" if capacity == "1024" else f"buffer_hop_{capacity}"
        bar = f"<= {limit} ns; 1/8 x tokio, 1/3 x kanal, 1/4 x oneTBB, 1/80 x asio"
        yield row(name, "ns/item", figures.only(capacity), bar, *demands)
    yield row("buffer_hop_across", "ns/item", across, "<= 8 ns, a thread for each side", at_most(8))
