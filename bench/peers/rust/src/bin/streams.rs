//! map, filter, map, sum over 100 M integers: as an iterator, a futures stream and a tokio stream.

use futures::{stream, StreamExt};
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;
use weir_peers::report;

const ITEMS: u64 = 100_000_000;

fn triple(x: u64) -> u64 {
    x.wrapping_mul(3)
}

fn even(x: &u64) -> bool {
    x & 1 == 0
}

fn mix(x: u64) -> u64 {
    x ^ (x >> 7)
}

fn iterator(range: Range<u64>) -> u64 {
    range
        .map(triple)
        .filter(even)
        .map(mix)
        .fold(0, u64::wrapping_add)
}

async fn futures_stream(range: Range<u64>) -> u64 {
    stream::iter(range)
        .map(triple)
        .filter(|x| std::future::ready(even(x)))
        .map(mix)
        .fold(0u64, |sum, x| std::future::ready(sum.wrapping_add(x)))
        .await
}

async fn tokio_stream(range: Range<u64>) -> u64 {
    use tokio_stream::StreamExt as Tokio;
    let tripled = Tokio::map(tokio_stream::iter(range), triple);
    let mixed = Tokio::map(Tokio::filter(tripled, even), mix);
    Tokio::fold(mixed, 0u64, u64::wrapping_add).await
}

/// All the integers, as a range of which the compiler knows neither end.
fn integers() -> Range<u64> {
    black_box(0)..black_box(ITEMS)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let started = Instant::now();
    black_box(iterator(integers()));
    report("fused_steps", "rust_iterator", ITEMS, started);

    let started = Instant::now();
    black_box(futures_stream(integers()).await);
    report("fused_steps", "rust_futures", ITEMS, started);

    let started = Instant::now();
    black_box(tokio_stream(integers()).await);
    report("fused_steps", "rust_tokio_stream", ITEMS, started);
}
