//! `import`: files of other programs become reports of a station. It opens the database itself, beside a running server.

mod courtesy;
pub(super) mod said;

use super::database::{find, with_storage};
use super::stop_asked;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use courtesy::Courtesy;
use indicatif::{ProgressBar, ProgressStyle};
use said::Tally;
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;
use stevenson::config::Config;
use stevenson::ingest::files::{self, Asked, Batch, Format, Mapping, Opened, Rains, Units};
use stevenson::ingest::lineprotocol::Precision;
use stevenson::storage::{Appended, Rehearsal, Storage};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use weather::station::{SensorName, Slug, Station};
use weather::zone::Zone;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The station's slug
    station: Slug,
    /// The files; they are read in the order of their times
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the files are [default: their content tells it]
    #[arg(long, value_parser = format, value_name = "csv|weewx|cumulus|ndjson|line")]
    format: Option<Format>,
    /// The time zone of times without an offset, and of midnights [default: the station's]
    #[arg(long, value_parser = stevenson::storage::zones::parse)]
    zone: Option<Zone>,
    /// What a column means, as NAME=QUANTITY:UNIT ("Temp (F)=temperature:F", "Rain=rain_amount:mm", "x=ignore")
    #[arg(long = "column", value_parser = Mapping::read, value_name = "NAME=QUANTITY")]
    columns: Vec<Mapping>,
    /// Take only the lines that have this text in this column (origin=EWR)
    #[arg(long, value_parser = pair, value_name = "COLUMN=TEXT")]
    only: Vec<(String, String)>,
    /// The column with the time; twice, if the date and the time of day have columns of their own, the date first
    #[arg(long = "time-column", value_name = "NAME")]
    time_columns: Vec<String>,
    /// How times are written ("%d/%m/%Y %H:%M"), or unix
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// The sign between columns: comma, semicolon, tab, or the sign itself
    #[arg(long, value_parser = separator)]
    separator: Option<u8>,
    /// Numbers have a comma where others have a point
    #[arg(long)]
    decimal_comma: bool,
    /// The first line is no header; columns are called #1, #2 …
    #[arg(long)]
    no_header: bool,
    /// The units that Cumulus was set to, where they are not °C, hPa, km/h and mm (temperature=F, wind=mph)
    #[arg(long, value_name = "WHAT=UNIT")]
    units: Vec<String>,
    /// The unit of the times of line protocol [default: the first time tells it]
    #[arg(long, value_parser = precision, value_name = "ns|us|ms|s")]
    precision: Option<Precision>,
    /// Show what is understood, and store nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Stop at the first line that is wrong
    #[arg(long)]
    strict: bool,
}

/// Where reports go.
enum Target<'s> {
    /// To a station's past.
    Storage(&'s Storage, &'s Station),
    /// Nowhere: they are judged, and that is all.
    Nowhere(Box<Rehearsal>),
}

/// So many reports are handed over at once. Each takes some kilobytes, and three such batches are there at a time.
const BATCH_REPORTS: usize = 5_000;
/// Memory for reports that wait, MiB: enough for those batches.
const QUEUE_MIB: usize = 512;
/// Batches that are being stored at a time: while one is on its way to the disk, the next one is there.
const STORED_AT_ONCE: usize = 2;

fn format(text: &str) -> Result<Format, String> {
    let found = Format::ALL.iter().find(|(_, name)| *name == text);
    found.map(|(format, _)| *format).ok_or_else(|| "use csv, weewx, cumulus, ndjson or line".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, wanted) = text.split_once('=').ok_or("write COLUMN=TEXT")?;
    Ok((column.trim().to_owned(), wanted.trim().to_owned()))
}

fn separator(text: &str) -> Result<u8, String> {
    match text {
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "tab" | "\\t" => Ok(b'\t'),
        sign => match sign.as_bytes() {
            [sign] if sign.is_ascii() => Ok(*sign),
            _ => Err("use comma, semicolon, tab, or one sign".to_owned()),
        },
    }
}

fn precision(text: &str) -> Result<Precision, String> {
    Precision::of_version_2(Some(text)).ok_or_else(|| "use ns, us, ms or s".to_owned())
}

/// Imports, or shows what would be imported.
pub(super) async fn run(mut config: Config, arguments: Import) -> Result<()> {
    let storage = &mut config.storage;
    storage.batch_rows = storage.batch_rows.max(BATCH_REPORTS);
    storage.queue_rows = storage.queue_rows.max(4 * storage.batch_rows);
    storage.queue_mib = storage.queue_mib.max(QUEUE_MIB);
    with_storage(config, async |storage| arguments.into(storage).await).await
}

impl Import {
    async fn into(self, storage: &Storage) -> Result<()> {
        let station = find(storage, &self.station)?;
        let directory = storage.directory();
        let calibrated = directory.calibrated(station.id);
        let calibrations = calibrated.and_then(|(_, all)| all.of(&SensorName::main())).cloned();
        let asked = Asked { mappings: directory.mappings(station.id), calibrations, ..self.asked(&station)? };
        let files = in_order(&self.files, &asked)?;
        let sensors = storage.sensors(station.id).await?;
        let raw_from = sensors.into_iter().filter_map(|sensor| Some((sensor.name, sensor.raw_from?))).collect();
        let mut tally = Tally::new(station.zone.clone(), raw_from);
        let stop = Arc::new(AtomicBool::new(false));
        let asks = tokio::spawn({
            let stop = stop.clone();
            let asked = stop_asked();
            async move {
                asked.await;
                stop.store(true, Relaxed);
            }
        });
        let mut target = if self.dry_run {
            Target::Nowhere(Box::new(Rehearsal::new(Station::clone(&station))))
        } else {
            Target::Storage(storage, &station)
        };
        let mut rains = Rains::default();
        for file in files {
            let done = self.file(&file, &asked, rains, &mut target, &mut tally, &stop).await;
            rains = done.with_context(|| file.display().to_string())?;
            if stop.load(Relaxed) {
                break;
            }
        }
        asks.abort();
        tally.tell(&station, self.dry_run, stop.load(Relaxed))
    }

