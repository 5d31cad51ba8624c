//! Two streams that are ready, merged and zipped; and 2 or 64 channels, merged, of which one has
//! an item at a time.

use futures::{stream, StreamExt};
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;
use tokio_stream::wrappers::ReceiverStream;
use weir_peers::report;

const ITEMS_EACH: u64 = 25_000_000;
const ROUNDS: u64 = 5_000;

fn mixed(x: u64) -> u64 {
    x ^ (x >> 7)
}

fn integers() -> Range<u64> {
    black_box(0)..black_box(ITEMS_EACH)
}

async fn sum(s: impl futures::Stream<Item = u64>) -> u64 {
    s.map(mixed)
        .fold(0u64, |sum, x| std::future::ready(sum.wrapping_add(x)))
        .await
}

/// `inputs` channels with one item at a time; what is measured is an item, which wakes the merge.
async fn wake(inputs: u64, who: &str, map: bool) {
    let mut senders = Vec::new();
    let mut receivers = Vec::new();
    for _ in 0..inputs {
        let (sender, receiver) = tokio::sync::mpsc::channel::<u64>(4);
        senders.push(sender);
        receivers.push(ReceiverStream::new(receiver));
    }
    let started = Instant::now();
    tokio::spawn(async move {
        for _ in 0..ROUNDS {
            for sender in &senders {
                sender.try_send(1).unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let add = |sum: u64, x: u64| std::future::ready(sum + x);
    let total = if map {
        let keyed: tokio_stream::StreamMap<_, _> = receivers.into_iter().enumerate().collect();
        keyed.map(|(_, x)| x).fold(0, add).await
    } else {
        stream::select_all(receivers).fold(0, add).await
    };
    assert_eq!(total, ROUNDS * inputs);
    report("many_streams", &format!("{who}@{inputs}"), total, started);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let items = 2 * ITEMS_EACH;
    let (left, right) = (stream::iter(integers()), stream::iter(integers()));
    let started = Instant::now();
    black_box(sum(stream::select(left, right)).await);
    report("many_streams", "rust_futures@merge", items, started);

    let (left, right) = (tokio_stream::iter(integers()), tokio_stream::iter(integers()));
    let started = Instant::now();
    black_box(sum(tokio_stream::StreamExt::merge(left, right)).await);
    report("many_streams", "rust_tokio_stream@merge", items, started);

    let (left, right) = (stream::iter(integers()), stream::iter(integers()));
    let started = Instant::now();
    black_box(sum(left.zip(right).map(|(x, y)| x + y)).await);
    report("many_streams", "rust_futures@zip", items, started);

    let started = Instant::now();
    let zipped = integers().zip(integers()).map(|(x, y)| mixed(x + y));
    black_box(zipped.fold(0u64, u64::wrapping_add));
    report("many_streams", "rust_iterator@zip", items, started);

    for inputs in [2, 64] {
        wake(inputs, "rust_futures", false).await;
        wake(inputs, "rust_stream_map", true).await;
    }
}
