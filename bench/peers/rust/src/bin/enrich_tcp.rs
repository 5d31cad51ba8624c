//! Trades in by TCP, joined with tables, out by TCP, as one writes it with tokio: a task for each connection
//! that reads and enriches, a bounded channel, and a task that writes what is there to all subscribers.
//!
//!     enrich_tcp IN_PORT OUT_PORT
//!
//! At SIGTERM it says how long trades took from being read to being written, as weir-enrich --latency does.
//!
//! Frames are weir's (docs/codec.md), but their checksums are neither looked at nor made: what they cost is
//! weir's alone.

use hdrhistogram::Histogram;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{signal, SignalKind};
use tokio::sync::mpsc;

const INSTRUMENTS: u32 = 10_000;
const USERS: u32 = 100_000;
const CAPACITY: usize = 1024;
const BLOCK: usize = 64 * 1024;
const HEADER: usize = 12;
const CHECKSUM: usize = 4;

struct Instrument {
    symbol: String,
    name: String,
    currency: String,
    tick: f64,
    rate_key: u32,
}

struct Account {
    name: String,
    tier: String,
    fee_rate: f64,
}

struct Tables {
    instruments: FxHashMap<u32, Arc<Instrument>>,
    accounts: FxHashMap<u32, Arc<Account>>,
    rates: FxHashMap<u32, f64>,
}

/// The payload of a trade, as it came.
#[derive(Clone, Copy)]
struct Trade {
    id: u64,
    instrument: u32,
    user: u32,
    price: f64,
    quantity: u32,
    side: u32,
    event_time: i64,
}

/// The delays of trades, and of the runs in which they came.
struct Delays {
    nanoseconds: Histogram<u64>,
    first: Option<Instant>,
    last: Option<Instant>,
    runs: u64,
}

impl Delays {
    fn new() -> Self {
        Self { nanoseconds: Histogram::new(3).unwrap(), first: None, last: None, runs: 0 }
    }

    /// Trades that were read at these times are written.
    fn add(&mut self, read: &[Instant]) {
        let now = Instant::now();
        for run in read.chunk_by(|a, b| a == b) {
            self.first.get_or_insert(run[0]);
            if self.last.replace(run[0]) != Some(run[0]) {
                self.runs += 1;
            }
            let delay = now.duration_since(run[0]).as_nanos() as u64;
            self.nanoseconds.record_n(delay, run.len() as u64).unwrap();
        }
    }

    /// Corrected for coordinated omission, by the mean time between two runs.
    fn print(&self) {
        let (Some(first), Some(last), 2..) = (self.first, self.last, self.runs) else { return };
        let apart = last.duration_since(first).as_nanos() as u64 / (self.runs - 1);
        let all = self.nanoseconds.clone_correct(apart.max(1));
        let us = |ns: u64| ns as f64 / 1e3;
        for (name, q) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            println!("{name} {:.1} us", us(all.value_at_quantile(q)));
        }
        println!("max {:.1} us", us(all.max()));
    }
}

struct Enriched {
    read: Instant,
    what: Trade,
    traded: Arc<Instrument>,
    account: Arc<Account>,
    notional: f64,
    fee: f64,
}

fn tables() -> Tables {
    let instruments = (0..INSTRUMENTS)
        .map(|i| {
            let listed = Instrument {
                symbol: format!("I{i:05}"),
                name: format!("Instrument number {i}"),
                currency: ["EUR", "USD", "GBP"][i as usize % 3].to_string(),
                tick: 0.01,
                rate_key: i % 3,
            };
            (i, Arc::new(listed))
        })
        .collect();
    let accounts = (0..USERS)
        .map(|i| {
            let tier = ["basic", "silver", "gold"][i as usize % 3].to_string();
            (i, Arc::new(Account { name: format!("Account {i}"), tier, fee_rate: 0.001 }))
        })
        .collect();
    Tables { instruments, accounts, rates: (0..3).map(|i| (i, 1.0 + f64::from(i))).collect() }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().unwrap()
}

fn read_trade(payload: &[u8]) -> Trade {
    Trade {
        id: u64::from_le_bytes(number(payload, 0)),
        instrument: u32::from_le_bytes(number(payload, 8)),
        user: u32::from_le_bytes(number(payload, 12)),
        price: f64::from_le_bytes(number(payload, 16)),
        quantity: u32::from_le_bytes(number(payload, 24)),
        side: u32::from_le_bytes(number(payload, 28)),
        event_time: i64::from_le_bytes(number(payload, 32)),
    }
}

