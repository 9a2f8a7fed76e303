//! The doors for programs: what stations measure and have measured, as JSON and as files, with a description of it all.
//!
//! They are plain functions over a request's head, and know no HTTP server: the front door reads and writes for them. So no cookie is
//! set and no visitor is counted, and one table (`wanted.rs`) says what is where.

mod climate;
mod document;
pub mod export;
mod health;
mod instant;
mod known;
mod past;
mod query;
mod question;
mod sending;
pub mod shape;
mod stations;
mod status;
mod stream;
mod told;
mod wanted;

pub use sending::Sending;
pub(crate) use stream::Opened;
pub use stream::{Bell, StationEvents, Waiting};
pub use wanted::{HEALTH, Wanted, paths};

use crate::storage::Storage;
use crate::web::answer::Answer;
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::turns::Turns;
use crate::web::{self, client, cors};
use channel::crowd::Source;
use document::Document;
use export::Export;
use health::Health;
use rocket::http::Status;
use std::sync::Arc;
use std::time::Duration;
use stream::Streams;
use tokio::sync::watch;
use wanted::Part;
use weather::station::Station;
use weather::time::Timestamp;

/// Files that are sent at once. Each holds a megabyte, and asks the database again and again.
const AT_ONCE: usize = 4;
/// Files that are sent at once to one address; and answers that are made at once for one.
const AT_ONCE_TO_ONE: usize = 2;
/// This machine may have all, because it may be a proxy that speaks for everybody; and so many more of it may wait, so that
/// its slow ones give way to its others.
const AT_ONCE_HERE: usize = 64;
/// Answers that are made at once. More would wait for the connections to the database, before the keepers' questions.
const ANSWERS_AT_ONCE: usize = 4;
/// The longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(20);
/// So much of a slug that is none is repeated, characters: a slug is no longer.
const ECHO_MAX_CHARS: usize = weather::station::SLUG_MAX_BYTES;

/// The doors.
#[derive(Clone)]
pub struct Api {
    /// Its questions do not stand before those of pages.
    storage: Storage,
    web: web::Options,
    turns: Arc<Turns<Option<Source>>>,
    answers: Arc<Turns<Option<Source>>>,
    document: Document,
    health: Health,
    streams: Streams,
    started: Timestamp,
}

impl Api {
    /// Doors over this database. The server counts as started now; `stops` turns true when it is to stop, and `bell` rings when
    /// something is committed.
    pub fn new(storage: &Storage, web: web::Options, stops: watch::Receiver<bool>, bell: Bell) -> Self {
        Self {
            storage: storage.in_background(),
            turns: Turns::new(AT_ONCE, PATIENCE),
            answers: Turns::new(ANSWERS_AT_ONCE, PATIENCE),
            document: Document::new(&web.base),
            web,
            streams: Streams::new(bell, stops.clone()),
            health: Health::new(storage.clone(), stops),
            started: now(),
        }
    }

    /// The answer to a request; the readings as a file are [`Api::export`]'s.
    pub(crate) async fn answer(&self, wanted: Wanted<'_>, head: &dyn Head) -> Answer {
        match head.method() {
            "GET" | "HEAD" => {}
            "OPTIONS" => return cors::preflight(head, &self.web.cors, wanted::ALLOW),
            other => {
                let detail = format!("{} does not accept {other}", head.path());
                return Problem::new(Status::MethodNotAllowed, detail).with("allow", wanted::ALLOW).into();
            }
        }
        let answer = match wanted {
            Wanted::Document => match query::Query::of(head, &[]).finish() {
                Ok(()) => self.document.answer(head),
                Err(problem) => problem.into(),
            },
            Wanted::Guide(file) => return document::guide(file, head),
            Wanted::Alive => return Health::alive(),
            Wanted::Ready => return self.health.ready(now()).await,
            Wanted::Status => match status::status(&self.storage, head, self.started, now()) {
                Ok(status) => told::json(&status, head),
                Err(problem) => problem.into(),
            },
            Wanted::Stream(slug) => match self.stream(slug, head).await {
                stream::Opened::Answer(answer) => return answer,
                stream::Opened::Waits(waiting) => return waiting.answer().await,
                stream::Opened::Events(_) => Problem::unavailable("events need a connection of their own").into(),
            },
            Wanted::Stations | Wanted::Of(..) => match self.read(wanted, head).await {
                Ok(answer) => answer,
                Err(problem) => problem.into(),
            },
        };
        cors::allow(answer, head, &self.web.cors)
    }

