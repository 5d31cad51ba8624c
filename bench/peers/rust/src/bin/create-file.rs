//! Writes a CSV file of people the straightforward way: one format! a row into a BufWriter.
//!
//! create-file --number-rows N --output FILE

use rand::Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use weir_peers::{argument, FIRST_NAMES, LAST_NAMES};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u64 = argument("number-rows").parse()?;
    let mut file = BufWriter::new(File::create(argument("output"))?);
    let mut random = rand::rng();
    file.write_all(b"first_name,last_name,age\n")?;
    for _ in 0..rows {
        let first = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
        let last = LAST_NAMES[random.random_range(0..LAST_NAMES.len())];
        let age = random.random_range(18..=65);
        let row = format!("{first},{last},{age}\n");
        file.write_all(row.as_bytes())?;
    }
    file.flush()?;
    Ok(())
}
