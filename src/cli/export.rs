//! `export`: what a station has recorded becomes a file. It opens the database itself, beside a running server.

use super::database::{find, with_storage};
use super::said::hint;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use stevenson::api::export::{self, Asked};
use stevenson::config::Config;
use stevenson::storage::Storage;
use weather::station::Slug;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The station's slug
    station: Slug,
    /// From this time on: a date (2026-11-22) or a time with its offset (2026-11-22T14:00:00Z)
    #[arg(long)]
    from: Option<String>,
    /// To before this time; a date is meant with all its hours
    #[arg(long)]
    to: Option<String>,
    /// Only this sensor; . is the main one
    #[arg(long)]
    sensor: Option<String>,
    /// Only this quantity
    #[arg(long)]
    quantity: Option<String>,
    /// csv, ndjson or line [default: csv]
    #[arg(long)]
    format: Option<String>,
    /// Write values as they were sent, before calibrations
    #[arg(long)]
    raw: bool,
    /// Write local times of this zone, with their offset [default: UTC]
    #[arg(long)]
    zone: Option<String>,
    /// Write into this file [default: print]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Exports.
pub(super) async fn run(config: Config, arguments: Export) -> Result<()> {
    with_storage(config, async |storage| arguments.write(storage).await).await
}

impl Export {
    async fn write(self, storage: &Storage) -> Result<()> {
        let mut asked = Asked::all(find(storage, &self.station)?, storage.zones().clone());
        for (name, value) in [
            ("from", self.from),
            ("to", self.to),
            ("sensor", self.sensor),
            ("quantity", self.quantity),
            ("format", self.format),
            ("raw", self.raw.then(|| "1".to_owned())),
            ("zone", self.zone),
        ] {
            if let Some(value) = value {
                asked.take(name, &value).map_err(|why| anyhow!("--{name} {value}: {why}"))?;
            }
        }
        let mut to: Box<dyn Write> = match &self.output {
            Some(path) => Box::new(File::create(path).with_context(|| path.display().to_string())?),
            None => Box::new(io::stdout()),
        };
        let mut export = export::Export::open(storage.clone(), asked).await?;
        if let Some(before) = export.gone_before() {
            let before = before.rfc3339();
            hint!(
                "{}: readings from before {before} have gone by raw_days; what their hours and days were is kept",
                self.station
            );
        }
        while let Some(piece) = export.next().await? {
            match to.write_all(&piece) {
                // Who reads has had enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                other => other.context("cannot write")?,
            }
        }
        to.flush().context("cannot write")
    }
}
