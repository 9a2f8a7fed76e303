//! The command line: each arm is one call.

use anyhow::{Context, Result, bail};
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand};
use figment::Figment;
use std::io::{IsTerminal, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use stevenson::app::App;
use stevenson::config::Config;
use stevenson::lab::drive;
use stevenson::pretend::climate::LATITUDE_DEFAULT;
use stevenson::pretend::station as pretend;
use stevenson::pretend::plan::Plan;
use stevenson::storage::{Key, NewStation, Storage};
use stevenson::weather::station::{ELEVATION_LIMITS_M, Slug, station_name};

/// The live dashboard for weather stations.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// Folder that holds the database [default: stevenson-data]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Configuration file [default: stevenson.toml in the data folder, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and take readings
    Serve(Serve),
    /// Add, list and remove stations; works while the server runs
    #[command(subcommand)]
    Station(StationCommand),
    /// Pretend to be a station: post seeded weather to a server
    Simulate(Simulate),
    /// Measure a server
    #[command(subcommand)]
    Lab(Lab),
}

#[derive(Debug, Args)]
struct Serve {
    /// Address to listen on; 0.0.0.0 for every network of this machine [default: 127.0.0.1]
    #[arg(long)]
    address: Option<IpAddr>,
    /// Port to listen on; 0 picks a free one [default: 8000]
    #[arg(long)]
    port: Option<u16>,
    /// full: a reading that was acknowledged survives a power cut. normal: it survives a crash of the program, and the
    /// last moments before a power cut may be lost [default: full]
    #[arg(long, value_parser = ["full", "normal"])]
    durability: Option<String>,
    /// Add a simulated station that posts every few seconds through the real door
    #[arg(long)]
    demo: bool,
}

