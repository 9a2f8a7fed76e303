//! Readings that are posted: `POST /api/v1/readings` as JSON, for senders that can choose a format, and the same at the addresses
//! of sensor.community, ThingsBoard and InfluxDB.

mod answers;
mod entrance;

pub(crate) use entrance::Entrance;

use super::inflate::{self, Coding};
use super::json::{self, Arrival};
use super::lineprotocol::{self, Batch};
use super::tongue::Tongue;
use super::trail::Trail;
use super::{Options, influx, keys, reasons, unmapped};
use crate::inbox::{Fate, Inbox, Note, Raw, Reader, Understood};
use crate::storage::Storage;
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::secrets::{Masked, masked};
use crate::web::turns::{Body, Turn, Turns};
use crate::web::{self, client};
use answers::{Refused, receipt};
use chrono::Utc;
use entrance::Written;
use rocket::http::Method;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use weather::report::{Parsed, Warning};
use weather::station::{Station, StationId};
use weather::time::Timestamp;

/// The path.
pub const PATH: &str = "/api/v1/readings";
/// The path of sensor.community, as in <https://api.sensor.community/v1/push-sensor-data/>.
pub const PUSHED: &str = "/v1/push-sensor-data";
/// The path of InfluxDB, version 1.
pub const WRITE: &str = "/write";
/// The path of InfluxDB, version 2.
pub const WRITE_V2: &str = "/api/v2/write";

/// All paths, as Rocket writes routes.
pub const METHODS: [(Method, &str); 5] = [
    (Method::Post, PATH),
    (Method::Post, PUSHED),
    (Method::Post, WRITE),
    (Method::Post, WRITE_V2),
    (Method::Post, "/api/v1/<key>/telemetry"),
];

/// Longer bodies, in bytes, are large. A report has some hundred bytes, so a station that sends as it measures never waits.
const LARGE_BYTES: u64 = 64 * 1_024;
/// Wrong lines of an upload that the log is told of: there may be thousands, of one kind.
const WRONG_TOLD: usize = 3;
/// Large uploads at once: each holds its body and its reports, some four times `json_limit_kib`, so 256 MiB in all. Each is
/// read once it has its turn, and gives it up if it comes slowly while others wait.
const LARGE_AT_ONCE: usize = 32;
/// Large uploads of one station at once: one that is stored, and some that come over slow links meanwhile. Eight stations
/// together can have all turns, until somebody else wants one.
const LARGE_AT_ONCE_BY_STATION: usize = 4;
/// The longest wait for a turn. Senders wait a minute for an answer, and the body may take half of it.
const LARGE_PATIENCE: Duration = Duration::from_secs(20);

/// The door.
#[derive(Clone)]
pub struct Readings {
    storage: Storage,
    shared: Arc<Shared>,
    large: Arc<Turns<StationId>>,
}

/// What all that come share.
struct Shared {
    options: Options,
    web: web::Options,
    inbox: Inbox,
}

/// A station whose key is good. Its body comes next.
pub struct Sender {
    door: Readings,
    station: Arc<Station>,
    written: Written,
    coding: Coding,
    tongue: Tongue,
    /// For the owner who looks.
    came: Box<Came>,
    /// The header `X-Pin` of a sensor.community device.
    pin: Option<u8>,
    /// It has one if the body may be large.
    turn: Option<Turn<StationId>>,
}

impl Readings {
    /// The door to this database. `web` says whose word on addresses counts; `inbox` takes what came, for the owner who looks.
    pub fn new(storage: Storage, options: Options, web: web::Options, inbox: Inbox) -> Self {
        let large = Turns::new(LARGE_AT_ONCE, LARGE_PATIENCE);
        Self { storage, shared: Arc::new(Shared { options, web, inbox }), large }
    }

    /// How an upload came.
    fn came(&self, entrance: Entrance<'_>, head: &dyn Head) -> Came {
        let target = match head.query() {
            Some(query) => Raw::of(format!("{}?{query}", head.path()).as_bytes()),
            None => Raw::of(head.path().as_bytes()),
        };
        Came { format: entrance.name(), from: client::address(head, &self.shared.web), target }
    }

