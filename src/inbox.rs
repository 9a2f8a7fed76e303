//! The newest uploads as they came, for the owner who wants to see what a station sends: a ring in memory, and nothing of it on
//! disk.
//!
//! A door notes each upload with the answer that it gave: [`Inbox::note`]. That copies the start of it, and parses nothing. What
//! it means is found out anew when somebody looks, by the function that the door leaves with it.
//!
//! All doors come by here, so here the log is told what was refused: `refusals` holds how often.

mod counted;
mod house;
mod refusals;
mod ring;
mod telling;

use channel::crowd::Source;
pub use counted::Counted;
pub use house::is_private;
use refusals::{Refusal, Refusals, Who};
use ring::{Party, Ring};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use telling::tell;
use tokio::sync::watch;
use weather::quantity::Quantity;
use weather::report::Warning;
use weather::station::Station;
use weather::time::Timestamp;

/// Uploads that are kept: a minute of many stations, or hours of one. If there are more, the oldest goes of who has most.
pub const UPLOADS_MAX: usize = 200;
/// So many of them may be no station's: anybody can send those.
pub const NOBODYS_MAX: usize = 50;
const _: () = assert!(NOBODYS_MAX < UPLOADS_MAX, "the rest is for stations");
/// So much of an upload's target, of its body and of its answer is kept, bytes: real consoles send less than half of that. All
/// uploads together take less than 3 MiB.
pub const RAW_MAX_BYTES: usize = 4 * 1_024;

/// The ring; clones share it.
#[derive(Clone)]
pub struct Inbox(Arc<Shared>);

struct Shared {
    ring: Mutex<Ring<Arc<Noted>>>,
    refusals: Mutex<Refusals>,
    counted: Mutex<Counted>,
    /// The number of the newest upload.
    newest: watch::Sender<u64>,
}

/// Bytes as they came: the start of them, and how many there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    /// At most [`RAW_MAX_BYTES`].
    pub start: Vec<u8>,
    /// All of them.
    pub bytes: usize,
}

impl Raw {
    /// The start of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self { start: bytes[..bytes.len().min(RAW_MAX_BYTES)].to_vec(), bytes: bytes.len() }
    }

    /// Whether nothing was cut off.
    pub fn is_whole(&self) -> bool {
        self.start.len() == self.bytes
    }
}

/// How a door understands an upload: it reads the target and the body again.
pub type Reader = Box<dyn Fn(&Raw, &Raw) -> Understood + Send + Sync>;

/// An upload as a door notes it.
pub struct Note {
    /// When it arrived.
    pub at: Timestamp,
    /// Where it came from, as far as that is known.
    pub from: Option<IpAddr>,
    /// What kind of upload it is, for people: `Ecowitt`, `JSON`.
    pub format: &'static str,
    /// By which way it came, for people: `POST`, `station port`, `MQTT`.
    pub way: &'static str,
    /// Whose it is; or the reason why it is nobody's.
    pub station: Result<Arc<Station>, Cow<'static, str>>,
    /// The target of the request, or the topic.
    pub target: Raw,
    /// The body.
    pub body: Raw,
    /// Names of pairs, in lower case, whose values are secrets here, beside those that are so everywhere.
    pub secrets: &'static [&'static str],
    /// What became of it.
    pub fate: Fate,
    /// Why it was refused, or parts of it were: for the log, so no text holds a secret. Empty: all of it was taken.
    pub reasons: Vec<Cow<'static, str>>,
    /// Reads it again; `None` if there is nothing to be read.
    pub reader: Option<Reader>,
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was answered.
    Answered {
        /// The status.
        status: u16,
        /// The body.
        body: Raw,
    },
    /// It was taken. Nobody is answered there.
    Taken,
    /// It was refused, for this reason. Nobody is answered there.
    Refused(Cow<'static, str>),
}

