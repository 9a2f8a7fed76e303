//! `POST /dock/<bay>`: a clipboard in, a load out. `docs/PROTOCOL.md` is what it speaks.

mod brake;

use crate::courier;
use crate::dock::cargo::{Behind, Load};
use crate::dock::clipboard::{BODY_MAX_BYTES, BadClipboard, Clipboard, Id, Word};
use crate::dock::yard::Truck;
use crate::dock::{Arrived, Dock};
use crate::storage::{Entry, Storage};
use crate::weather::report::Warning;
use crate::web::error::Problem;
use brake::Brake;
use governor::clock::DefaultClock;
use rocket::data::ByteUnit;
use rocket::http::{ContentType, Method, Status};
use rocket::response::{self, Responder, Response};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

/// Most journal entries read for one page that comes back: some hours of a few stations. Who missed more reloads.
const JOURNAL_READ_MAX_ENTRIES: u32 = 10_000;
/// How long a clipboard may take to arrive, seconds: 64 KiB over the worst radio link, and no longer, for HTTP/1 has
/// no limit of its own.
const BODY_MAX_S: u64 = 10;

/// The route for trucks. It needs a [`Dock`] and a [`Storage`] among Rocket's state.
pub fn routes() -> Vec<Route> {
    let mut route =
        Route::new(Method::Post, "/dock/<bay>", Door { brake: Arc::new(Brake::new(DefaultClock::default())) });
    route.name = Some("dock".into());
    vec![route]
}

/// A handler by hand: most of what runs here is parked, and a parked future should hold nothing that it does not need.
#[derive(Clone)]
struct Door {
    brake: Arc<Brake>,
}

#[rocket::async_trait]
impl Handler for Door {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        // Boxed and gone before the truck parks: what reads the request is large, what waits is small.
        let arrived = Box::pin(self.take_in(request, data)).await;
        let answer = match arrived {
            Ok((dock, arrived, heard)) => send_home(request, dock, arrived, heard).await,
            Err(refusal) => Err(refusal),
        };
        match answer {
            Ok(load) => Outcome::from(request, load),
            Err(refusal) => Outcome::from(request, refusal),
        }
    }
}

impl Door {
    /// Reads the request, stores its words, brings the truck to the dock.
    async fn take_in<'r>(
        &self,
        request: &'r Request<'_>,
        data: Data<'r>,
    ) -> Result<(&'r Dock, Arrived, Vec<Id>), Refusal> {
        let bay = request.param::<&str>(1).and_then(Result::ok).unwrap_or_default();
        let bay = Id::new(bay).map_err(|error| bad("bay", error))?;
        self.brake.check(&bay).map_err(|_| Problem::too_many("this page sends more than ten trucks a second", 1))?;
        let dock = state::<Dock>(request)?;
        check_origin(request)?;
        let Clipboard { fleet, park, seen, watch, say } = clipboard(request, data).await?;
        let has_words = !say.is_empty();
        let heard = hear(say).await?;
        let truck = Truck { bay, fleet, seen, watch, has_words, park_ms: dock.park_ms(park) };
        Ok((dock, dock.arrive(truck), heard))
    }
}

/// Waits for the truck's load, however long it takes.
async fn send_home(request: &Request<'_>, dock: &Dock, arrived: Arrived, heard: Vec<Id>) -> Result<Encoded, Refusal> {
    let load = match arrived {
        Arrived::Leaves(load) => load,
        Arrived::Parks(parking) => parking.load().await,
        Arrived::Behind(behind) => Box::pin(catch_up(request, dock, behind)).await?,
        Arrived::Full => return Err(Problem::unavailable("all places in the dock are taken").into()),
    };
    Ok(Encoded(dock.encode(&load, &heard)))
}

