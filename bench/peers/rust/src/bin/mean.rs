//! Subtracts the mean from 50 M floats with rayon: as one would write it, and in chunks whose sums
//! the compiler can keep in vector registers.

use rayon::prelude::*;
use std::hint::black_box;
use std::time::Instant;
use weir_peers::report;

const ITEMS: usize = 50_000_000;
const CHUNK: usize = 32 * 1024;
const LANES: usize = 16;

fn plain(samples: &mut [f32]) {
    let sum: f32 = samples.par_iter().sum();
    let mean = sum / samples.len() as f32;
    samples.par_iter_mut().for_each(|x| *x -= mean);
}

fn sum_in_lanes(chunk: &[f32]) -> f32 {
    let mut sums = [0f32; LANES];
    let whole = chunk.chunks_exact(LANES);
    let rest: f32 = whole.remainder().iter().sum();
    for part in whole {
        for (sum, x) in sums.iter_mut().zip(part) {
            *sum += x;
        }
    }
    sums.iter().sum::<f32>() + rest
}

fn in_chunks(samples: &mut [f32]) {
    let sum: f32 = samples.par_chunks(CHUNK).map(sum_in_lanes).sum();
    let mean = sum / samples.len() as f32;
    samples
        .par_chunks_mut(CHUNK)
        .for_each(|chunk| chunk.iter_mut().for_each(|x| *x -= mean));
}

fn measure(who: &str, work: fn(&mut [f32])) {
    let mut samples: Vec<f32> = (0..ITEMS).map(|i| (i % 1000) as f32).collect();
    work(&mut samples); // rayon's threads are started
    let started = Instant::now();
    work(black_box(&mut samples));
    report("mean", who, ITEMS as u64, started);
    black_box(samples[ITEMS / 2]);
}

fn main() {
    measure("rust_rayon", plain);
    measure("rust_rayon_chunks", in_chunks);
}
