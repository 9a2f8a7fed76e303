//! Files of other programs, and our own exports, read report by report. `stevenson import` is the shell around this room.
//!
//! A file is never held in memory. A line that is wrong is named and left out; the rest goes on.

mod column;
mod comma;
mod cumulus;
mod lines;
mod rain;
mod table;
mod times;
mod weewx;

pub use column::Mapping;
pub use cumulus::Units;
pub use rain::Rains;

use super::lineprotocol::Precision;
use column::Target;
use flate2::read::MultiGzDecoder;
use lines::{Language, Lines};
use rain::{Fallen, Rain};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use table::Table;
use weather::derived;
use weather::quality::Sent;
use weather::quantity::Quantity;
use weather::report::{Draft, Report, Warning};
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::zone::Zone;
use weewx::Archive;

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines with columns, and a header.
    Csv,
    /// WeeWX's SQLite archive.
    WeeWx,
    /// A monthly log of Cumulus or CumulusMX.
    Cumulus,
    /// One JSON object a line.
    Json,
    /// InfluxDB's line protocol.
    Line,
}

impl Format {
    /// All, with the names that a flag takes.
    pub const ALL: [(Format, &'static str); 5] = [
        (Format::Csv, "csv"),
        (Format::WeeWx, "weewx"),
        (Format::Cumulus, "cumulus"),
        (Format::Json, "ndjson"),
        (Format::Line, "line"),
    ];

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::WeeWx => "an archive of WeeWX",
            Format::Cumulus => "a monthly log of Cumulus",
            Format::Json => "JSON, one report a line",
            Format::Line => "InfluxDB's line protocol",
        }
    }
}

/// How files are to be read.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What they are; else their content tells it.
    pub format: Option<Format>,
    /// The zone of times without an offset, and of midnights.
    pub zone: Zone,
    /// The station's height, metres: with it the pressure at its barometer says what it is at sea level.
    pub elevation_m: Option<f64>,
    /// What columns mean, where their names do not say it.
    pub columns: Vec<Mapping>,
    /// Lines count that have this text in this column.
    pub only: Vec<(String, String)>,
    /// The column with the time.
    pub time_column: Option<String>,
    /// How times are written, as `strftime` has it; `unix` for Unix times.
    pub time_format: Option<String>,
    /// The sign between columns.
    pub separator: Option<u8>,
    /// Numbers have a comma where others have a point.
    pub decimal_comma: bool,
    /// The first line is no header; columns are called `#1`, `#2` …
    pub no_header: bool,
    /// The units of Cumulus.
    pub cumulus: Units,
    /// The unit of the times of line protocol.
    pub precision: Option<Precision>,
    /// Now.
    pub received_at: Timestamp,
}

impl Asked {
    /// Files of unknown content, of a station in this zone.
    pub fn new(zone: Zone, received_at: Timestamp) -> Self {
        Self {
            format: None,
            zone,
            elevation_m: None,
            columns: Vec::new(),
            only: Vec::new(),
            time_column: None,
            time_format: None,
            separator: None,
            decimal_comma: false,
            no_header: false,
            cumulus: Units::default(),
            precision: None,
            received_at,
        }
    }
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system cannot read it.
    #[error("cannot be read")]
    Read(#[source] io::Error),
    /// It is a database of something else.
    #[error(
        "a SQLite file, but no archive of WeeWX: it has no table \"archive\" that begins with dateTime and usUnits"
    )]
    NoArchive,
    /// SQLite says something.
    #[error("the archive cannot be read")]
    Archive(#[from] rusqlite::Error),
    /// No column is the time.
    #[error("no column is the time; name it with --time-column; columns: {0}")]
    NoTime(String),
    /// No column has values.
    #[error("no column is known here; map some with --column \"NAME=QUANTITY:UNIT\"; columns: {0}")]
    NoValues(String),
    /// A flag names a column that is not there.
    #[error("there is no column {0:?}; columns: {1}")]
    NoColumn(String, String),
    /// It is an array.
    #[error("a JSON array: write one object a line, such as by jq -c '.[]'")]
    JsonArray,
    /// UTF-16.
    #[error("text in UTF-16: save it as UTF-8")]
    Utf16,
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Anything else.
    #[error("{0}")]
    Garbled(String),
}

/// What was understood of a file before its lines were read.
#[derive(Debug, Default)]
pub struct Understood {
    /// In words.
    pub notes: Vec<String>,
    /// Its columns, where it has some.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its name in the file.
    pub name: String,
    /// What it means, or why nothing is read from it.
    pub means: Result<String, String>,
}

