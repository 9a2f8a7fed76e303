//! `reading list | strike | restore`: opens the file itself, beside a running server.

use super::database::{find, with_storage};
use super::said::{print, say};
use super::sensor::{must_have_sensor, sensor_name, shown};
use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use stevenson::config::Config;
use stevenson::storage::{Author, Selection, Storage};
use weather::moment::{self, Stretch};
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug, Station};
use weather::time::{DAY_MS, Timestamp};

/// Values and corrections that are listed at most.
const LISTED_MAX: u32 = 1_000;
/// What is listed if no time is named: the last days.
const LISTED_DAYS: i64 = 7;

#[derive(Debug, Subcommand)]
pub(super) enum ReadingCommand {
    /// List readings that do not count, with the reason, and who struck out and restored what
    List {
        /// The station's slug
        station: Slug,
        /// A time or from..to, as in `reading strike` [default: the last 7 days]
        time: Option<String>,
    },
    /// Strike readings out: they are kept, and count for nothing
    Strike(Which),
    /// Let readings count again: those that were struck out, and those that the checks have set aside
    Restore(Which),
    /// List what a sensor sent, before it was calibrated, whether it counts or not
    Sent(SentArguments),
}

#[derive(Debug, Args)]
pub(super) struct SentArguments {
    /// The station's slug
    station: Slug,
    /// A time or from..to, as in `reading strike`
    time: String,
    /// The sensor's name, as `sensor list` shows it [default: the main sensor]
    #[arg(long, default_value = ".", value_parser = sensor_name)]
    sensor: SensorName,
    /// temperature, wind_gust, …
    #[arg(long, value_parser = quantity)]
    quantity: Quantity,
}

#[derive(Debug, Args)]
pub(super) struct Which {
    /// The station's slug
    station: Slug,
    /// A time or from..to: 2026-11-22, 2026-11-22T14:05 and 2026-11-22T14:05:30 are local to the station and mean that day,
    /// minute or second; with a Z or an offset they are not local
    time: String,
    /// The sensor's name, as `sensor list` shows it; . is the main sensor [default: all of them]
    #[arg(long, value_parser = sensor_name)]
    sensor: Option<SensorName>,
    /// temperature, wind_gust, …; precipitation is meant with its counters [default: all of them]
    #[arg(long, value_parser = quantity)]
    quantity: Option<Quantity>,
    /// Why, for those who read the list later
    #[arg(long, default_value = "", value_parser = stevenson::storage::reason)]
    reason: String,
}

pub(super) fn quantity(text: &str) -> Result<Quantity, String> {
    let known = || {
        let names: Vec<_> = Quantity::shown().map(Quantity::name).collect();
        format!("there is no such quantity; there are {}", names.join(", "))
    };
    Quantity::from_name(text).filter(|quantity| quantity.is_shown()).ok_or_else(known)
}

impl ReadingCommand {
    /// Whether it changes the database.
    pub(super) fn writes(&self) -> bool {
        matches!(self, Self::Strike(_) | Self::Restore(_))
    }
}

/// Runs the command.
pub(super) async fn run(config: Config, command: ReadingCommand) -> Result<()> {
    with_storage(config, async |storage| match command {
        ReadingCommand::List { station, time } => list(storage, &station, time.as_deref()).await,
        ReadingCommand::Strike(which) => correct(storage, which, false).await,
        ReadingCommand::Restore(which) => correct(storage, which, true).await,
        ReadingCommand::Sent(of) => sent(storage, of).await,
    })
    .await
}

async fn correct(storage: &Storage, which: Which, restore: bool) -> Result<()> {
    let station = find(storage, &which.station)?;
    let Stretch { from, to } = moment::read(&station.zone, &which.time).map_err(|why| anyhow!(why))?;
    let Which { sensor, quantity, reason, .. } = which;
    if let Some(sensor) = &sensor {
        must_have_sensor(storage, &station, sensor).await?;
    }
    let gone = gone(storage, &station, sensor.as_ref(), from).await?;
    let selection = Selection { station: station.slug.clone(), sensor, quantity, from, to };
    let author = Author { name: author(), reason };
    let (done, nothing) = if restore { ("restored", "restored") } else { ("struck out", "struck out") };
    let values = match restore {
        true => storage.restore(selection, author).await?,
        false => storage.strike(selection, author).await?,
    };
    match values {
        0 => match gone {
            Some(gone) => bail!("{} has nothing there that could be {nothing}: {gone}", station.slug),
            None => bail!("{} has nothing there that could be {nothing}", station.slug),
        },
        1 => say!("1 value of {} {done}", station.slug)?,
        values => say!("{values} values of {} {done}", station.slug)?,
    }
    if let Some(gone) = gone {
        say!("nothing else: {gone}")?;
    }
    Ok(())
}