    /// Tells the log of an upload of a console whose body did not come, so that nobody could read it.
    pub(crate) fn unread(&self, head: &dyn Head, why: &NoBody) {
        if super::takes(head.path(), &self.shared.options) {
            let from = client::address(head, &self.shared.web);
            self.shared.inbox.refused(now(), from, ("Console", "POST"), &why.to_string());
        }
    }

    /// The knobs of the doors.
    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Who sends to the address of JSON, if memory knows; `None`: the database has to say.
    pub fn known_sender(&self, head: &dyn Head) -> Option<Sender> {
        let station = self.storage.station_in_memory(keys::bearer(head)?)?;
        let (format, coding) = (entrance::format(head)?, inflate::coding(head)?);
        (!may_be_large(head)).then(|| Sender {
            door: self.clone(),
            station,
            written: Written::Json(format),
            coding,
            tongue: Tongue::Json,
            came: Box::new(self.came(Entrance::Readings, head)),
            pin: pin(head),
            turn: None,
        })
    }

    /// Waits until a large upload of the station may be read.
    async fn turn(&self, station: &Station) -> Result<Turn<StationId>, Problem> {
        let turn = self.large.turn(station.id, LARGE_AT_ONCE_BY_STATION).await;
        turn.ok_or_else(|| {
            Problem::unavailable("nothing was stored: too many large uploads at once; send one after the other")
        })
    }

    /// Finds out who sends to this entrance, before anything of the body is read.
    pub(crate) async fn sender(&self, entrance: Entrance<'_>, head: &dyn Head) -> Result<Sender, Answer> {
        let (refused, whose) = match self.whose(entrance, head).await {
            Ok(station) => match self.comes_in(entrance, head, &station).await {
                Ok(sender) => return Ok(sender),
                Err(refused) => (refused, Ok(station)),
            },
            Err(refused) => {
                let why = match &refused {
                    Refused::Unauthorized(why) => match entrance.key(head) {
                        Ok(sent) => why.told_of(sent.key()),
                        Err(_) => why.to_string(),
                    },
                    Refused::Other(problem) => problem.detail().to_owned(),
                };
                (refused, Err(why.into()))
            }
        };
        let seen = Seen { reasons: refused.reasons(), ..Seen::default() };
        let answer = refused.told(entrance.tongue());
        self.came(entrance, head).note(&self.shared.inbox, whose, seen, &answer);
        Err(answer)
    }

    async fn whose(&self, entrance: Entrance<'_>, head: &dyn Head) -> Result<Arc<Station>, Refused> {
        let key = entrance.key(head)?;
        Ok(keys::station(&self.storage, &key).await??)
    }

    async fn comes_in(
        &self,
        entrance: Entrance<'_>,
        head: &dyn Head,
        station: &Arc<Station>,
    ) -> Result<Sender, Refused> {
        let (written, coding) = (entrance.written(head)?, entrance::coding(head)?);
        let turn = if may_be_large(head) { Some(self.turn(station).await?) } else { None };
        let (tongue, came) = (entrance.tongue(), Box::new(self.came(entrance, head)));
        let station = station.clone();
        Ok(Sender { door: self.clone(), station, written, coding, tongue, came, pin: pin(head), turn })
    }
}

/// How an upload came, for the owner who looks.
#[derive(Clone)]
struct Came {
    format: &'static str,
    from: Option<IpAddr>,
    target: Raw,
}

/// What was seen of its body.
#[derive(Default)]
struct Seen {
    at: Option<Timestamp>,
    body: Raw,
    reader: Option<Reader>,
    /// What was wrong with it, for the log.
    reasons: Vec<Cow<'static, str>>,
}

impl Seen {
    /// The body can be read again in this way.
    fn read_as(&mut self, at: Timestamp, written: Written, arrival: Arrival, reports_max: usize) {
        self.at = Some(at);
        self.reader = Some(Box::new(move |_, body| understood(&body.start, written, &arrival, reports_max)));
    }
}

impl Came {
    /// Shows the upload to the owner who looks.
    fn note(self, inbox: &Inbox, station: Result<Arc<Station>, Cow<'static, str>>, seen: Seen, answer: &Answer) {
        inbox.note(Note {
            at: seen.at.unwrap_or_else(now),
            from: self.from,
            format: self.format,
            way: "POST",
            station,
            target: self.target,
            body: seen.body,
            // The version 1 of InfluxDB has its password in the query; the others are where nobody reads them.
            secrets: &["p"],
            fate: Fate::Answered { status: answer.status, body: Raw::of(&answer.body) },
            reasons: seen.reasons,
            reader: seen.reader,
        });
    }
}

