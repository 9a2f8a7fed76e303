//! The command line: each arm is one call.

mod admin;
mod backup;
mod calibrate;
mod check;
mod database;
mod export;
mod greeting;
mod import;
mod lab;
mod manual;
mod map;
mod migrate;
mod reading;
mod said;
mod sensor;
mod settings;
mod simulate;
mod station;
mod storage;
mod webhook;

use crate::log::{Counts, Way, choice};
use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use greeting::Greeting;
use said::{hint, say};
use sd_notify::NotifyState;
use std::io::{IsTerminal, Write};
use std::net::IpAddr;
use std::path::PathBuf;
use stevenson::app::{App, look_before};
use stevenson::config::{Flags, Loaded, Surroundings};
use stevenson::web::base::{BadBase, Base};
use tracing_subscriber::EnvFilter;

/// The heading of the options that all commands have.
const EVERYWHERE: &str = "Options of all commands";

/// The live dashboard for weather stations: they post readings, and pages show them the moment they arrive.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
#[command(
    after_help = "All commands but restore and migrate work while the server runs. `stevenson COMMAND --help` tells more of each."
)]
pub(crate) struct Cli {
    /// Folder that holds the database [default: the one that systemd gives, else stevenson in XDG_DATA_HOME, else
    /// .local/share/stevenson at home]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = EVERYWHERE)]
    data: Option<PathBuf>,
    /// PostgreSQL in place of the file in the folder, such as postgres://user:password@host/database; the configuration or
    /// STEVENSON_STORAGE_DATABASE hides a password better than a command line
    #[arg(long, global = true, value_name = "URL", help_heading = EVERYWHERE)]
    database: Option<String>,
    /// Configuration file [default: stevenson.toml in the data folder, if it exists]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// What is logged: a level (off, error, warn, info, debug, trace), or a filter such as info,stevenson::mqtt=debug; else
    /// STEVENSON_LOG or RUST_LOG says so [default: info for serve]
    #[arg(long, global = true, value_name = "LEVEL-OR-FILTER", help_heading = EVERYWHERE)]
    log: Option<String>,
    /// How the log is written
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT", help_heading = EVERYWHERE)]
    log_format: choice::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the dashboard and take readings
    Serve(Serve),
    /// Add, list, change and remove stations, their keys, devices, calibrations and fields
    #[command(subcommand)]
    Station(station::StationCommand),
    /// List and remove the sensors of a station
    #[command(subcommand)]
    Sensor(sensor::SensorCommand),
    /// List readings that do not count, strike readings out, restore them
    #[command(subcommand)]
    Reading(reading::ReadingCommand),
    /// Read files of other programs, or our own exports, into a station
    Import(Box<import::Import>),
    /// Write a station's readings as CSV, JSON lines or line protocol
    Export(export::Export),
    /// Write the whole database into one file, also while the server runs, and read it back
    Backup(backup::Backup),
    /// Count what the database holds, and forecast how long its room lasts
    Storage(storage::StorageCommand),
    /// Put a backup in the place of the database; the server must not run
    Restore(backup::Restore),
    /// Move everything from the file into a PostgreSQL, or back
    Migrate(migrate::Migrate),
    /// List and try the webhooks that are told of your alerts
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Set the password of the owner's pages at /admin
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print the configuration that serve runs with, and where each value comes from
    Config(settings::Settings),
    /// Tell what should be mended; the exit code is 1 if something is wrong
    ///
    /// It looks at the database, permissions, the disk, clocks, stations and at who reaches the server.
    Check(check::Check),
    /// Pretend to be a station: post seeded weather to a server
    Simulate(simulate::Simulate),
    /// Measure a server, compare the ways of feeding a page
    #[command(subcommand)]
    Lab(lab::Lab),
    /// Print the manual page, or write those of all commands
    Man(manual::Man),
    /// Print what a shell needs to complete commands
    Completions(manual::Completions),
}

