//! Trades in by TCP, joined with tables, out by TCP, as one writes it with tokio: a task for each connection
//! that reads and enriches, a bounded channel, and a task that writes what is there to all subscribers.
//!
//!     enrich_tcp IN_PORT OUT_PORT
//!
//! Frames are weir's (docs/codec.md), but their checksums are neither looked at nor made: what they cost is
//! weir's alone.

use rustc_hash::FxHashMap;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
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

struct Enriched {
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

fn enrich(what: Trade, tables: &Tables) -> Option<Enriched> {
    let traded = tables.instruments.get(&what.instrument)?.clone();
    let account = tables.accounts.get(&what.user)?.clone();
    let rate = tables.rates.get(&traded.rate_key)?;
    let notional = what.price * f64::from(what.quantity) * rate;
    let fee = notional * account.fee_rate;
    Some(Enriched { what, traded, account, notional, fee })
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
            if let Some(x) = enrich(read_trade(&block[at + HEADER..]), &tables) {
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

async fn write_trades(mut from: mpsc::Receiver<Enriched>, mut joining: mpsc::Receiver<TcpStream>) {
    let mut subscribers = Vec::new();
    let mut bytes = Vec::with_capacity(2 * BLOCK);
    loop {
        tokio::select! {
            biased;
            Some(subscriber) = joining.recv() => subscribers.push(subscriber),
            Some(first) = from.recv() => {
                bytes.clear();
                write_enriched(&mut bytes, &first);
                while bytes.len() < BLOCK {
                    let Ok(next) = from.try_recv() else { break };
                    write_enriched(&mut bytes, &next);
                }
                for subscriber in &mut subscribers {
                    let _ = subscriber.write_all(&bytes).await;
                }
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
    tokio::spawn(write_trades(enriched, joining));
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
