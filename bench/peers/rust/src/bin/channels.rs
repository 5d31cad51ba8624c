//! Channels between tasks of a two-thread tokio runtime. The argument says which bench they are peers of:
//! `hop CAPACITY`, `fan_in`, `wake_up`.

use std::hint::black_box;
use std::time::{Duration, Instant};
use weir_peers::{report, report_latency};

const ITEMS: u64 = 5_000_000;
const RUN: usize = 256;
const PRODUCERS: u64 = 4;
const FAN_IN_CAPACITY: usize = 1024;
const WAKE_UPS: usize = 10_000;
const PAUSE: Duration = Duration::from_micros(200);

async fn sum_of(mut receiver: tokio::sync::mpsc::Receiver<u64>) -> u64 {
    let mut sum = 0u64;
    while let Some(x) = receiver.recv().await {
        sum = sum.wrapping_add(x);
    }
    sum
}

async fn sum_in_runs_of(mut receiver: tokio::sync::mpsc::Receiver<u64>) -> u64 {
    let mut sum = 0u64;
    let mut run = Vec::with_capacity(RUN);
    while receiver.recv_many(&mut run, RUN).await > 0 {
        sum = run.drain(..).fold(sum, u64::wrapping_add);
    }
    sum
}

async fn sum_of_kanal(receiver: kanal::AsyncReceiver<u64>) -> u64 {
    let mut sum = 0u64;
    while let Ok(x) = receiver.recv().await {
        sum = sum.wrapping_add(x);
    }
    sum
}

/// Spawns `producers` tasks that share ITEMS; none may fail.
fn produce_tokio(sender: tokio::sync::mpsc::Sender<u64>, producers: u64) {
    for _ in 0..producers {
        let sender = sender.clone();
        tokio::spawn(async move {
            for i in 0..ITEMS / producers {
                sender.send(i).await.unwrap();
            }
        });
    }
}

fn produce_kanal(sender: kanal::AsyncSender<u64>, producers: u64) {
    for _ in 0..producers {
        let sender = sender.clone();
        tokio::spawn(async move {
            for i in 0..ITEMS / producers {
                sender.send(i).await.unwrap();
            }
        });
    }
}

async fn transfer(bench: &str, producers: u64, capacity: usize) {
    let started = Instant::now();
    let (sender, receiver) = tokio::sync::mpsc::channel(capacity);
    produce_tokio(sender, producers);
    black_box(tokio::spawn(sum_of(receiver)).await.unwrap());
    report(bench, "rust_tokio_mpsc", ITEMS, started);

    let started = Instant::now();
    let (sender, receiver) = tokio::sync::mpsc::channel(capacity);
    produce_tokio(sender, producers);
    black_box(tokio::spawn(sum_in_runs_of(receiver)).await.unwrap());
    report(bench, "rust_tokio_recv_many", ITEMS, started);

    let started = Instant::now();
    let (sender, receiver) = kanal::bounded_async(capacity);
    produce_kanal(sender, producers);
    black_box(tokio::spawn(sum_of_kanal(receiver)).await.unwrap());
    report(bench, "rust_kanal", ITEMS, started);
}

/// A plain thread sends its clock, now and then; the task that waits for it says how old it is.
async fn wake_up() {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Instant>(64);
    let consumer = tokio::spawn(async move {
        let mut late = Vec::with_capacity(WAKE_UPS);
        while let Some(sent) = receiver.recv().await {
            late.push(sent.elapsed().as_secs_f64() * 1e6);
        }
        late
    });
    let producer = std::thread::spawn(move || {
        for _ in 0..WAKE_UPS {
            let pause = Instant::now();
            while pause.elapsed() < PAUSE {
                std::hint::spin_loop();
            }
            sender.try_send(Instant::now()).unwrap();
        }
    });
    let late = consumer.await.unwrap();
    producer.join().unwrap();
    report_latency("wake_up", "rust_tokio_mpsc", late);
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["hop", capacity] => transfer("hop", 1, capacity.parse().expect("a capacity")).await,
        ["fan_in"] => transfer("fan_in", PRODUCERS, FAN_IN_CAPACITY).await,
        ["wake_up"] => wake_up().await,
        _ => {
            eprintln!("usage: channels hop CAPACITY | fan_in | wake_up");
            std::process::exit(2);
        }
    }
}
