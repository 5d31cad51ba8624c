//! map, filter, map, sum over 100 M integers: as an iterator, a futures stream and a tokio stream.

use futures::{stream, StreamExt};
use std::hint::black_box;
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

fn iterator(items: u64) -> u64 {
    (0..items)
        .map(triple)
        .filter(even)
        .map(mix)
        .fold(0, u64::wrapping_add)
}

async fn futures_stream(items: u64) -> u64 {
    stream::iter(0..items)
        .map(triple)
        .filter(|x| std::future::ready(even(x)))
        .map(mix)
        .fold(0u64, |sum, x| std::future::ready(sum.wrapping_add(x)))
        .await
}

async fn tokio_stream(items: u64) -> u64 {
    use tokio_stream::StreamExt as Tokio;
    let tripled = Tokio::map(tokio_stream::iter(0..items), triple);
    let mixed = Tokio::map(Tokio::filter(tripled, even), mix);
    Tokio::fold(mixed, 0u64, u64::wrapping_add).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let started = Instant::now();
    black_box(iterator(black_box(ITEMS)));
    report("fused_steps", "rust_iterator", ITEMS, started);

    let started = Instant::now();
    black_box(futures_stream(black_box(ITEMS)).await);
    report("fused_steps", "rust_futures", ITEMS, started);

    let started = Instant::now();
    black_box(tokio_stream(black_box(ITEMS)).await);
    report("fused_steps", "rust_tokio_stream", ITEMS, started);
}