#[derive(Debug, Subcommand)]
enum StationCommand {
    /// Add a station and print its key, once
    Add {
        /// Its name in URLs: a-z, 0-9 and hyphens
        slug: Slug,
        /// What people call it [default: the slug]
        #[arg(long, value_parser = station_name)]
        name: Option<String>,
        /// The IANA time zone its days are counted in, such as Europe/Berlin
        #[arg(long, default_value = "UTC")]
        zone: Tz,
        /// Height of the ground above sea level, metres
        #[arg(long, value_parser = elevation, allow_negative_numbers = true)]
        elevation: Option<f64>,
    },
    /// List the stations
    List,
    /// Make a new key and print it, once; the old one is void
    NewKey {
        /// Which station
        slug: Slug,
    },
    /// Remove a station with all its readings
    Remove {
        /// Which station
        slug: Slug,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
struct Simulate {
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:8000")]
    url: String,
    /// The station's key
    #[arg(long)]
    key: String,
    /// How often to post, such as 5s
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    every: Duration,
    /// The weather's seed: the same seed is the same weather
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after this many live posts
    #[arg(long)]
    count: Option<u64>,
    /// First post the past, such as 3d, at one reading a minute
    #[arg(long, value_name = "PAST", value_parser = humantime::parse_duration)]
    fast_forward: Option<Duration>,
    /// The station's time zone: its rain counter starts at midnight there
    #[arg(long, default_value = "UTC")]
    zone: Tz,
    /// Degrees north, for the sun and the seasons
    #[arg(long, default_value_t = LATITUDE_DEFAULT, value_parser = latitude, allow_negative_numbers = true)]
    latitude: f64,
    /// The station's height, metres
    #[arg(long, default_value_t = 0.0, value_parser = elevation, allow_negative_numbers = true)]
    elevation: f64,
}

#[derive(Debug, Subcommand)]
enum Lab {
    /// Load a server on this machine and measure it
    #[command(subcommand)]
    Drive(Drive),
}

#[derive(Debug, Args)]
struct Target {
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
enum Drive {
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

impl Cli {
    /// Runs the command.
    pub fn run(self) -> Result<()> {
        let mut builder = match self.command {
            // The load generator leaves the other processors to the server it measures.
            Command::Lab(_) => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder.enable_all().build().context("cannot start")?;
        let flags = self.flags();
        let config = || Config::load(self.config.as_deref(), flags);
        match self.command {
            Command::Serve(_) => runtime.block_on(serve(config()?)),
            Command::Station(command) => runtime.block_on(station(config()?, command)),
            Command::Simulate(arguments) => runtime.block_on(simulate(arguments)),
            Command::Lab(Lab::Drive(command)) => runtime.block_on(load(command)),
        }
    }

    /// The flags that were given, as the last layer of the configuration.
    fn flags(&self) -> Figment {
        let mut flags = Figment::new();
        if let Some(data) = &self.data {
            flags = flags.merge(("data", data));
        }
        if let Command::Serve(serve) = &self.command {
            if let Some(address) = serve.address {
                flags = flags.merge(("address", address));
            }
            if let Some(port) = serve.port {
                flags = flags.merge(("port", port));
            }
            if let Some(durability) = &serve.durability {
                flags = flags.merge(("storage.durability", durability));
            }
            if serve.demo {
                flags = flags.merge(("demo", true));
            }
        }
        flags
    }
}

async fn serve(config: Config) -> Result<()> {
    let app = App::open(config).await?;
    app.run(stop_asked(), |address| {
        println!("listening on http://{address}");
        // Whoever waits for the line reads it through a pipe.
        std::io::stdout().flush().ok();
    })
    .await?;
    Ok(())
}

/// Ready at the first Ctrl-C or SIGTERM.
async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => (),
            _ = tokio::signal::ctrl_c() => (),
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard, Ctrl-C only");
            // An error leaves no way to hear Ctrl-C either: the process then ends by signal alone.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

async fn station(config: Config, command: StationCommand) -> Result<()> {
    config.make_folder()?;
    let (storage, _commits) = Storage::open(config.storage).await.context("cannot open the database")?;
    let done = station_command(&storage, command).await;
    storage.close().await;
    done
}

async fn station_command(storage: &Storage, command: StationCommand) -> Result<()> {
    match command {
        StationCommand::Add { slug, name, zone, elevation } => {
            let name = name.unwrap_or_else(|| slug.to_string());
            let (station, key) = storage.add_station(NewStation { slug, name, zone, elevation_m: elevation }).await?;
            println!("added {} ({})", station.slug, station.name);
            show_key(&key);
        }
        StationCommand::List => {
            let directory = storage.directory();
            if directory.iter().next().is_none() {
                println!(
                    "no stations yet; add one: stevenson station add town-hall --name \"Town Hall\" --zone Europe/Berlin"
                );
            }
            for station in directory.iter() {
                let elevation = station.elevation_m.map_or_else(String::new, |m| format!("  {m} m"));
                println!("{:<24}  {:<32}  {}{elevation}", station.slug.as_str(), station.name, station.zone);
            }
        }
        StationCommand::NewKey { slug } => {
            show_key(&storage.renew_key(&slug).await?);
            println!("the old key is void");
        }
        StationCommand::Remove { slug, yes } => {
            let Some(name) = storage.directory().by_slug(slug.as_str()).map(|station| station.name.clone()) else {
                bail!("there is no station \"{slug}\"");
            };
            if !yes
                && !agrees(
                    &format!("Remove {name} ({slug}) with all its readings? Type its slug to agree: "),
                    slug.as_str(),
                )?
            {
                bail!("nothing was removed");
            }
            storage.remove_station(&slug).await?;
            println!("removed {slug}");
        }
    }
    Ok(())
}

fn show_key(key: &Key) {
    println!("key: {}", key.reveal());
    println!("keep it: it is shown this once, and only its hash is stored");
}

fn agrees(question: &str, answer: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("removing asks first and there is no terminal to ask on; say --yes");
    }
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == answer)
}

async fn simulate(arguments: Simulate) -> Result<()> {
    let plan = Plan {
        seed: arguments.seed,
        zone: arguments.zone,
        latitude: arguments.latitude,
        elevation_m: arguments.elevation,
        every: arguments.every,
        count: arguments.count,
        fast_forward: arguments.fast_forward,
        progress: std::io::stderr().is_terminal(),
        ..Plan::new(arguments.url, arguments.key)
    };
    let summary = pretend::run(plan, stop_asked()).await?;
    println!("{summary}");
    if summary.unsent > 0 {
        bail!("{} readings could not be sent", summary.unsent);
    }
    Ok(())
}

async fn load(command: Drive) -> Result<()> {
    let (target, mode) = match command {
        Drive::Park { target, trucks, rounds } => (target, drive::Mode::Park { trucks, rounds }),
        Drive::Deliver { target, trucks, seconds } => (target, drive::Mode::Deliver { trucks, seconds }),
        Drive::Post { target, clients, seconds } => (target, drive::Mode::Post { clients, seconds }),
    };
    let options = drive::Options { url: target.url, keys: target.keys, pid: target.pid, mode };
    let report = drive::run(options).await?;
    if target.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{report}");
    }
    Ok(())
}

fn elevation(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(metres) if ELEVATION_LIMITS_M.contains(&metres) => Ok(metres),
        _ => Err(format!(
            "{text:?} is not a height from {} to {} metres",
            ELEVATION_LIMITS_M.start(),
            ELEVATION_LIMITS_M.end()
        )),
    }
}

fn latitude(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(degrees) if (-90.0..=90.0).contains(&degrees) => Ok(degrees),
        _ => Err(format!("{text:?} is not a latitude from -90 to 90 degrees")),
    }
}
