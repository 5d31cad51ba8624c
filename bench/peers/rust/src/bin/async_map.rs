//! Futures' buffered(64) and buffer_unordered(64) of a future that yields once.

use futures::{stream, StreamExt};
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use weir_peers::report;

const ITEMS: u64 = 2_000_000;
const AT_ONCE: usize = 64;

/// Pending once, and woken at once.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

async fn yields_once(x: u64) -> u64 {
    YieldOnce(false).await;
    3 * x
}

async fn buffered(last: u64) -> u64 {
    stream::iter(0..last)
        .map(yields_once)
        .buffered(AT_ONCE)
        .fold(0u64, |sum, x| std::future::ready(sum.wrapping_add(x)))
        .await
}

async fn buffer_unordered(last: u64) -> u64 {
    stream::iter(0..last)
        .map(yields_once)
        .buffer_unordered(AT_ONCE)
        .fold(0u64, |sum, x| std::future::ready(sum.wrapping_add(x)))
        .await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let started = Instant::now();
    black_box(buffered(black_box(ITEMS)).await);
    report("async_map", "rust_buffered", ITEMS, started);

    let started = Instant::now();
    black_box(buffer_unordered(black_box(ITEMS)).await);
    report("async_map", "rust_buffer_unordered", ITEMS, started);
}
