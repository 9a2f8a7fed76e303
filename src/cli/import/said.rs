//! What `import` says.

use crate::cli::said::say;
use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use stevenson::ingest::files::{Batch, Opened, Refused};
use stevenson::storage::{Appended, SetAside};
use weather::quantity::Quantity;
use weather::report::{Report, Warning};
use weather::station::{SensorName, Station};
use weather::time::Timestamp;
use weather::visible::escaped;
use weather::zone::Zone;

/// Lines that are listed of what was not taken.
const LISTED: usize = 20;
/// Reports that a dry run shows.
const SHOWN: usize = 3;

/// What was read and stored.
pub(super) struct Tally {
    zone: Zone,
    /// From when on there are readings of a sensor whose older ones have gone by raw_days: of that time nothing is taken.
    raw_from: BTreeMap<SensorName, Timestamp>,
    /// Values of that time, and reports that have no others.
    gone: u64,
    gone_reports: u64,
    began: Instant,
    lines: u64,
    left_out: u64,
    reports: u64,
    stored: u64,
    duplicate: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Bits by the index of the quantity.
    seen: BTreeMap<SensorName, [bool; Quantity::COUNT]>,
    refusals: u64,
    refused: Vec<(String, Refused)>,
    unread: BTreeMap<String, u64>,
    set_aside: SetAside,
    contradictions: u64,
    contradicting: Vec<Warning>,
    shown: Vec<Report>,
}

