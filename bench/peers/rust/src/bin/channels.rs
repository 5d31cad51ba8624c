//! One producer and one consumer joined by a channel of 1024 on a two-thread tokio runtime.

use std::hint::black_box;
use std::time::Instant;
use weir_peers::report;

const ITEMS: u64 = 5_000_000;
const CAPACITY: usize = 1024;
const RUN: usize = 256;

async fn tokio_mpsc() -> u64 {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<u64>(CAPACITY);
    let producer = tokio::spawn(async move {
        for i in 0..ITEMS {
            sender.send(i).await.unwrap();
        }
    });
    let consumer = tokio::spawn(async move {
        let mut sum = 0u64;
        while let Some(x) = receiver.recv().await {
            sum = sum.wrapping_add(x);
        }
        sum
    });
    producer.await.unwrap();
    consumer.await.unwrap()
}

async fn tokio_mpsc_in_runs() -> u64 {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<u64>(CAPACITY);
    let producer = tokio::spawn(async move {
        for i in 0..ITEMS {
            sender.send(i).await.unwrap();
        }
    });
    let consumer = tokio::spawn(async move {
        let mut sum = 0u64;
        let mut run = Vec::with_capacity(RUN);
        while receiver.recv_many(&mut run, RUN).await > 0 {
            sum = run.drain(..).fold(sum, u64::wrapping_add);
        }
        sum
    });
    producer.await.unwrap();
    consumer.await.unwrap()
}

async fn kanal_async() -> u64 {
    let (sender, receiver) = kanal::bounded_async::<u64>(CAPACITY);
    let producer = tokio::spawn(async move {
        for i in 0..ITEMS {
            sender.send(i).await.unwrap();
        }
    });
    let consumer = tokio::spawn(async move {
        let mut sum = 0u64;
        while let Ok(x) = receiver.recv().await {
            sum = sum.wrapping_add(x);
        }
        sum
    });
    producer.await.unwrap();
    consumer.await.unwrap()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let started = Instant::now();
    black_box(tokio_mpsc().await);
    report("buffer_hop", "rust_tokio_mpsc", ITEMS, started);

    let started = Instant::now();
    black_box(tokio_mpsc_in_runs().await);
    report("buffer_hop", "rust_tokio_recv_many", ITEMS, started);

    let started = Instant::now();
    black_box(kanal_async().await);
    report("buffer_hop", "rust_kanal", ITEMS, started);
}
