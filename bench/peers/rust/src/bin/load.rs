//! Loads a CSV file of people into SQLite: three tokio tasks joined by channels of 100.
//!
//! The reader parses with csv-async, the processor makes rows and batches of 5,000, the writer sends
//! each batch as one INSERT through sqlx. Ids are UUID version 4 as text, synchronous is off, and a
//! VACUUM ends the load. The cache is the same 40 MB that the other loaders have.
//!
//! load --input FILE --database FILE

use csv_async::{AsyncReader, StringRecord};
use futures::StreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{Connection, QueryBuilder, Sqlite};
use tokio::sync::mpsc::{self, Receiver, Sender};
use uuid::Uuid;
use weir_peers::argument;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const CHANNEL: usize = 100;
const BATCH: usize = 5_000;

struct Person {
    id: String,
    first_name: String,
    last_name: String,
    age: i64,
    email: String,
}

impl Person {
    fn from_record(record: &StringRecord) -> Person {
        let (first, last) = (&record[0], &record[1]);
        let age = record[2].parse().unwrap_or(0);
        Person {
            id: Uuid::new_v4().to_string(),
            first_name: first.to_owned(),
            last_name: last.to_uppercase(),
            age,
            email: format!("{first}.{last}_{age}@somemail.com"),
        }
    }
}

async fn read(input: String, records: Sender<StringRecord>) -> Result<(), Failure> {
    let file = tokio::fs::File::open(input).await?;
    let mut reader = AsyncReader::from_reader(file);
    let mut stream = reader.records();
    while let Some(record) = stream.next().await {
        records.send(record?).await?;
    }
    Ok(())
}

async fn process(
    mut records: Receiver<StringRecord>,
    batches: Sender<Vec<Person>>,
) -> Result<(), Failure> {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(record) = records.recv().await {
        batch.push(Person::from_record(&record));
        if batch.len() == BATCH {
            batches
                .send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
                .await?;
        }
    }
    if !batch.is_empty() {
        batches.send(batch).await?;
    }
    Ok(())
}

async fn write(database: String, mut batches: Receiver<Vec<Person>>) -> Result<u64, Failure> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-40000");
    let mut connection = SqliteConnection::connect_with(&options).await?;
    sqlx::query("DROP TABLE IF EXISTS people")
        .execute(&mut connection)
        .await?;
    sqlx::query(
        "CREATE TABLE people (id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, age INTEGER, email TEXT)",
    )
    .execute(&mut connection)
    .await?;

    let mut rows = 0;
    while let Some(batch) = batches.recv().await {
        rows += batch.len() as u64;
        let mut insert: QueryBuilder<Sqlite> =
            QueryBuilder::new("INSERT INTO people (id, first_name, last_name, age, email) ");
        insert.push_values(batch, |mut row, person| {
            row.push_bind(person.id)
                .push_bind(person.first_name)
                .push_bind(person.last_name)
                .push_bind(person.age)
                .push_bind(person.email);
        });
        insert.build().execute(&mut connection).await?;
    }
    sqlx::query("VACUUM").execute(&mut connection).await?;
    connection.close().await?;
    Ok(rows)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (records, to_process) = mpsc::channel(CHANNEL);
    let (batches, to_write) = mpsc::channel(CHANNEL);
    let reader = tokio::spawn(read(argument("input"), records));
    let processor = tokio::spawn(process(to_process, batches));
    let writer = tokio::spawn(write(argument("database"), to_write));
    reader.await??;
    processor.await??;
    println!("{} rows", writer.await??);
    Ok(())
}