    /// What has to be read from the database.
    async fn read(&self, wanted: Wanted<'_>, head: &dyn Head) -> Result<Answer, Problem> {
        let source = client::address(head, &self.web).and_then(Source::of);
        let turn = self.answers.turn(source, source.map_or(AT_ONCE_HERE, |_| AT_ONCE_TO_ONE)).await;
        let _turn = turn.ok_or_else(|| Problem::unavailable("too much is asked for; come again in a moment"))?;
        let (storage, now, base) = (&self.storage, now(), &self.web.base);
        let Wanted::Of(slug, part) = wanted else {
            return Ok(told::json(&stations::list(storage, head, now, base).await?, head));
        };
        let station = self.station(slug).await?;
        if station.slug.as_str() != slug {
            return Ok(moved(&station, slug, head));
        }
        Ok(match part {
            Part::Itself | Part::Export => told::json(&stations::one(storage, station, head, now, base).await?, head),
            Part::Latest => told::json(&stations::latest(storage, station, head, now, base).await?, head),
            Part::Series => told::json(&past::series(storage, &station, head, now).await?, head),
            Part::Days => told::json(&past::days(storage, &station, head, now).await?, head),
            Part::Records => told::json(&climate::records(storage, &station, head, now).await?, head),
            Part::Climate => told::json(&climate::month(storage, &station, head, now).await?, head),
        })
    }

    async fn station(&self, slug: &str) -> Result<Arc<Station>, Problem> {
        let station = self.storage.station_by_slug(slug).await;
        station.ok_or_else(|| {
            let slug: String = slug.chars().take(ECHO_MAX_CHARS).collect();
            Problem::new(Status::NotFound, format!("there is no station {slug:?}"))
        })
    }

    /// The readings of a station as a file; the answer if there is none.
    pub(crate) async fn export(&self, slug: &str, head: &dyn Head) -> Result<Sending, Answer> {
        self.open(slug, head).await.map_err(|problem| cors::allow(problem.into(), head, &self.web.cors))
    }

    async fn open(&self, slug: &str, head: &dyn Head) -> Result<Sending, Problem> {
        let station = self.station(slug).await?;
        let asked = question::read(head, station, self.storage.zones())?;
        let source = client::address(head, &self.web).and_then(Source::of);
        let at_once = source.map_or(AT_ONCE_HERE, |_| AT_ONCE_TO_ONE);
        let turn = self.turns.turn(source, at_once).await;
        let turn = turn.ok_or_else(|| Problem::unavailable("too many files are being sent; come again in a moment"))?;
        let is_head = head.method() == "HEAD";
        let sites = cors::allow(Answer::new(200, &[], Vec::new()), head, &self.web.cors).more;
        Ok(Sending::new(Export::open(self.storage.clone(), asked).await?, turn, is_head, sites))
    }
}

/// The way to a station that was called otherwise before.
fn moved(station: &Station, former: &str, head: &dyn Head) -> Answer {
    let rest =
        head.path().strip_prefix("/api/v1/stations/").and_then(|rest| rest.strip_prefix(former)).unwrap_or_default();
    let query = head.query().map_or_else(String::new, |query| format!("?{query}"));
    let to = format!("{}{query}", known::path(station, rest));
    Answer::new(308, &[("cache-control", "no-cache")], Vec::new()).with("location", to)
}

/// The file, for the description.
#[utoipa::path(get, path = "/api/v1/stations/{slug}/export", tag = "values", operation_id = "export",
    summary = "All that a station has recorded, as a file",
    description = "Made while it is sent, so there is no tag and no length. `stevenson import` reads it back.",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("format" = Option<String>, Query, description = "`csv`, `ndjson` or `line`; `csv` if it is not there."),
        ("from" = Option<String>, Query, description = "From this instant on.", example = "2026-11-22"),
        ("to" = Option<String>, Query, description = "To before this instant; of a date, to its end.", example = "2026-11-23"),
        ("sensor" = Option<String>, Query, description = "Only this sensor; `.` is the main one.", example = "."),
        ("quantity" = Option<String>, Query, description = "Only this quantity.", example = "temperature"),
        ("raw" = Option<String>, Query, description = "`1`: values as they were sent, before calibrations."),
        ("zone" = Option<String>, Query, description = "Times on the clocks of this zone.", example = "Europe/Berlin"),
    ),
    responses((status = 200, description = "The file", content((String = "text/csv"), (String = "application/x-ndjson"), (String = "text/plain")))))]
#[expect(dead_code, reason = "it describes what is answered elsewhere")]
fn export_doc() {}

#[expect(clippy::disallowed_methods, reason = "doors read the clock and pass the time on")]
fn now() -> Timestamp {
    chrono::Utc::now().into()
}