#[derive(Debug, Args)]
struct Serve {
    /// Address to listen on; 0.0.0.0 for every network of this machine [default: 127.0.0.1]
    #[arg(long, value_parser = address)]
    address: Option<IpAddr>,
    /// Port to listen on; 0 picks a free one [default: 8000]
    #[arg(long)]
    port: Option<u16>,
    /// full: an acknowledged reading survives a power cut. normal: it survives a crash of the program; a power cut may
    /// lose the last moments [default: full]
    #[arg(long, value_parser = ["full", "normal"])]
    durability: Option<String>,
    /// Add a simulated station that posts every few seconds through the real door
    #[arg(long)]
    demo: bool,
    /// Path before all of the server's own, if a proxy gives it only a part of a host, such as /weather
    #[arg(long, value_name = "PATH", value_parser = base)]
    base: Option<Base>,
    /// Write a line to the log for each answered request
    #[arg(long)]
    access_log: bool,
    /// Let devices in private networks that are no station's wait, with their last reports, until you claim them
    #[arg(long)]
    enrol: bool,
}

fn base(text: &str) -> Result<Base, String> {
    text.trim().parse().map_err(|error: BadBase| error.to_string())
}

fn address(text: &str) -> Result<IpAddr, String> {
    let write = "write 127.0.0.1 for this machine alone, 0.0.0.0 for every network of it, or one address of it";
    text.trim().parse().map_err(|_| format!("a name or something else, and no address: {write}"))
}

impl Command {
    /// Whether it changes the database without saying which.
    fn writes(&self) -> bool {
        match self {
            Self::Station(command) => command.writes(),
            Self::Sensor(command) => command.writes(),
            Self::Reading(command) => command.writes(),
            Self::Import(arguments) => !arguments.dry_run,
            Self::Admin(_) => true,
            _ => false,
        }
    }
}

impl Cli {
    /// What is logged, and how.
    pub(crate) fn log(&self) -> Result<(EnvFilter, Way), choice::BadFilter> {
        let filter = choice::filter(self.log.as_deref(), self.log_level(), |name| std::env::var_os(name))?;
        let journal = std::env::var("JOURNAL_STREAM").ok();
        Ok((filter, choice::way(self.log_format, std::io::stderr().is_terminal(), journal.as_deref())))
    }