/// What of a stretch cannot be corrected any more, because its readings have gone; `None`: nothing.
async fn gone(
    storage: &Storage,
    station: &Station,
    sensor: Option<&SensorName>,
    from: Timestamp,
) -> Result<Option<String>> {
    let sensors = storage.sensors(station.id).await?;
    let meant = sensors.into_iter().filter(|one| sensor.is_none_or(|sensor| *sensor == one.name));
    let newest = meant.filter_map(|one| one.raw_from).filter(|raw_from| from < *raw_from).max();
    let said = |before| {
        let before = local(station, before);
        format!(
            "readings from before {before} have gone by raw_days, and what their hours and days were stays as it is"
        )
    };
    Ok(newest.map(said))
}

async fn list(storage: &Storage, slug: &Slug, time: Option<&str>) -> Result<()> {
    let station = find(storage, slug)?;
    let stretch = match time {
        Some(time) => moment::read(&station.zone, time).map_err(|why| anyhow!(why))?,
        None => last_days(),
    };
    let marked = storage.marked(station.id, stretch.from, stretch.to, LISTED_MAX).await?;
    let mut said = String::new();
    if marked.is_empty() {
        writeln!(said, "all readings of {} of that time count", station.slug)?;
    }
    for one in marked {
        let (key, unit) = (one.sensor.key(one.quantity), one.quantity.unit().symbol());
        let value = one.quantity.echo(one.value);
        writeln!(said, "{}  {key:<32}  {value} {unit}  {}", local(&station, one.observed_at), one.reason.words())?;
    }
    for made in storage.corrections(station.id, LISTED_MAX).await? {
        let what = match (&made.sensor, made.quantity) {
            (None, None) => "all values".to_owned(),
            (None, Some(quantity)) => quantity.name().to_owned(),
            (Some(sensor), None) if sensor.is_main() => "all of the main sensor".to_owned(),
            (Some(sensor), None) => format!("all of {}", shown(sensor)),
            (Some(sensor), Some(quantity)) => sensor.key(quantity),
        };
        let verb = if made.restored { "restored" } else { "struck out" };
        let (from, to) = (local(&station, made.from), local(&station, made.to.plus(-1)));
        let reason = if made.author.reason.is_empty() { String::new() } else { format!(": {}", made.author.reason) };
        let (at, name, values) = (local(&station, made.made_at), &made.author.name, made.values);
        writeln!(said, "{at}  {name} {verb} {what} from {from} to {to}, {values} values{reason}")?;
    }
    print(said)
}

async fn sent(storage: &Storage, of: SentArguments) -> Result<()> {
    let SentArguments { station, time, sensor, quantity } = of;
    let station = find(storage, &station)?;
    let Stretch { from, to } = moment::read(&station.zone, &time).map_err(|why| anyhow!(why))?;
    must_have_sensor(storage, &station, &sensor).await?;
    let rows = storage.sent((station.id, &sensor, quantity), (from, to), LISTED_MAX).await?;
    if rows.is_empty() {
        bail!("{} of {} sent no {} then", shown(&sensor), station.slug, quantity.name());
    }
    let mut said = String::new();
    for (at, value) in &rows {
        writeln!(said, "{}  {value} {}", local(&station, *at), quantity.unit().symbol())?;
    }
    if rows.len() == LISTED_MAX as usize {
        writeln!(said, "there may be more: these are the first {LISTED_MAX}")?;
    }
    print(said)
}

#[expect(clippy::disallowed_methods, reason = "a command that looks back from now")]
fn last_days() -> Stretch {
    let now = Timestamp::from(chrono::Utc::now());
    Stretch { from: now.plus(-LISTED_DAYS * DAY_MS), to: now.plus(DAY_MS) }
}

fn local(station: &Station, at: Timestamp) -> String {
    at.to_utc().with_timezone(&station.zone).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Who runs the command, as the system says.
pub(super) fn author() -> String {
    let name = ["USER", "LOGNAME"].into_iter().find_map(|variable| std::env::var(variable).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "the command line".to_owned())
}
