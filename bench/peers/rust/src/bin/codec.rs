//! Trades to JSON lines and back with serde_json: the same trades as bench/codec.cpp makes.

use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::time::Instant;
use weir_peers::report;

const COUNT: u64 = 100_000;
const RUN: usize = 1_024;
const ROUNDS: u64 = 10;

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Side {
    Buy,
    Sell,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Trade {
    trade_id: u64,
    time: u64,
    instrument_id: u32,
    user_id: u32,
    trade_px: f64,
    quantity: f64,
    side: Side,
}

fn all_trades() -> Vec<Trade> {
    let mut state = 1u64;
    let mut below = |n: u64| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) % n
    };
    (0..COUNT)
        .map(|i| Trade {
            trade_id: 1_000_000 + i,
            time: 1_700_000_000_000_000_000 + i * 1_000,
            instrument_id: below(10_000) as u32,
            user_id: below(100_000) as u32,
            trade_px: below(1_000_000) as f64 / 100.0,
            quantity: (1 + below(1_000)) as f64,
            side: if below(2) == 0 { Side::Buy } else { Side::Sell },
        })
        .collect()
}

fn append(out: &mut Vec<u8>, trade: &Trade) {
    serde_json::to_writer(&mut *out, trade).unwrap();
    out.push(b'\n');
}

fn write(trades: &[Trade]) {
    let mut out = Vec::new();
    for run in trades.chunks(RUN) {
        out.clear();
        run.iter().for_each(|trade| append(&mut out, trade));
        black_box(&out);
    }
}

fn read(text: &[u8]) {
    let mut sum = 0u64;
    let mut seen = 0;
    for line in text.split(|byte| *byte == b'\n') {
        if line.is_empty() {
            continue;
        }
        let trade: Trade = serde_json::from_slice(line).unwrap();
        seen += 1;
        sum += trade.trade_id + u64::from(trade.instrument_id) + trade.trade_px as u64;
        black_box(trade.side);
    }
    assert_eq!(seen, COUNT);
    black_box(sum);
}

fn measure(who: &str, mut work: impl FnMut()) {
    work();
    let started = Instant::now();
    (0..ROUNDS).for_each(|_| work());
    report("codec", who, COUNT * ROUNDS, started);
}

fn main() {
    let trades = all_trades();
    let mut text = Vec::new();
    trades.iter().for_each(|trade| append(&mut text, trade));
    measure("rust_serde_json@write_json", || write(black_box(&trades)));
    measure("rust_serde_json@read_json", || read(black_box(&text)));
}
