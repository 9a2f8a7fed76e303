//! A file that is being read, whatever it is.

use super::asked::{Asked, Format};
use super::batch::Batch;
use super::error::Error;
use super::lines::{self, Language, Lines};
use super::rain::{Fallen, Rain, Rains};
use super::table::{self, Table};
use super::target::Target;
use super::weewx::Archive;
use super::{Understood, comma, cumulus};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use weather::report::Report;
use weather::station::SensorName;
use weather::time::Timestamp;

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