/// Reads what a page missed from the journal.
async fn catch_up(request: &Request<'_>, dock: &Dock, behind: Behind) -> Result<Load, Refusal> {
    let storage = state::<Storage>(request)?;
    let entries = storage.journal_since(behind.seen, JOURNAL_READ_MAX_ENTRIES).await.map_err(Problem::from)?;
    let reaches_head = |entries: &Vec<Entry>| {
        entries.len() < JOURNAL_READ_MAX_ENTRIES as usize || entries.last().is_some_and(|last| last.seq >= behind.head)
    };
    let news = entries.filter(reaches_head).map(|entries| entries.into_iter().map(courier::news).collect());
    Ok(dock.catch_up(behind, news))
}

/// Stores words and says which of them home may forget.
///
/// Nobody listens yet: the words are not stored, so none is confirmed, and home keeps them.
async fn hear(_say: Vec<Word>) -> Result<Vec<Id>, Refusal> {
    Ok(Vec::new())
}

/// A page of another site must not send trucks. Where the browser does not tell, as on plain http, the content type
/// is the guard: it would need a preflight, which is never granted.
fn check_origin(request: &Request<'_>) -> Result<(), Refusal> {
    match request.headers().get_one("Sec-Fetch-Site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Problem::new(Status::Forbidden, "trucks are taken from this server's own pages only").into()),
    }
}

/// Reads the request's body, within its limits of type, length and time.
async fn clipboard(request: &Request<'_>, data: Data<'_>) -> Result<Clipboard, Refusal> {
    let is_json = request.content_type().is_some_and(|kind| kind.top() == "application" && kind.sub() == "json");
    if !is_json {
        return Err(Problem::new(Status::UnsupportedMediaType, "send Content-Type: application/json").into());
    }
    let too_large = || Refusal::cut(Problem::new(Status::PayloadTooLarge, "a clipboard has 64 KiB at most"));
    let announced = request.headers().get_one("Content-Length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_MAX_BYTES) {
        return Err(too_large());
    }
    let body = data.open(ByteUnit::from(BODY_MAX_BYTES)).into_bytes();
    let body = match tokio::time::timeout(Duration::from_secs(BODY_MAX_S), body).await {
        Ok(Ok(body)) if body.is_complete() => body.into_inner(),
        Ok(Ok(_)) => return Err(too_large()),
        // Not 408, which would make a browser send it all again.
        Ok(Err(_)) | Err(_) => {
            let detail = format!("the request's body did not arrive within {BODY_MAX_S} seconds");
            return Err(Refusal::cut(Problem::new(Status::BadRequest, detail)));
        }
    };
    Clipboard::parse(&body).map_err(|error| {
        let field = error.field.clone();
        bad(&field, error)
    })
}

fn bad(field: &str, error: BadClipboard) -> Refusal {
    if field.is_empty() {
        return Problem::bad_request(error.reason, Vec::new()).into();
    }
    let detail = format!("{field}: {}", error.reason);
    Problem::bad_request(detail, vec![Warning::new(field, &error.value, error.reason)]).into()
}

fn state<'r, T: Send + Sync + 'static>(request: &'r Request<'_>) -> Result<&'r T, Refusal> {
    let missing = || Problem::unavailable("the server is not ready").into();
    request.rocket().state::<T>().ok_or_else(missing)
}

/// A truck that is not let in.
struct Refusal {
    problem: Problem,
    /// The rest of the request is not worth waiting for.
    cut: bool,
}

impl Refusal {
    fn cut(problem: Problem) -> Self {
        Self { problem, cut: true }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, cut: false }
    }
}

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.problem.respond_to(request)?;
        if self.cut {
            response.set_raw_header("Connection", "close");
        }
        Ok(response)
    }
}

/// A load on its way out.
struct Encoded(Vec<u8>);

impl<'r> Responder<'r, 'static> for Encoded {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let length = self.0.len();
        Response::build()
            .header(ContentType::JSON)
            .raw_header("Cache-Control", "no-store")
            .raw_header("X-Accel-Buffering", "no")
            .raw_header("X-Content-Type-Options", "nosniff")
            .sized_body(length, Cursor::new(self.0))
            // One piece, and a byte to find its end by.
            .max_chunk_size(length + 1)
            .ok()
    }
}
