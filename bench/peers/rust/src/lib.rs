//! What the Rust peers share: the names of the people file, its table, and arguments.

pub const FIRST_NAMES: [&str; 10] = [
    "Tom", "Johnny", "Jim", "Eric", "Amanda", "Grace", "Judy", "Frank", "Sally", "Will",
];

pub const LAST_NAMES: [&str; 10] = [
    "Connor",
    "Henderson",
    "Farley",
    "Henson",
    "Jeffries",
    "Carlin",
    "Anderson",
    "O' Sullivan",
    "Dorothy",
    "McDougal",
];

/// The value after `--name`, as text; ends the program with a line on stderr when it is missing.
pub fn argument(name: &str) -> String {
    let flag = format!("--{name}");
    let mut arguments = std::env::args();
    match arguments
        .find(|a| *a == flag)
        .and_then(|_| arguments.next())
    {
        Some(value) => value,
        None => {
            eprintln!("missing {flag} VALUE");
            std::process::exit(2);
        }
    }
}

/// One measured figure as the line that bench/run reads, in nanoseconds an item.
pub fn report(bench: &str, who: &str, items: u64, started: std::time::Instant) {
    let nanoseconds = started.elapsed().as_secs_f64() * 1e9 / items as f64;
    println!(r#"{{"bench":"{bench}","who":"{who}","ns_per_item":{nanoseconds:.4}}}"#);
}

/// The median and the 99th percentile of latencies in microseconds, as two such lines.
pub fn report_latency(bench: &str, who: &str, mut microseconds: Vec<f64>) {
    microseconds.sort_by(f64::total_cmp);
    for percent in [50, 99] {
        let at = (microseconds.len() - 1) * percent / 100;
        let figure = microseconds[at];
        println!(r#"{{"bench":"{bench}","who":"{who}@p{percent}","us":{figure:.4}}}"#);
    }
}
