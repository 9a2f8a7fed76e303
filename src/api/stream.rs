//! `GET /stream/<slug>`: what the journal tells everybody of a station, as the Durable Streams Protocol has it. It is read only:
//! stations write by the doors of `ingest`.

mod asked;
mod bell;
mod cursor;
mod events;
mod follower;
mod offset;
mod portion;

pub use bell::Bell;
pub use events::StationEvents;
pub use follower::Waiting;

use super::{AT_ONCE_HERE, AT_ONCE_TO_ONE, Api, told};
use crate::web::answer::Answer;
use crate::web::client;
use crate::web::cors;
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::turns::Turns;
use asked::{Asked, Live, Start};
use channel::crowd::Source;
use follower::Follower;
use offset::Offset;
use portion::Portion;
use rocket::http::Status;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use weather::station::Station;

/// Below this path are the streams of all stations.
pub(super) const PATH: &str = "/stream/";

/// Programs that wait for news at once. They have places of their own, so that no page has to go for them; each costs a connection and
/// some kilobytes.
const WAITING_MAX: usize = 512;
/// Programs of one address that wait at once. This machine may have all places, because it may be a proxy that speaks for everybody.
const WAITING_MAX_OF_ONE: usize = 16;
/// So long a program waits for a place, if all are taken: one that is given back at this moment is found.
const PLACE_PATIENCE: Duration = Duration::from_millis(500);
/// Come again after so many seconds, if there was none.
const RETRY_AFTER_S: u32 = 5;

/// What all streams share.
#[derive(Clone)]
pub(super) struct Streams {
    bell: Bell,
    places: Arc<Turns<Option<Source>>>,
    stops: watch::Receiver<bool>,
}

/// What a request for a stream comes to.
pub(crate) enum Opened {
    /// An answer that is at hand.
    Answer(Answer),
    /// A program that waits for news.
    Waits(Box<Waiting>),
    /// A connection that brings news.
    Events(StationEvents),
}

impl Streams {
    pub(super) fn new(bell: Bell, stops: watch::Receiver<bool>) -> Self {
        Self { bell, places: Turns::new(WAITING_MAX, PLACE_PATIENCE), stops }
    }
}

impl Api {
    /// Opens the stream of a station, with GET or HEAD.
    pub(crate) async fn stream(&self, slug: &str, head: &dyn Head) -> Opened {
        match self.opened(slug, head).await {
            Ok(Opened::Answer(answer)) => Opened::Answer(self.of_stream(answer, head)),
            Ok(opened) => opened,
            Err(problem) => Opened::Answer(self.of_stream(problem.into(), head)),
        }
    }

    async fn opened(&self, slug: &str, head: &dyn Head) -> Result<Opened, Problem> {
        let asked = Asked::of(head)?;
        let station = self.station(slug).await?;
        if station.slug.as_str() != slug {
            return Ok(Opened::Answer(moved(&station, head)));
        }
        let source = client::address(head, &self.web).and_then(Source::of);
        let epoch: Arc<str> = self.storage.epoch().into();
        // Before anything is read: what is committed after the reading rings.
        let bell = self.streams.bell.by(station.slug.as_str());
        let live = asked.live.filter(|_| head.method() == "GET");
        let place = match live {
            None => None,
            Some(_) => {
                let most = source.map_or(WAITING_MAX, |_| WAITING_MAX_OF_ONE);
                let place = self.streams.places.turn(source, most).await;
                Some(place.ok_or_else(|| Problem::too_many("too many programs wait for news", RETRY_AFTER_S))?)
            }
        };
        let sites = self.of_stream(Answer::new(200, &[], Vec::new()), head).more;
        let mut follower = Follower {
            storage: self.storage.clone(),
            readers: self.answers.clone(),
            source,
            station,
            epoch: epoch.clone(),
            after: None,
            bell,
            stops: self.streams.stops.clone(),
            sites,
            _place: place,
        };
        match asked.start {
            _ if head.method() == "HEAD" => {
                let end = Offset::new(epoch, follower.end().await?);
                return Ok(Opened::Answer(portion::head(&end)));
            }
            Start::Oldest => {}
            Start::Now => follower.after = Some(follower.end().await?),
            Start::After(ref offset) => follower.after = Some(offset.seq_in(&epoch).ok_or_else(gone)?),
        }
        Ok(match live {
            None if asked.start == Start::Now => {
                let next = follower.after.unwrap_or_default();
                Opened::Answer(Portion::nothing(next).now(&epoch))
            }
            None => Opened::Answer(follower.read_once(head).await?),
            Some(Live::LongPoll) => {
                Opened::Waits(Box::new(follower.waits(asked.cursor, asked.patience, asked.start == Start::Now)))
            }
            // The first portion is read before the first header is sent, because only then an error has a status.
            Some(Live::Sse) => {
                let first = follower.read_on().await?;
                Opened::Events(StationEvents::new(follower, asked.cursor, first))
            }
        })
    }

    /// What all answers of streams have: who may read them.
    fn of_stream(&self, answer: Answer, head: &dyn Head) -> Answer {
        let policy = if self.web.cors.is_empty() { "same-origin" } else { "cross-origin" };
        cors::allow(answer.with("cross-origin-resource-policy", policy), head, &self.web.cors)
    }
}

/// The way to a station that was called otherwise before. Its offsets are good there, too.
fn moved(station: &Station, head: &dyn Head) -> Answer {
    let query = head.query().map_or_else(String::new, |query| format!("?{query}"));
    let to = format!("{PATH}{}{query}", station.slug);
    const HEADERS: [(&str, &str); 2] = [("cache-control", "no-cache"), ("x-content-type-options", "nosniff")];
    Answer::new(308, &HEADERS, Vec::new()).with("location", to)
}

/// What follows a place is not known any more, or the place is of another journal.
fn gone() -> Problem {
    let detail =
        "what follows this offset is not kept any more, or the database has been replaced; begin again with offset=-1";
    Problem::new(Status::Gone, detail)
}

/// The stream, for the description.
#[utoipa::path(get, path = "/stream/{slug}", tag = "values", operation_id = "stream",
    summary = "What is told of a station, from a place on and as it comes",
    description = "The read side of the Durable Streams Protocol: a JSON array of items, and `Stream-Next-Offset` to go on from. docs/API.md has examples, docs/PROTOCOL.md the kinds of items.",
    params(
        ("slug" = String, Path, description = "Its name in addresses", example = "garden"),
        ("offset" = Option<String>, Query, description = "After this place, which an answer has named; `-1`: from the oldest that is kept; `now`: only what is to come. Needed with `live`.", example = "-1"),
        ("live" = Option<String>, Query, description = "`long-poll`: wait if there is nothing yet; `sse`: events for a minute."),
        ("cursor" = Option<String>, Query, description = "`Stream-Cursor` of the answer before, so that proxies keep answers apart."),
        ("timeout" = Option<u32>, Query, description = "So many seconds a `long-poll` waits; 25 if it is not there.", minimum = 1, maximum = 55),
    ),
    responses(
        (status = 200, description = "Items, oldest first", body = Vec<Object>),
        (status = 204, description = "Nothing has come while it waited"),
        (status = 410, description = "What follows the offset is not kept any more; begin again", body = super::shape::ProblemDetails, content_type = "application/problem+json"),
        (status = 429, description = "Too many programs wait already", body = super::shape::ProblemDetails, content_type = "application/problem+json"),
    ))]
#[expect(dead_code, reason = "it describes what is answered elsewhere")]
pub(super) fn stream_doc() {}