/// A line, or a value of one, that was not taken.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The line, from 1; for an archive the record's Unix time.
    pub line: u64,
    /// The column, the value and the reason.
    pub warning: Warning,
}

/// Some lines of a file.
#[derive(Debug, Default)]
pub struct Batch {
    /// What they say.
    pub reports: Vec<Report>,
    /// What was not taken, as far as it is listed.
    pub refused: Vec<Refused>,
    /// How much was not taken in all.
    pub refusals: u64,
    /// How many lines were read.
    pub lines: u64,
    /// How many of them were left out, because `only` says so.
    pub left_out: u64,
    /// Fields that nobody here knows, and how often they came.
    pub unread: BTreeMap<String, u64>,
}

/// So many refusals are listed of each batch: ten thousand times the same mistake is one mistake.
const REFUSALS_LISTED: usize = 50;
/// So many names of unknown fields are kept.
const UNREAD_MAX: usize = 200;

impl Batch {
    fn refuse(&mut self, refused: Refused) {
        self.refusals += 1;
        if self.refused.len() < REFUSALS_LISTED {
            self.refused.push(refused);
        }
    }

    fn unread(&mut self, field: String) {
        if self.unread.len() < UNREAD_MAX || self.unread.contains_key(&field) {
            *self.unread.entry(field).or_default() += 1;
        }
    }

    fn add(&mut self, line: u64, draft: Draft, at: Timestamp) {
        let finished = draft.finish(Some(at));
        self.reports.extend(finished.report);
        finished.warnings.into_iter().for_each(|warning| self.refuse(Refused { line, warning }));
        finished.unread.into_iter().for_each(|field| self.unread(field));
    }

    /// Adds a line, and before it what fell until the midnight that is its time.
    fn add_after(
        &mut self,
        before: Option<(Timestamp, Target, f64)>,
        line: u64,
        draft: Draft,
        at: Timestamp,
        received_at: Timestamp,
    ) {
        if let Some((last, Target { sensor, quantity, .. }, mm)) = before {
            let mut day = Draft::of_history(received_at);
            day.take(&sensor, quantity, quantity.unit(), quantity.name(), "", Sent::Number(mm));
            self.add(line, day, last);
        }
        self.add(line, draft, at);
    }
}

/// The height that pressures of the main sensor are reduced by, if the file does not say them itself.
fn reduces<'t>(targets: impl Iterator<Item = &'t Target>, asked: &Asked) -> Option<f64> {
    use Quantity::{AltimeterSetting, SeaLevelPressure};
    let mut targets = targets.filter(|target| target.sensor.is_main());
    let says_it = targets.any(|target| matches!(target.quantity, SeaLevelPressure | AltimeterSetting));
    asked.elevation_m.filter(|_| !says_it)
}

/// Adds the pressure at sea level of a line.
fn reduce(draft: &mut Draft, elevation_m: Option<f64>) {
    if let Some(elevation_m) = elevation_m {
        draft.derive(&SensorName::main(), |values| derived::reduced_pressure(values, elevation_m));
    }
}

/// A file that is being read.
pub struct Opened {
    format: Format,
    understood: Understood,
    source: Source,
    /// How many bytes were read, of how many.
    read: Arc<AtomicU64>,
    bytes: u64,
}

enum Source {
    Table(Box<Table>),
    Lines(Box<Lines>),
    Archive(Box<Archive>),
}

/// So much of a file is looked at to tell what it is.
const START_BYTES: u64 = 64 * 1_024;
/// What a SQLite file begins with.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// What gzip begins with.
const GZIP: &[u8] = b"\x1f\x8b";
/// Marks of UTF-16.
const UTF16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
/// The mark of UTF-8.
const UTF8: &[u8] = b"\xef\xbb\xbf";