impl Fate {
    /// Why it was refused, where nobody is answered.
    pub fn refusal(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Refused(why) => Some(why.clone()),
            Self::Answered { .. } | Self::Taken => None,
        }
    }

    /// Whether it was taken.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Answered { status, .. } => *status < 300,
            Self::Taken => true,
            Self::Refused(_) => false,
        }
    }
}

/// An upload in the ring.
pub struct Noted {
    /// Counts all uploads since the start, from 1.
    pub number: u64,
    /// What the door noted.
    pub note: Note,
}

impl fmt::Debug for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Noted({}, {}, {:?})", self.number, self.note.format, self.note.fate)
    }
}

impl Noted {
    /// What it means. `None` if its end was not kept, or if there is nothing to be read.
    pub fn understood(&self) -> Option<Understood> {
        let Note { target, body, reader, .. } = &self.note;
        (target.is_whole() && body.is_whole()).then(|| reader.as_ref().map(|read| read(target, body))).flatten()
    }
}

/// A value and the field that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The field's name, as it was sent.
    pub field: String,
    /// Its value, as it was sent.
    pub sent: String,
    /// The unit that it was read in.
    pub unit: &'static str,
    /// What it is here: `indoor/temperature`.
    pub key: String,
    /// Its canonical value with its unit: `21.5 °C`; `None` if nothing is kept of it.
    pub value: Option<String>,
    /// Why the value does not count, though it is kept; empty if it counts, or is none.
    pub remark: &'static str,
}

/// A canonical value as the owner reads it: `21.5 °C`, or the word of a state.
pub fn value_text(quantity: Quantity, value: f64) -> String {
    match quantity.states() {
        Some([no, yes]) => if value < 0.5 { no } else { yes }.to_owned(),
        None => format!("{} {}", quantity.echo(value), quantity.unit().symbol()).trim_end().to_owned(),
    }
}

/// A field that is known and not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The field's name, as it was sent.
    pub field: String,
    /// Its value, as it was sent.
    pub sent: String,
    /// Why it is not stored; empty if it tells of the device and not of the weather.
    pub why: String,
}

/// What an upload means.
#[derive(Debug, Default)]
pub struct Understood {
    /// The values that were understood, each with the field that it came from.
    pub taken: Vec<Taken>,
    /// What was refused or is missing, and why.
    pub warnings: Vec<Warning>,
    /// Fields that are known and not stored.
    pub set_aside: Vec<Aside>,
    /// Fields that nothing here knows: names and values.
    pub unknown: Vec<(String, String)>,
    /// The times of the reports in it.
    pub times: Vec<Timestamp>,
    /// Why all of it was refused.
    pub refused: Option<String>,
}

impl Default for Inbox {
    fn default() -> Self {
        let newest = watch::Sender::new(0);
        Self(Arc::new(Shared { ring: Mutex::default(), refusals: Mutex::default(), counted: Mutex::default(), newest }))
    }
}

impl Inbox {
    /// Notes an upload that has had its answer. If there are too many, the oldest goes of who has most.
    pub fn note(&self, mut note: Note) {
        let who = || match &note.station {
            Ok(station) => Who::Station(station.slug.as_str().to_owned()),
            Err(_) => Who::Nobody(note.from),
        };
        let (at, format, way, is_partly) = (note.at, note.format, note.way, note.fate.is_good());
        let is_lacking = is_partly && !note.reasons.is_empty();
        if let Some(reason) = counted::reason(&note.fate).or(is_lacking.then_some(counted::PARTLY)) {
            self.counted().add(format, reason);
        }
        for reason in std::mem::take(&mut note.reasons) {
            self.tells(at, Refusal { who: who(), format, way, is_partly, reason: reason.into_owned() });
        }
        let party = match &note.station {
            Ok(station) => Party::Station(station.id),
            Err(_) => Party::Nobody(note.from.and_then(Source::of)),
        };
        // It is freed with the lock dropped.
        let (number, _gone) = self.ring().push(party, |number| Arc::new(Noted { number, note }));
        self.0.newest.send_if_modified(|newest| {
            let is_newer = *newest < number;
            *newest = number.max(*newest);
            is_newer
        });
    }