    /// What is logged by default. Commands that open the database for a moment leave warnings to the server.
    fn log_level(&self) -> &'static str {
        match self.command {
            Command::Station(_)
            | Command::Sensor(_)
            | Command::Reading(_)
            | Command::Admin(_)
            | Command::Import(_)
            | Command::Export(_)
            | Command::Backup(_)
            | Command::Restore(_)
            | Command::Migrate(_)
            | Command::Storage(_)
            | Command::Check(_)
            | Command::Config(_)
            | Command::Webhook(_)
            | Command::Man(_)
            | Command::Completions(_) => "error",
            Command::Simulate(_) | Command::Lab(_) => "warn",
            Command::Serve(_) => "info",
        }
    }

    /// Runs the command. `log`: what the log counts.
    pub(crate) fn run(self, log: Counts) -> Result<()> {
        let mut builder = match self.command {
            // One thread: the lab leaves the other processors to the server that it measures.
            Command::Lab(_) => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder.enable_all().build().context("cannot start")?;
        match self.command {
            Command::Simulate(arguments) => return runtime.block_on(simulate::run(arguments)),
            Command::Lab(command) => return runtime.block_on(lab::run(command)),
            Command::Migrate(arguments) => return runtime.block_on(migrate::run(arguments)),
            Command::Man(arguments) => return manual::man(arguments),
            Command::Completions(arguments) => return manual::completions(arguments),
            _ => {}
        }
        let loaded =
            Surroundings::of_process().and_then(|around| Loaded::load(self.config.as_deref(), self.flags(), &around));
        if let Command::Check(arguments) = self.command {
            return runtime.block_on(check::run(loaded, arguments));
        }
        let loaded = loaded?;
        for note in &loaded.notes {
            hint!("stevenson: {note}");
        }
        match self.command {
            Command::Serve(_) => return runtime.block_on(serve(loaded, log)),
            Command::Webhook(command) => return runtime.block_on(webhook::run(&loaded, command)),
            Command::Config(arguments) => return settings::run(&loaded, &arguments),
            Command::Restore(arguments) => {
                return runtime.block_on(backup::restore(loaded.beginning()?, arguments));
            }
            _ => {}
        }
        let config = loaded.existing()?;
        let changed = self.command.writes().then(|| config.storage.database_named());
        match self.command {
            Command::Station(command) => match runtime.block_on(station::run(config, command))? {
                true => Ok(()),
                false => return Ok(()),
            },
            Command::Admin(command) => runtime.block_on(admin::run(config, command)),
            Command::Sensor(command) => runtime.block_on(sensor::run(config, command)),
            Command::Import(arguments) => runtime.block_on(import::run(config, *arguments)),
            Command::Reading(command) => runtime.block_on(reading::run(config, command)),
            Command::Export(arguments) => runtime.block_on(export::run(config, arguments)),
            Command::Storage(arguments) => runtime.block_on(storage::run(config, arguments)),
            Command::Backup(arguments) => runtime.block_on(backup::backup(config, arguments)),
            // These had their turn before the database was asked for.
            _ => Ok(()),
        }?;
        if let Some(file) = changed {
            say!("changed: {file}")?;
        }
        Ok(())
    }

    /// The flags that were given, as the last layer of the configuration.
    fn flags(&self) -> Flags {
        let flags = Flags::new(self.data.clone()).and("--database", "storage.database", self.database.clone());
        let serve = match &self.command {
            Command::Serve(serve) => serve,
            Command::Check(check) => &check.serve,
            Command::Config(settings) => &settings.serve,
            _ => return flags,
        };
        flags
            .and("--address", "address", serve.address.map(|address| address.to_string()))
            .and("--port", "port", serve.port)
            .and("--base", "web.base", serve.base.as_ref().map(Base::to_string))
            .and("--durability", "storage.durability", serve.durability.clone())
            .and_yes("--enrol", "ingest.enrol", serve.enrol)
            .and_yes("--access-log", "door.access_log", serve.access_log)
            .and_yes("--demo", "demo", serve.demo)
    }
}

/// `file`: the configuration's, as a flag names it.
async fn serve(loaded: Loaded, log: Counts) -> Result<()> {
    let file = loaded.file().map(PathBuf::from);
    let config = loaded.beginning()?;
    look_before(&config)?;
    let greeting = Greeting::of(&config, file.clone());
    greeting.tell_configuration();
    let app = App::open(config).await?.configured_by(file).counting(move || Box::new(log.clone()));
    // Signals are heard from here on.
    let asked = stop_asked();
    let stop = async {
        asked.await;
        tell_systemd(NotifyState::Stopping);
    };
    app.run(stop, |listening| {
        // A program that waits for the first line reads it through a pipe, and may have left by the second.
        let said = greeting.lines(&listening);
        let mut stdout = std::io::stdout();
        stdout.write_all(said.as_bytes()).and_then(|()| stdout.flush()).ok();
        tell_systemd(NotifyState::Ready);
    })
    .await?;
    Ok(())
}

/// Tells systemd, if it started the server and wants to know.
fn tell_systemd(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::debug!(%error, "systemd was not told");
    }
}

/// Ready at the first Ctrl-C or SIGTERM. SIGTERM is heard from the call on, and not only when somebody waits.
fn stop_asked() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    async {
        match terminate {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => (),
                _ = tokio::signal::ctrl_c() => (),
            },
            Err(error) => {
                tracing::warn!(%error, "the server cannot receive SIGTERM; stop it with Ctrl-C");
                // If Ctrl-C cannot be received either, only the system can end the process.
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}