/// What a body means.
fn understood(body: &[u8], written: Written, arrival: &Arrival, reports_max: usize) -> Understood {
    let trail = Trail::default();
    let arrival = Arrival { trail: Some(trail.clone()), ..arrival.clone() };
    match written {
        Written::Json(format) => trail.understood(json::parse(body, format, &arrival, reports_max)),
        Written::Lines(precision) => {
            let batch = lineprotocol::parse(body, precision, &arrival, reports_max);
            let batch = batch.map(|Batch { mut parsed, wrong, .. }| {
                parsed.warn(wrong.iter().map(|why| Warning::new("line", "", why)));
                parsed
            });
            trail.understood(batch)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
fn now() -> Timestamp {
    Utc::now().into()
}

/// Whether a body may take much memory while it comes: it is long, or says no length.
fn may_be_large(head: &dyn Head) -> bool {
    let bytes = head.first("Content-Length").and_then(|length| length.trim().parse().ok());
    bytes.is_none_or(|bytes: u64| bytes > LARGE_BYTES)
}

fn pin(head: &dyn Head) -> Option<u8> {
    head.first("X-Pin")?.trim().parse().ok().filter(|pin| *pin > 0)
}

impl Sender {
    /// The station's slug.
    pub fn slug(&self) -> &str {
        self.station.slug.as_str()
    }

    /// How much of the body is read.
    pub fn takes(&self) -> BodyLimit {
        self.door.shared.options.json_limit()
    }

    /// Notes that the body comes, if it holds a turn.
    pub fn body(&self) -> Option<Body<StationId>> {
        self.turn.as_ref().map(Turn::body)
    }

    /// Stores what the body says; the answer comes after the commit.
    pub async fn posts(self, body: Result<Vec<u8>, NoBody>) -> Answer {
        let mut seen = Seen::default();
        let (inbox, came, station) = (self.door.shared.inbox.clone(), self.came.clone(), self.station.clone());
        let tongue = self.tongue;
        let answer = self.store(body, &mut seen).await.unwrap_or_else(|refused| {
            seen.reasons = refused.reasons();
            refused.told(tongue)
        });
        came.note(&inbox, Ok(station), seen, &answer);
        answer
    }

    async fn store(mut self, body: Result<Vec<u8>, NoBody>, seen: &mut Seen) -> Result<Answer, Refused> {
        let body = body?;
        if self.coding != Coding::Plain && self.turn.is_none() {
            // It gets larger here. While it came it was small, and took nobody's turn.
            self.turn = Some(self.door.turn(&self.station).await?);
        }
        let bytes = inflate::inflate(body, self.coding, self.door.shared.options.json_limit()).await?;
        let received = now();
        let reports_max = self.door.shared.options.reports_max;
        seen.body = Raw::of(&bytes);
        match self.written {
            Written::Json(format) => {
                let arrival = self.arrival(received, &bytes).await?;
                seen.read_as(received, self.written, arrival.clone(), reports_max);
                let parsed = aside(bytes, move |bytes| json::parse(bytes, format, &arrival, reports_max)).await??;
                self.store_reports(parsed, seen).await
            }
            Written::Lines(precision) => {
                let Station { zone, clock_offset_ms, .. } = &*self.station;
                let mappings = self.door.storage.directory().mappings(self.station.id);
                let (zone, clock_offset_ms) = (zone.clone(), *clock_offset_ms);
                let arrival = Arrival { zone, clock_offset_ms, mappings, ..received.into() };
                seen.read_as(received, self.written, arrival.clone(), reports_max);
                let batch = aside(bytes, move |bytes| lineprotocol::parse(bytes, precision, &arrival, reports_max));
                self.store_lines(batch.await??, seen).await
            }
        }
    }

    /// What the parser has to know of the station.
    async fn arrival(&self, at: Timestamp, bytes: &[u8]) -> Result<Arrival, Refused> {
        let Station { zone, clock_offset_ms, .. } = &*self.station;
        let (zone, clock_offset_ms) = (zone.clone(), *clock_offset_ms);
        let mappings = self.door.storage.directory().mappings(self.station.id);
        let mut arrival = Arrival { zone, clock_offset_ms, mappings, pin: self.pin, ..at.into() };
        if json::report::asks_for_sensors(bytes) {
            let sensors = self.door.storage.sensors(self.station.id).await?;
            arrival.sensors = sensors.into_iter().map(|sensor| sensor.name).collect();
        }
        Ok(arrival)
    }

    async fn store_reports(&self, mut parsed: Parsed, seen: &mut Seen) -> Result<Answer, Refused> {
        unmapped::note(&self.door.storage, self.station.id, &mut parsed, now());
        let reports = std::mem::take(&mut parsed.reports);
        if !reports.is_empty() {
            let appended = self.door.storage.append(self.station.id, reports).await?;
            let warnings = appended.warnings.into_iter().map(|warning| place_as_sent(warning, &parsed.places));
            let warnings: Vec<_> = warnings.collect();
            parsed.warn(warnings);
            seen.reasons = reasons::of(None, &parsed.warnings);
            return Ok(receipt(appended.stored, appended.duplicate, &parsed, self.tongue));
        }
        let detail = match parsed {
            Parsed { known: 0, ref warnings, .. } if warnings.is_empty() => "nothing was stored: no values were sent",
            Parsed { known: 0, .. } => "nothing was stored: no field is known here; see docs/INGEST.md for their names",
            Parsed { refused: 1.., .. } => "nothing was stored: every value was refused",
            // All of it means "no value": that is no mistake.
            _ => return Ok(receipt(0, 0, &parsed, self.tongue)),
        };
        Err(Refused::Other(Problem::bad_request(detail, parsed.warnings)))
    }

    /// Good lines are stored, and the answer names the wrong ones. Values that are no weather are no mistake of the sender's: they
    /// stand in the log.
    async fn store_lines(&self, batch: Batch, seen: &mut Seen) -> Result<Answer, Refused> {
        let Batch { mut parsed, mut wrong, mut dropped } = batch;
        unmapped::note(&self.door.storage, self.station.id, &mut parsed, now());
        let reports = std::mem::take(&mut parsed.reports);
        if !reports.is_empty() {
            let appended = self.door.storage.append(self.station.id, reports).await?;
            // Lines that are good and not stored: the sender must hear of them.
            let (lost, why) = appended.without_sensor();
            if lost > 0 {
                wrong.push(why.to_owned());
                dropped += lost;
            }
            parsed.warn(appended.warnings);
        }
        if !parsed.warnings.is_empty() {
            let station = self.station.slug.as_str();
            tracing::debug!(station, warnings = %Masked(&parsed.warnings), more = parsed.unlisted, "lines were not stored in full");
        }
        seen.reasons = reasons::of(None, &parsed.warnings);
        seen.reasons.extend(wrong.iter().take(WRONG_TOLD).map(|why| masked(why).into_owned().into()));
        Ok(if dropped == 0 { influx::done() } else { influx::partial_write(&wrong, dropped, self.tongue) })
    }
}

/// Parses a body. What is large takes milliseconds, and open pages wait on this thread.
async fn aside<T, F>(bytes: Vec<u8>, parse: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&[u8]) -> T + Send + 'static,
{
    if (bytes.len() as u64) < LARGE_BYTES {
        return Ok(parse(&bytes));
    }
    let parsed = spawn_blocking(move || parse(&bytes)).await;
    parsed.map_err(|_| Problem::unavailable("the server is stopping; try again in a moment"))
}

/// Storage counts the reports it got; the sender counts those it sent.
fn place_as_sent(mut warning: Warning, places: &[Option<usize>]) -> Warning {
    let numbered = warning.field.strip_prefix('[').and_then(|rest| rest.split_once("]."));
    let (number, field) = match numbered.map(|(number, field)| (number.parse::<usize>(), field)) {
        Some((Ok(number), field)) => (number, field.to_owned()),
        _ => (0, warning.field),
    };
    warning.field = field;
    match places.get(number).copied().flatten() {
        Some(place) => warning.at(place),
        None => warning,
    }
}
