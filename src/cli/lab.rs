//! `lab`: measures a server, and compares the fleets.

mod asked;
mod own_server;
mod peers;
mod run;
mod simulate;
mod table;

use super::said::say;
use ::lab::drive;
use ::lab::drive::peer::{Heads, Peer};
use anyhow::{Context, Result};
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
    /// Compare this server with others: the medians and ratios of what `drive --json` has printed, as tables
    Peers {
        /// A line for each measurement
        file: std::path::PathBuf,
    },
    /// Print a recorded run as the table of docs/LAB.md
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
    /// Another server over the same database: readings that trucks wait for are posted there, and of clients that post every second
    /// one does it there
    #[arg(long, value_name = "URL")]
    also: Option<String>,
    /// A station's key; several are used in turn
    #[arg(long = "key", required_unless_present = "key_file")]
    keys: Vec<String>,
    /// A file with more keys, one a line
    #[arg(long, value_name = "FILE")]
    key_file: Option<std::path::PathBuf>,
    /// Whose server it is: stevenson; nchan or influx, to compare with (keys are then names of stations)
    #[arg(long, default_value = "stevenson")]
    peer: Peer,
    /// The heads of the trucks' requests: short, or as a browser sends them
    #[arg(long, default_value = "short")]
    heads: Heads,
    /// The server's process: its memory and processor time are read; several are added up
    #[arg(long = "pid")]
    pids: Vec<u32>,
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
    /// Keep trucks coming and readings flowing: how many loads are delivered a second, how old is their news
    Deliver {
        #[command(flatten)]
        target: Target,
        /// How many trucks
        #[arg(long, default_value_t = 4_000)]
        trucks: usize,
        /// For how long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// How many readings a second; without it, as many as there can be
        #[arg(long, value_name = "PER_SECOND")]
        news: Option<f64>,
    },
    /// Post readings from keep-alive clients
    Post {
        #[command(flatten)]
        target: Target,
        /// How many clients
        #[arg(long, default_value_t = 64)]
        clients: usize,
        /// How many readings in each request
        #[arg(long, default_value_t = 1)]
        batch: usize,
        /// For how long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// A station for each key (given as SLUG=KEY) posts at its interval while pages watch: what is lost, how old is what they show
    Watched {
        #[command(flatten)]
        target: Target,
        /// What a station waits between two posts, seconds
        #[arg(long, default_value_t = 5)]
        every: u64,
        /// For how long
        #[arg(long, default_value_t = 300)]
        seconds: u64,
        /// Pages that watch one station each
        #[arg(long, default_value_t = 400)]
        pages: usize,
        /// Pages that watch as many stations as an overview shows
        #[arg(long, default_value_t = 100)]
        overviews: usize,
    },
}

/// Measures and prints what came of it.
pub(super) async fn run(command: Lab) -> Result<()> {
    match command {
        Lab::Drive(command) => drive(command).await,
        Lab::Simulate(arguments) => simulate::run(&arguments),
        Lab::Run(arguments) => run::run(&arguments).await,
        Lab::Peers { file } => peers::run(&file),
        Lab::Table { file } => table::run(&file),
    }
}

async fn drive(command: Drive) -> Result<()> {
    let (target, mode) = match command {
        Drive::Park { target, trucks, rounds } => (target, drive::Mode::Park { trucks, rounds }),
        Drive::Deliver { target, trucks, seconds, news } => {
            (target, drive::Mode::Deliver { trucks, seconds, news_per_s: news })
        }
        Drive::Post { target, clients, batch, seconds } => (target, drive::Mode::Post { clients, batch, seconds }),
        Drive::Watched { target, every: every_s, seconds, pages, overviews } => {
            (target, drive::Mode::Watched { every_s, seconds, pages, overviews })
        }
    };
    let Target { url, also, mut keys, key_file, peer, heads, pids, json } = target;
    if let Some(file) = key_file {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        keys.extend(text.split_whitespace().map(str::to_owned));
    }
    let measurement = drive::run(drive::Options { url, also, peer, heads, keys, pids, mode }).await?;
    if json {
        say!("{}", serde_json::to_string(&measurement)?)?;
    } else {
        say!("{measurement}")?;
    }
    Ok(())
}