    fn asked(&self, station: &Station) -> Result<Asked> {
        let mut cumulus = Units::default();
        for text in self.units.iter().flat_map(|units| units.split(',')) {
            cumulus.set(text).map_err(|why| anyhow!("--units {text}: {why}"))?;
        }
        #[expect(clippy::disallowed_methods, reason = "a command: the time of arrival")]
        let now = chrono::Utc::now().into();
        Ok(Asked {
            format: self.format,
            elevation_m: station.elevation_m,
            columns: self.columns.clone(),
            only: self.only.clone(),
            time_columns: self.time_columns.clone(),
            time_format: self.time_format.clone(),
            separator: self.separator,
            decimal_comma: self.decimal_comma,
            no_header: self.no_header,
            cumulus,
            precision: self.precision,
            ..Asked::new(self.zone.clone().unwrap_or(station.zone.clone()), now)
        })
    }

    /// Reads one file on a thread of its own, and stores what comes. The rain of the file before is taken in, and that of this one is handed on.
    async fn file(
        &self,
        path: &Path,
        asked: &Asked,
        rains: Rains,
        target: &mut Target<'_>,
        tally: &mut Tally,
        stop: &Arc<AtomicBool>,
    ) -> Result<Rains> {
        let mut opened = Opened::open(path, asked)?;
        opened.go_on(rains);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        said::understood(&name, &opened, self.dry_run)?;
        let bar = bar()?;
        let foreign = if let Target::Storage(storage, _) = target { storage.stats().foreign_entries } else { 0 };
        let mut courtesy = Courtesy::new(foreign, now());
        let (hands, mut batches) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking({
            let (stop, strict) = (stop.clone(), self.strict);
            move || read(opened, &hands, &stop, strict)
        });
        let mut storing: VecDeque<JoinHandle<Result<Appended, stevenson::storage::Error>>> = VecDeque::new();
        while let Some((mut batch, share)) = batches.recv().await {
            let reports = std::mem::take(&mut batch.reports);
            tally.read(&name, batch, &reports);
            bar.set_position((share * STEPS) as u64);
            bar.set_message(tally.so_far());
            let (storage, station) = match target {
                Target::Storage(storage, station) => (storage, station),
                Target::Nowhere(rehearsal) => {
                    tally.show_first(&reports);
                    tally.rehearsed(&rehearsal.take(&reports));
                    continue;
                }
            };
            let (is_busy, asked_at) = (courtesy.is_busy(storage.stats().foreign_entries, now()), now());
            let at_once = if is_busy { 1 } else { STORED_AT_ONCE };
            while storing.len() >= at_once
                && let Some(stored) = storing.pop_front()
            {
                tally.stored(stored.await??);
            }
            if let Some(pause) = courtesy.pause(is_busy, now().duration_since(asked_at), now()) {
                for stored in storing.drain(..) {
                    tally.stored(stored.await??);
                }
                tokio::time::sleep(pause).await;
            }
            let (storage, id) = (storage.clone(), station.id);
            storing.push_back(tokio::spawn(async move { storage.append(id, reports).await }));
        }
        for stored in storing {
            tally.stored(stored.await??);
        }
        bar.finish_and_clear();
        let rains = reading.await??;
        if self.strict && tally.refusals() > 0 {
            tally.list()?;
            bail!("stopped at the first line that is wrong; what came before it is stored");
        }
        Ok(rains)
    }
}

#[expect(clippy::disallowed_methods, reason = "a command: it leaves the lock to others for a time")]
fn now() -> Instant {
    Instant::now()
}

/// Reads a file to its end, or until a stop is asked for.
fn read(
    mut opened: Opened,
    hands: &mpsc::Sender<(Batch, f64)>,
    stop: &AtomicBool,
    strict: bool,
) -> Result<Rains, files::Error> {
    loop {
        let mut batch = Batch::default();
        let mut more = true;
        if strict {
            while more && batch.refusals == 0 && batch.reports.len() < BATCH_REPORTS {
                more = opened.read_some(&mut batch)?;
            }
            more &= batch.refusals == 0;
        } else {
            more = opened.read(&mut batch, BATCH_REPORTS)?;
        }
        // The other side has failed, and says why.
        if hands.blocking_send((batch, opened.share())).is_err() || !more || stop.load(Relaxed) {
            return Ok(opened.rains());
        }
    }
}

/// The files in the order of their first times: rain adds up from one to the next.
fn in_order(files: &[PathBuf], asked: &Asked) -> Result<Vec<PathBuf>> {
    let mut timed = Vec::with_capacity(files.len());
    for file in files {
        let first = files::first_time(file, asked).with_context(|| file.display().to_string())?;
        timed.push((first, file.clone()));
    }
    timed.sort_by_key(|(first, _)| *first);
    Ok(timed.into_iter().map(|(_, file)| file).collect())
}

/// Steps of the bar.
const STEPS: f64 = 1_000.0;

fn bar() -> Result<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let bar = ProgressBar::new(STEPS as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta}  {msg}")?);
    Ok(bar)
}
