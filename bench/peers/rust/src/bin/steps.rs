//! Ten steps over 100 M integers, and 10 M sensor readings filtered, converted and collected: as
//! iterators, and the steps as futures and tokio streams.
//!
//!     steps ten_steps | sensors

use futures::StreamExt;
use std::future::ready;
use std::hint::black_box;
use std::ops::Range;
use std::time::Instant;
use weir_peers::report;

const ITEMS: u64 = 100_000_000;
const READINGS: u64 = 10_000_000;

fn step_1(x: u64) -> u64 {
    x.wrapping_mul(3)
}
fn step_2(x: &u64) -> bool {
    x & 1 == 0
}
fn step_3(x: u64) -> u64 {
    x ^ (x >> 7)
}
fn step_4(x: &u64) -> bool {
    x & 6 != 0
}
fn step_5(x: u64) -> u64 {
    x.wrapping_add(0x9e37)
}
fn step_6(x: &u64) -> bool {
    x & 24 != 0
}
fn step_7(x: u64) -> u64 {
    x ^ (x << 3)
}
fn step_8(x: &u64) -> bool {
    x & 96 != 0
}
fn step_9(x: u64) -> u64 {
    x.wrapping_mul(5)
}
fn step_10(x: &u64) -> bool {
    x & 384 != 0
}

fn iterator(range: Range<u64>) -> u64 {
    range
        .map(step_1)
        .filter(step_2)
        .map(step_3)
        .filter(step_4)
        .map(step_5)
        .filter(step_6)
        .map(step_7)
        .filter(step_8)
        .map(step_9)
        .filter(step_10)
        .fold(0, u64::wrapping_add)
}

async fn futures_stream(range: Range<u64>) -> u64 {
    futures::stream::iter(range)
        .map(step_1)
        .filter(|x| ready(step_2(x)))
        .map(step_3)
        .filter(|x| ready(step_4(x)))
        .map(step_5)
        .filter(|x| ready(step_6(x)))
        .map(step_7)
        .filter(|x| ready(step_8(x)))
        .map(step_9)
        .filter(|x| ready(step_10(x)))
        .fold(0u64, |sum, x| ready(sum.wrapping_add(x)))
        .await
}

async fn tokio_stream(range: Range<u64>) -> u64 {
    use tokio_stream::StreamExt as Tokio;
    let s = Tokio::filter(Tokio::map(tokio_stream::iter(range), step_1), step_2);
    let s = Tokio::filter(Tokio::map(s, step_3), step_4);
    let s = Tokio::filter(Tokio::map(s, step_5), step_6);
    let s = Tokio::filter(Tokio::map(s, step_7), step_8);
    let s = Tokio::filter(Tokio::map(s, step_9), step_10);
    Tokio::fold(s, 0u64, u64::wrapping_add).await
}

async fn ten_steps() {
    let integers = || black_box(0)..black_box(ITEMS);
    let started = Instant::now();
    black_box(iterator(integers()));
    report("ten_steps", "rust_iterator", ITEMS, started);

    let started = Instant::now();
    black_box(futures_stream(integers()).await);
    report("ten_steps", "rust_futures", ITEMS, started);

    let started = Instant::now();
    black_box(tokio_stream(integers()).await);
    report("ten_steps", "rust_tokio_stream", ITEMS, started);
}

/// The readings of bench/sensors.hpp.
fn sensor_readings() -> Vec<f64> {
    let mut dice = 1u64;
    (0..READINGS)
        .map(|_| {
            dice = dice
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (dice >> 33) as f64 * (160.0 / (1u64 << 31) as f64) - 60.0
        })
        .collect()
}

fn kept(readings: &[f64]) -> Vec<f64> {
    readings
        .iter()
        .filter(|x| **x >= -40.0 && **x <= 85.0)
        .map(|x| x * 1.8 + 32.0)
        .collect()
}

fn sensors() {
    const ROUNDS: u64 = 10;
    let readings = sensor_readings();
    let started = Instant::now();
    for _ in 0..ROUNDS {
        black_box(kept(black_box(&readings)).len());
    }
    report("sensors", "rust_iterator", ROUNDS * READINGS, started);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("ten_steps") => ten_steps().await,
        Some("sensors") => sensors(),
        _ => {
            eprintln!("usage: steps ten_steps | sensors");
            std::process::exit(2);
        }
    }
}