impl Opened {
    /// Opens a file and looks at its start.
    ///
    /// # Errors
    /// [`Error`], if nothing of it can be read.
    pub fn open(path: &Path, asked: &Asked) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::Read)?;
        let bytes = file.metadata().map_err(Error::Read)?.len();
        let read = Arc::new(AtomicU64::new(0));
        let counted: Box<dyn Read + Send> = Box::new(Counted { inner: file, read: read.clone() });
        let (mut start, mut input) = peek(counted)?;
        if start.starts_with(GZIP) {
            (start, input) = peek(Box::new(MultiGzDecoder::new(input)))?;
        }
        if asked.format == Some(Format::WeeWx) || start.starts_with(SQLITE) {
            let (archive, understood) = Archive::open(path, asked)?;
            let source = Source::Archive(Box::new(archive));
            return Ok(Self { format: Format::WeeWx, understood, source, read, bytes });
        }
        if UTF16.iter().any(|mark| start.starts_with(mark)) {
            return Err(Error::Utf16);
        }
        if start.starts_with(UTF8) {
            start.drain(..UTF8.len());
            io::copy(&mut (&mut input).take(UTF8.len() as u64), &mut io::sink()).map_err(Error::Read)?;
        }
        if start.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Empty);
        }
        let format = asked.format.map_or_else(|| told(&start, asked), Ok)?;
        let (source, understood) = match format {
            Format::Json | Format::Line => {
                let is_json = format == Format::Json;
                let language = if is_json { Language::Json } else { Language::Influx(asked.precision) };
                let notes = vec![lines::note(language, asked)];
                (Source::Lines(Box::new(Lines::new(input, language, asked))), Understood { notes, columns: Vec::new() })
            }
            _ => {
                let open = if format == Format::Cumulus { cumulus::open } else { comma::open };
                let (table, understood) = open(input, &start, asked)?;
                (Source::Table(Box::new(table)), understood)
            }
        };
        Ok(Self { format, understood, source, read, bytes })
    }

    /// What it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What was understood of it.
    pub fn understood(&self) -> &Understood {
        &self.understood
    }

    /// Reads until so many reports are there, or the file ends; then false.
    ///
    /// # Errors
    /// [`Error`], if nothing more of it can be read.
    pub fn read(&mut self, batch: &mut Batch, reports: usize) -> Result<bool, Error> {
        while batch.reports.len() < reports {
            if !self.read_some(batch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads as little as can be read at once: a line, or some records of an archive; false at the end.
    ///
    /// # Errors
    /// As [`Opened::read`].
    pub fn read_some(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        match &mut self.source {
            Source::Table(table) => table.read(batch),
            Source::Lines(lines) => lines.read(batch),
            Source::Archive(archive) => archive.read(batch),
        }
    }

    /// Goes on with the rain that fell at the end of another file.
    pub fn go_on(&mut self, mut rains: Rains) {
        self.each_rain(|key, fallen| *fallen = rains.0.remove(&key).unwrap_or_default());
    }

    /// The rain that has fallen, for the next file.
    pub fn rains(&mut self) -> Rains {
        let mut rains = Rains::default();
        self.each_rain(|key, fallen| {
            rains.0.insert(key, std::mem::take(fallen));
        });
        rains
    }

    fn each_rain(&mut self, mut each: impl FnMut((SensorName, Rain), &mut Fallen)) {
        let mut one = |(target, fallen): (&Target, &mut Fallen)| {
            if let Some(rain) = target.rain {
                each((target.sensor.clone(), rain), fallen);
            }
        };
        match &mut self.source {
            Source::Table(table) => table.rains().for_each(&mut one),
            Source::Archive(archive) => archive.rains().for_each(&mut one),
            Source::Lines(_) => {}
        }
    }

    /// The part of it that was read, from 0 to 1.
    pub fn share(&self) -> f64 {
        match &self.source {
            Source::Archive(archive) => archive.share(),
            _ => self.read.load(Relaxed) as f64 / self.bytes.max(1) as f64,
        }
    }
}

/// The time of the first report of a file: files are read in the order of their times.
///
/// # Errors
/// As [`Opened::open`].
pub fn first_time(path: &Path, asked: &Asked) -> Result<Option<Timestamp>, Error> {
    /// Lines that may be wrong before the first one that is right.
    const LINES: usize = 1_000;
    let mut opened = Opened::open(path, asked)?;
    if let Source::Archive(archive) = &opened.source {
        return Ok(Some(archive.first()));
    }
    let mut batch = Batch::default();
    for _ in 0..LINES {
        if !batch.reports.is_empty() || !opened.read(&mut batch, 1)? {
            break;
        }
    }
    Ok(batch.reports.first().map(Report::observed_at))
}

/// What a text is.
fn told(start: &[u8], asked: &Asked) -> Result<Format, Error> {
    let text = table::text_of(start);
    if text.trim_start().starts_with('[') {
        return Err(Error::JsonArray);
    }
    Ok(match lines::language(&text, asked.precision) {
        Some(Language::Json) => Format::Json,
        Some(Language::Influx(_)) => Format::Line,
        None if cumulus::is_one(start, asked) => Format::Cumulus,
        None => Format::Csv,
    })
}

/// The start of a text, and all of it.
fn peek(mut input: Box<dyn Read + Send>) -> Result<(Vec<u8>, Box<dyn Read + Send>), Error> {
    let mut start = Vec::new();
    (&mut input).take(START_BYTES).read_to_end(&mut start).map_err(Error::Read)?;
    Ok((start.clone(), Box::new(Cursor::new(start).chain(input))))
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}
