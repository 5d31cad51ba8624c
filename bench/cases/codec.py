"""A trade of seven fields as a JSON line and as a frame, beside serde_json and memcpy."""

from harness import row, within


def run(bench):
    program = bench.program("codec")
    rust = bench.rust("codec")
    figures = bench.medians(7, program.nanoseconds, rust and rust.line_nanoseconds)
    for what in "write_json", "read_json":
        yield row(f"codec_{what}", "ns/item", figures.only(what), "<= serde_json", within(1, "rust_serde_json"))
    for what in "write", "read":
        found = figures.pick(weir=f"weir@{what}_frame", json=f"weir@{what}_json", memcpy="memcpy")
        yield row(f"codec_{what}_frame", "ns/item", found, "<= 1/4 x JSON", within(1 / 4, "json"))
    sizes = program.counters("bytes").pick(weir="weir@write_frame", json="weir@write_json", memcpy="memcpy")
    yield row("codec_size", "B/item", sizes, "<= 1/2 x JSON", within(1 / 2, "json"))
