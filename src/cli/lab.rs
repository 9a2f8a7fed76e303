//! `lab`: measures a server, and compares the fleets.

mod asked;
mod own_server;
mod run;
mod simulate;
mod table;

use ::lab::drive;
use anyhow::Result;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum Lab {
    /// Load a server on this machine and measure it
    #[command(subcommand)]
    Drive(Drive),
    /// Compare the fleets in virtual time, over a road of your choice
    Simulate(Box<simulate::Simulate>),
    /// Compare the fleets over HTTP, with real clocks, before a server of its own or one on this machine
    Run(Box<run::Run>),
    /// Print a recorded run as the table of the README
    Table {
        /// What `lab run --json` wrote
        file: std::path::PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Target {
    /// The server; on this machine only
    #[arg(long, default_value = "http://127.0.0.1:8000")]
    url: String,
    /// A station's key; several are used in turn
    #[arg(long = "key", required = true)]
    keys: Vec<String>,
    /// The server's process: its memory and processor time are read
    #[arg(long)]
    pid: Option<u32>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Drive {
    /// Park trucks, post one reading, time the load of each
    Park {
        #[command(flatten)]
        target: Target,
        /// How many trucks
        #[arg(long, default_value_t = 1_000)]
        trucks: usize,
        /// How many readings, one after another
        #[arg(long, default_value_t = 20)]
        rounds: usize,
    },
    /// Keep trucks coming and readings flowing: how many loads are delivered a second
    Deliver {
        #[command(flatten)]
        target: Target,
        /// How many trucks
        #[arg(long, default_value_t = 4_000)]
        trucks: usize,
        /// For how long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Post single readings from keep-alive clients
    Post {
        #[command(flatten)]
        target: Target,
        /// How many clients
        #[arg(long, default_value_t = 64)]
        clients: usize,
        /// For how long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
}

/// Measures and prints what came of it.
pub(super) async fn run(command: Lab) -> Result<()> {
    match command {
        Lab::Drive(command) => drive(command).await,
        Lab::Simulate(arguments) => simulate::run(&arguments),
        Lab::Run(arguments) => run::run(&arguments).await,
        Lab::Table { file } => table::run(&file),
    }
}

async fn drive(command: Drive) -> Result<()> {
    let (target, mode) = match command {
        Drive::Park { target, trucks, rounds } => (target, drive::Mode::Park { trucks, rounds }),
        Drive::Deliver { target, trucks, seconds } => (target, drive::Mode::Deliver { trucks, seconds }),
        Drive::Post { target, clients, seconds } => (target, drive::Mode::Post { clients, seconds }),
    };
    let options = drive::Options { url: target.url, keys: target.keys, pid: target.pid, mode };
    let measurement = drive::run(options).await?;
    if target.json {
        println!("{}", serde_json::to_string(&measurement)?);
    } else {
        println!("{measurement}");
    }
    Ok(())
}
