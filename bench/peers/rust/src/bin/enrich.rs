//! Trades joined with two hash maps and sent through a bounded channel to a consumer that sums, on threads
//! with crossbeam's channel and as tasks with tokio's, with the standard library's map and with a fast one.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::Instant;
use weir_peers::report;

const TRADES: u64 = 5_000_000;
const INSTRUMENTS: u64 = 10_000;
const USERS: u64 = 100_000;
const TRADES_PER_UPDATE: u64 = 1_000;
const CAPACITY: usize = 1024;

#[derive(Clone)]
#[allow(dead_code)]
struct Trade {
    id: u64,
    instrument: u32,
    user: u32,
    price: f64,
    quantity: u32,
    side: u32,
}

struct Instrument {
    symbol: u64,
    tick: f64,
}

struct Account {
    fee: f64,
    tier: u32,
    version: u32,
}

#[allow(dead_code)]
struct Enriched {
    what: Trade,
    symbol: u64,
    tick: f64,
    fee: f64,
    tier: u32,
    version: u32,
}

fn trades() -> Vec<Trade> {
    let make = |id: u64| {
        let dice = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Trade {
            id,
            instrument: ((dice >> 33) % INSTRUMENTS) as u32,
            user: ((dice >> 17) % USERS) as u32,
            price: 1.0,
            quantity: (dice >> 60) as u32,
            side: (dice & 1) as u32,
        }
    };
    (0..TRADES).map(make).collect()
}

struct Tables<H> {
    instruments: HashMap<u32, Instrument, H>,
    accounts: HashMap<u32, Account, H>,
}

impl<H: BuildHasher + Default> Tables<H> {
    fn new() -> Self {
        let instrument = |i: u64| {
            (
                i as u32,
                Instrument {
                    symbol: i,
                    tick: i as f64,
                },
            )
        };
        let account = |i: u64| {
            (
                i as u32,
                Account {
                    fee: i as f64,
                    tier: (i % 5) as u32,
                    version: 0,
                },
            )
        };
        Tables {
            instruments: (0..INSTRUMENTS).map(instrument).collect(),
            accounts: (0..USERS).map(account).collect(),
        }
    }

    fn enrich(&mut self, number: u64, what: Trade) -> Option<Enriched> {
        if number % TRADES_PER_UPDATE == 0 {
            let fee = number as f64;
            self.accounts.insert(
                (number * 7 % USERS) as u32,
                Account {
                    fee,
                    tier: 1,
                    version: 1,
                },
            );
        }
        let instrument = self.instruments.get(&what.instrument)?;
        let account = self.accounts.get(&what.user)?;
        Some(Enriched {
            symbol: instrument.symbol,
            tick: instrument.tick,
            fee: account.fee,
            tier: account.tier,
            version: account.version,
            what,
        })
    }
}

fn threads<H: BuildHasher + Default>(who: &str, list: Vec<Trade>) {
    let mut tables = Tables::<H>::new();
    let started = Instant::now();
    let (sender, receiver) = crossbeam_channel::bounded::<Enriched>(CAPACITY);
    let consumer = std::thread::spawn(move || receiver.iter().map(|x| x.fee * x.tick).sum::<f64>());
    for (number, what) in (0..).zip(list) {
        if let Some(made) = tables.enrich(number, what) {
            sender.send(made).unwrap();
        }
    }
    drop(sender);
    black_box(consumer.join().unwrap());
    report("enrich", who, TRADES, started);
}

async fn tasks<H: BuildHasher + Default + Send + 'static>(who: &str, list: Vec<Trade>) {
    let mut tables = Tables::<H>::new();
    let started = Instant::now();
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Enriched>(CAPACITY);
    let consumer = tokio::spawn(async move {
        let mut sum = 0.0;
        while let Some(x) = receiver.recv().await {
            sum += x.fee * x.tick;
        }
        sum
    });
    let producer = tokio::spawn(async move {
        for (number, what) in (0..).zip(list) {
            if let Some(made) = tables.enrich(number, what) {
                sender
                    .send(made)
                    .await
                    .unwrap_or_else(|_| panic!("the consumer is gone"));
            }
        }
    });
    producer.await.unwrap();
    black_box(consumer.await.unwrap());
    report("enrich", who, TRADES, started);
}

fn one_thread(list: Vec<Trade>) {
    let mut tables = Tables::<rustc_hash::FxBuildHasher>::new();
    let started = Instant::now();
    let enriched = (0..)
        .zip(list)
        .filter_map(|(number, what)| tables.enrich(number, what));
    black_box(enriched.map(|x| x.fee * x.tick).sum::<f64>());
    report("enrich", "rust_fx_one_thread", TRADES, started);
}

type Std = std::collections::hash_map::RandomState;
type Fx = rustc_hash::FxBuildHasher;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let list = trades();
    one_thread(list.clone());
    threads::<Std>("rust_std_crossbeam", list.clone());
    threads::<Fx>("rust_fx_crossbeam", list.clone());
    tasks::<Std>("rust_std_tokio_mpsc", list.clone()).await;
    tasks::<Fx>("rust_fx_tokio_mpsc", list).await;
}