impl Tally {
    #[expect(clippy::disallowed_methods, reason = "a command: it says how long it took")]
    pub(super) fn new(zone: Zone, raw_from: BTreeMap<SensorName, Timestamp>) -> Self {
        Self {
            zone,
            raw_from,
            gone: 0,
            gone_reports: 0,
            began: Instant::now(),
            lines: 0,
            left_out: 0,
            reports: 0,
            stored: 0,
            duplicate: 0,
            first: None,
            last: None,
            seen: BTreeMap::new(),
            refusals: 0,
            refused: Vec::new(),
            unread: BTreeMap::new(),
            set_aside: SetAside::default(),
            contradictions: 0,
            contradicting: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// Takes in what was read of a file.
    pub(super) fn read(&mut self, file: &str, batch: Batch, reports: &[Report]) {
        self.lines += batch.lines;
        self.left_out += batch.left_out;
        self.reports += reports.len() as u64;
        self.refusals += batch.refusals;
        let room = LISTED.saturating_sub(self.refused.len());
        self.refused.extend(batch.refused.into_iter().take(room).map(|refused| (file.to_owned(), refused)));
        batch.unread.into_iter().for_each(|(field, count)| *self.unread.entry(field).or_default() += count);
        for report in reports {
            let at = report.observed_at();
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
            let is_gone = |sensor: &SensorName| self.raw_from.get(sensor).is_some_and(|from| at < *from);
            let gone = report.sensors().iter().filter(|(sensor, _)| is_gone(sensor));
            self.gone += gone.map(|(_, values)| values.iter().count() as u64).sum::<u64>();
            self.gone_reports += u64::from(report.sensors().keys().all(is_gone));
            for (sensor, values) in report.sensors() {
                if !self.seen.contains_key(sensor) {
                    self.seen.insert(sensor.clone(), [false; Quantity::COUNT]);
                }
                let Some(seen) = self.seen.get_mut(sensor) else { continue };
                values.iter().for_each(|(quantity, _)| seen[quantity.index()] = true);
            }
        }
    }

    /// Takes in what became of some reports.
    pub(super) fn stored(&mut self, appended: Appended) {
        self.stored += appended.stored as u64;
        self.duplicate += appended.duplicate as u64;
        self.set_aside.join(&appended.set_aside);
        let contradicting: Vec<Warning> = appended.into_contradictions();
        self.contradictions += contradicting.len() as u64;
        let room = LISTED.saturating_sub(self.contradicting.len());
        self.contradicting.extend(contradicting.into_iter().take(room).map(Warning::without_place));
    }

    /// Takes in what would become of some reports.
    pub(super) fn rehearsed(&mut self, appended: &Appended) {
        self.set_aside.join(&appended.set_aside);
    }

    /// Keeps the first reports, to show them.
    pub(super) fn show_first(&mut self, reports: &[Report]) {
        let room = SHOWN.saturating_sub(self.shown.len());
        self.shown.extend(reports.iter().take(room).cloned());
    }

    pub(super) fn refusals(&self) -> u64 {
        self.refusals
    }

    /// For the bar.
    pub(super) fn so_far(&self) -> String {
        format!("{} reports", thousands(self.reports))
    }

    /// Says what was done.
    pub(super) fn tell(&self, station: &Station, dry_run: bool, interrupted: bool) -> Result<()> {
        for report in &self.shown {
            say!("{}  {}", self.local(report.observed_at()), values(report))?;
        }
        let keys: BTreeSet<String> = self
            .seen
            .iter()
            .flat_map(|(sensor, seen)| {
                Quantity::all().filter(|quantity| seen[quantity.index()]).map(|quantity| sensor.key(quantity))
            })
            .collect();
        if !keys.is_empty() {
            say!("values of: {}", keys.into_iter().collect::<Vec<_>>().join(", "))?;
        }
        if let (Some(first), Some(last)) = (self.first, self.last) {
            say!("from {} to {} ({})", self.local(first), self.local(last), self.zone)?;
        }
        if self.left_out > 0 {
            say!("{} lines left out by --only", thousands(self.left_out))?;
        }
        if !self.unread.is_empty() {
            let named: Vec<_> = self
                .unread
                .iter()
                .map(|(field, count)| format!("{} ({})", escaped(field), thousands(*count)))
                .collect();
            say!("not known here, not stored: {}", named.join(", "))?;
        }
        self.list()?;
        if self.reports == 0 {
            bail!("nothing was understood: {} lines, no report", thousands(self.lines));
        }
        if self.gone > 0 {
            say!(
                "{} values are of a time whose readings have gone by raw_days: they are not stored, and what its hours and days \
                 were stays",
                thousands(self.gone)
            )?;
        }
        let (reports, slug) = (thousands(self.reports - self.gone_reports), &station.slug);
        if dry_run {
            say!("{reports} reports would be imported into {slug}; nothing was stored")?;
            return Ok(());
        }
        let seconds = self.began.elapsed().as_secs_f64();
        if self.stored == 0 && self.gone_reports == self.reports {
            say!("nothing was stored of {} reports", thousands(self.reports))?;
        } else if self.stored == 0 && self.contradictions == 0 && self.gone_reports > 0 {
            say!("nothing new: {slug} has the other {reports} reports already")?;
        } else if self.stored == 0 && self.contradictions == 0 {
            say!("nothing new: {slug} has all {reports} reports already")?;
        } else {
            say!(
                "{} reports were new to {slug}, {} were known already; {seconds:.1} s, {} reports/s",
                thousands(self.stored),
                thousands(self.duplicate),
                thousands((self.reports as f64 / seconds.max(0.001)) as u64)
            )?;
        }
        if interrupted {
            bail!("interrupted; the same command goes on where it stopped");
        }
        Ok(())
    }

    /// Lists what was not taken.
    pub(super) fn list(&self) -> Result<()> {
        if self.refusals > 0 {
            say!("{} values or lines were not taken:", thousands(self.refusals))?;
            for (file, Refused { line, warning }) in &self.refused {
                say!("  {}, line {line}: {}", escaped(file), escaped(&warning.to_string()))?;
            }
            more(self.refusals, self.refused.len())?;
        }
        let set_aside: Vec<_> = self.set_aside.iter().collect();
        if !set_aside.is_empty() {
            let all = set_aside.iter().map(|(_, count)| count).sum();
            say!("{} values are kept and do not count:", thousands(all))?;
            for (reason, count) in set_aside {
                say!("  {}: {}", thousands(count), reason.words())?;
            }
        }
        if self.contradictions > 0 {
            say!(
                "{} values are others than those that are stored for the same time; the stored ones stay:",
                thousands(self.contradictions)
            )?;
            self.contradicting.iter().try_for_each(|warning| say!("  {}", escaped(&warning.to_string())))?;
            more(self.contradictions, self.contradicting.len())?;
        }
        Ok(())
    }

    fn local(&self, at: Timestamp) -> String {
        at.to_utc().with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn more(all: u64, listed: usize) -> Result<()> {
    if all > listed as u64 {
        say!("  and {} more", thousands(all - listed as u64))?;
    }
    Ok(())
}

/// What a report says, in our units.
fn values(report: &Report) -> String {
    let one = |sensor: &SensorName, quantity: Quantity, value: f64| {
        let symbol = quantity.unit().symbol();
        let blank = if symbol.is_empty() { "" } else { " " };
        format!("{} {}{blank}{symbol}", sensor.key(quantity), quantity.echo(value))
    };
    let all = report.sensors().iter();
    let all = all.flat_map(|(sensor, values)| values.iter().map(move |(quantity, value)| one(sensor, quantity, value)));
    all.collect::<Vec<_>>().join(", ")
}

/// Says what was understood of a file: all of it in a dry run, else what is not read.
pub(super) fn understood(name: &str, opened: &Opened, all: bool) -> Result<()> {
    let understood = opened.understood();
    say!("{}: {}", escaped(name), opened.format().title())?;
    // Texts of files may hold anything.
    let line = |text: String| say!("  {}", escaped(&text));
    if all {
        understood.notes.iter().try_for_each(|note| line(note.to_string()))?;
    }
    for column in &understood.columns {
        match &column.means {
            Ok(means) if all => line(format!("{} → {means}", column.name))?,
            Ok(_) => {}
            Err(why) => line(format!("{}: not read ({why})", column.name))?,
        }
    }
    Ok(())
}

/// A number with commas: `12,345`.
pub(in crate::cli) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