    /// Tells the log of an upload that was refused before anybody could know whose it is, and that is not worth a place here.
    pub fn refused(&self, at: Timestamp, from: Option<IpAddr>, (format, way): (&'static str, &'static str), why: &str) {
        let (who, reason) = (Who::Nobody(from), why.to_owned());
        self.counted().add(format, counted::TURNED_AWAY);
        self.tells(at, Refusal { who, format, way, is_partly: false, reason });
    }

    /// Tells the log how often something was refused again, where that is due; at the end of all that is counted.
    pub fn tell_due(&self, now: Timestamp, is_end: bool) {
        let due = self.refusals().due(now, is_end);
        due.iter().for_each(tell);
    }

    fn tells(&self, at: Timestamp, refusal: Refusal) {
        let told = self.refusals().take(at, refusal);
        told.iter().for_each(tell);
    }

    /// How many uploads were refused since the start.
    pub fn counted_refusals(&self) -> Counted {
        self.counted().clone()
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refusals(&self) -> MutexGuard<'_, Refusals> {
        self.0.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in the ring, the newest first.
    pub fn uploads(&self) -> Vec<Arc<Noted>> {
        self.ring().iter().cloned().collect()
    }

    /// The upload of that number, if it is still there.
    pub fn upload(&self, number: u64) -> Option<Arc<Noted>> {
        self.ring().get(number).cloned()
    }

    /// The number of the newest upload, and a way to wait for the next.
    pub fn newest(&self) -> watch::Receiver<u64> {
        self.0.newest.subscribe()
    }

    fn ring(&self) -> MutexGuard<'_, Ring<Arc<Noted>>> {
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::station::{Slug, StationId};
    use weather::zone::Zone;

    fn station() -> Arc<Station> {
        Arc::new(Station {
            id: StationId(1),
            slug: Slug::new("roof").expect("a slug"),
            name: "Roof".to_owned(),
            zone: Zone::UTC,
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: None,
            upload_units: weather::upload_units::UploadUnits::AsNamed,
            interval_ms: None,
        })
    }

    fn note(body: &[u8]) -> Note {
        Note {
            at: Timestamp(0),
            from: None,
            format: "JSON",
            way: "POST",
            station: Ok(station()),
            target: Raw::of(b"/api/v1/readings"),
            body: Raw::of(body),
            secrets: &[],
            fate: Fate::Answered { status: 201, body: Raw::of(b"{}") },
            reasons: Vec::new(),
            reader: Some(Box::new(|_, body| Understood {
                refused: Some(String::from_utf8_lossy(&body.start).into_owned()),
                ..Understood::default()
            })),
        }
    }

    #[test]
    fn the_ring_keeps_the_newest_uploads_and_no_more() {
        let inbox = Inbox::default();
        for number in 0..UPLOADS_MAX + 7 {
            inbox.note(note(number.to_string().as_bytes()));
        }
        let uploads = inbox.uploads();
        assert_eq!(uploads.len(), UPLOADS_MAX);
        assert_eq!((uploads[0].number, uploads[UPLOADS_MAX - 1].number), (207, 8), "the newest first");
        assert!(inbox.upload(7).is_none());
        let understood = inbox.upload(8).expect("there").understood().expect("whole");
        assert_eq!(understood.refused.as_deref(), Some("7"), "it is read when somebody asks");
        assert_eq!(*inbox.newest().borrow(), 207);
    }

    #[test]
    fn a_long_upload_is_cut_and_not_read_again() {
        let inbox = Inbox::default();
        inbox.note(note(&vec![b'x'; RAW_MAX_BYTES + 1]));
        let upload = inbox.upload(1).expect("there");
        assert_eq!((upload.note.body.start.len(), upload.note.body.bytes), (RAW_MAX_BYTES, RAW_MAX_BYTES + 1));
        assert!(upload.understood().is_none(), "half of it would be something else");
    }
}