fn enrich(what: Trade, read: Instant, tables: &Tables) -> Option<Enriched> {
    let traded = tables.instruments.get(&what.instrument)?.clone();
    let account = tables.accounts.get(&what.user)?.clone();
    let rate = tables.rates.get(&traded.rate_key)?;
    let notional = what.price * f64::from(what.quantity) * rate;
    let fee = notional * account.fee_rate;
    Some(Enriched { read, what, traded, account, notional, fee })
}

fn write_text(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as u32).to_le_bytes());
    to.extend(text.as_bytes());
}

fn write_enriched(to: &mut Vec<u8>, x: &Enriched) {
    let begin = to.len();
    to.extend(*b"wf\x01\x00");
    to.extend([0; 8]);
    to.extend(x.what.id.to_le_bytes());
    to.extend(x.what.instrument.to_le_bytes());
    to.extend(x.what.user.to_le_bytes());
    to.extend(x.what.price.to_le_bytes());
    to.extend(x.what.quantity.to_le_bytes());
    to.extend(x.what.side.to_le_bytes());
    to.extend(x.what.event_time.to_le_bytes());
    write_text(to, &x.traded.symbol);
    write_text(to, &x.traded.name);
    write_text(to, &x.traded.currency);
    to.extend(x.traded.tick.to_le_bytes());
    write_text(to, &x.account.name);
    write_text(to, &x.account.tier);
    to.extend(x.account.fee_rate.to_le_bytes());
    to.extend(x.notional.to_le_bytes());
    to.extend(x.fee.to_le_bytes());
    to.extend(1u64.to_le_bytes());
    to.extend(1u64.to_le_bytes());
    let size = (to.len() - begin - HEADER) as u32;
    to[begin + 4..begin + 8].copy_from_slice(&size.to_le_bytes());
    to.extend([0; CHECKSUM]);
}

async fn read_trades(mut from: TcpStream, tables: Arc<Tables>, to: mpsc::Sender<Enriched>) {
    let mut block = vec![0; BLOCK];
    let mut held = 0;
    while let Ok(n @ 1..) = from.read(&mut block[held..]).await {
        let came = Instant::now();
        held += n;
        let mut at = 0;
        while held - at >= HEADER {
            let payload = u32::from_le_bytes(number(&block, at + 4)) as usize;
            let frame = HEADER + payload + CHECKSUM;
            if frame > BLOCK {
                return;
            }
            if held - at < frame {
                break;
            }
            if let Some(x) = enrich(read_trade(&block[at + HEADER..]), came, &tables) {
                if to.send(x).await.is_err() {
                    return;
                }
            }
            at += frame;
        }
        block.copy_within(at..held, 0);
        held -= at;
    }
}

async fn write_trades(
    mut from: mpsc::Receiver<Enriched>,
    mut joining: mpsc::Receiver<TcpStream>,
    delays: Arc<Mutex<Delays>>,
) {
    let mut subscribers = Vec::new();
    let mut bytes = Vec::with_capacity(2 * BLOCK);
    let mut read = Vec::new();
    loop {
        tokio::select! {
            biased;
            Some(subscriber) = joining.recv() => subscribers.push(subscriber),
            Some(first) = from.recv() => {
                bytes.clear();
                read.clear();
                let mut take = |x: Enriched| {
                    write_enriched(&mut bytes, &x);
                    read.push(x.read);
                    bytes.len()
                };
                let mut size = take(first);
                while size < BLOCK {
                    let Ok(next) = from.try_recv() else { break };
                    size = take(next);
                }
                for subscriber in &mut subscribers {
                    let _ = subscriber.write_all(&bytes).await;
                }
                delays.lock().unwrap().add(&read);
            }
            else => return,
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> std::io::Result<()> {
    let port = |n| std::env::args().nth(n).and_then(|text| text.parse::<u16>().ok()).expect("IN_PORT OUT_PORT");
    let input = TcpListener::bind(("127.0.0.1", port(1))).await?;
    let output = TcpListener::bind(("127.0.0.1", port(2))).await?;
    let tables = Arc::new(tables());
    let (to_writer, enriched) = mpsc::channel(CAPACITY);
    let (to_joining, joining) = mpsc::channel(16);
    let delays = Arc::new(Mutex::new(Delays::new()));
    tokio::spawn(write_trades(enriched, joining, delays.clone()));
    let mut end = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        end.recv().await;
        delays.lock().unwrap().print();
        std::process::exit(0);
    });
    tokio::spawn(async move {
        while let Ok((subscriber, _)) = output.accept().await {
            let _ = subscriber.set_nodelay(true);
            let _ = to_joining.send(subscriber).await;
        }
    });
    loop {
        let (client, _) = input.accept().await?;
        tokio::spawn(read_trades(client, tables.clone(), to_writer.clone()));
    }
}
