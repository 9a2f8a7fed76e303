//! The door for consoles that upload pairs: Weather Underground, Ecowitt, Ambient, WOW, Acurite.

mod words;

use super::console::{Credentials, Dialect, Garbled, Target, Upload};
use super::inflate::{self, Coding, NotInflated};
use super::{Options, body};
use crate::inbox::{Inbox, Note, Raw, Reader, Trail, Understood};
use crate::storage::{self, Storage};
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use crate::web::client;
use crate::web::error::Problem;
use crate::web::secrets::{Masked, masked};
use chrono::Utc;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome as Guarded, Request};
use rocket::route::{self, Handler};
use rocket::{Data, Route, State, get, post, routes};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;
pub(crate) use words::{Outcome, answer};

pub(super) fn routes() -> Vec<Route> {
    let others = OTHERS.map(|method| Route::ranked(RANK, method, PATTERN, OtherMethod));
    [routes![get_upload, post_upload], others.into()].concat()
}

/// The routes' pattern, and that of the two below. It fits many paths, so the table of methods cannot tell of them.
const PATTERN: &str = "/<_>/<_..>";
/// Behind every page, likewise.
const RANK: isize = 30;
/// Methods by which nothing is stored. Without a route for HEAD, Rocket would treat it as a GET, and store the upload.
const OTHERS: [Method; 5] = [Method::Head, Method::Put, Method::Patch, Method::Delete, Method::Options];

/// The target of an upload, in any of its spellings; other targets are forwarded to other routes.
struct Asked<'r> {
    method: &'static str,
    from: Option<IpAddr>,
    /// All of it, as it was sent.
    asked: String,
    target: Target<'r>,
    query: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Guarded<Self, ()> {
        let uri = request.uri();
        let Some(target) = Target::of(uri.path().raw().as_str()) else { return Guarded::Forward(Status::NotFound) };
        let from = request.rocket().state().and_then(|options| client::address(request, options));
        Guarded::Success(Asked {
            method: request.method().as_str(),
            from,
            asked: uri.to_string(),
            target,
            query: uri.query().map_or("", |q| q.raw().as_str()),
        })
    }
}

impl<'r> Asked<'r> {
    /// The upload with this body.
    fn came<'a>(&'a self, body: &'a [u8]) -> Arriving<'a> {
        Arriving { way: self.method, from: self.from, asked: &self.asked, target: self.target, query: self.query, body }
    }

    /// The answer to what cannot be read.
    fn refuse(&self, outcome: impl Into<Outcome>, inbox: &Inbox) -> Answer {
        self.came(&[]).refuse(outcome.into(), inbox)
    }
}

impl From<Garbled> for Outcome {
    fn from(garbled: Garbled) -> Self {
        let reason = masked(&garbled.to_string()).into_owned();
        tracing::debug!(reason, "an upload was refused");
        Self::BadRequest(reason)
    }
}

impl From<storage::Error> for Outcome {
    fn from(error: storage::Error) -> Self {
        if matches!(error, storage::Error::NoStation(_)) {
            return Self::Unauthorized;
        }
        Self::Away { retry_after_s: Problem::from(error).retry_after_s().unwrap_or(1) }
    }
}

impl From<NoBody> for Outcome {
    fn from(error: NoBody) -> Self {
        tracing::debug!(reason = %error, "an upload was refused");
        match error {
            NoBody::TooLarge(_) => Self::TooLarge,
            NoBody::TooSlow(_) | NoBody::GaveWay => Self::TooSlow,
            NoBody::Broken(_) => Self::BadRequest(error.to_string()),
        }
    }
}

impl From<NotInflated> for Outcome {
    fn from(error: NotInflated) -> Self {
        tracing::debug!(reason = %error, "an upload was refused");
        match error {
            NotInflated::TooLarge(_) => Self::TooLarge,
            NotInflated::NotGzip => Self::BadRequest(error.to_string()),
        }
    }
}

/// How the body was written.
struct Written(Option<Coding>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Written {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Guarded<Self, Infallible> {
        Guarded::Success(Self(inflate::coding(request)))
    }
}

/// Answers the [`OTHERS`].
#[derive(Clone)]
struct OtherMethod;

#[rocket::async_trait]
impl Handler for OtherMethod {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        match request.guard::<Asked<'_>>().await {
            Guarded::Success(asked) => {
                let refusal = answer(Dialect::at(asked.target.place), Outcome::OtherMethod, now());
                route::Outcome::from(request, refusal)
            }
            Guarded::Error((status, ())) | Guarded::Forward(status) => route::Outcome::forward(data, status),
        }
    }
}

// The rank and the pattern of the routes above.
#[get("/<_>/<_..>", rank = 30)]
async fn get_upload(
    asked: Asked<'_>,
    storage: &State<Storage>,
    inbox: &State<Inbox>,
    options: &State<Options>,
) -> Answer {
    take_asked(&asked, &[], storage, inbox, options).await
}

#[post("/<_>/<_..>", rank = 30, data = "<data>")]
async fn post_upload(
    asked: Asked<'_>,
    written: Written,
    storage: &State<Storage>,
    inbox: &State<Inbox>,
    options: &State<Options>,
    data: Data<'_>,
) -> Answer {
    let Some(coding) = written.0 else { return asked.refuse(Outcome::Compressed, inbox) };
    let body = match body::read(data, options.upload_limit()).await {
        Ok(body) => body,
        Err(error) => return asked.refuse(error, inbox),
    };
    match inflate::inflate(body, coding, options.upload_limit()).await {
        Ok(body) => take_asked(&asked, &body, storage, inbox, options).await,
        Err(error) => asked.refuse(error, inbox),
    }
}

async fn take_asked(asked: &Asked<'_>, body: &[u8], storage: &Storage, inbox: &Inbox, options: &Options) -> Answer {
    let size = asked.target.tail.len() + asked.query.len() + body.len();
    if size > options.upload_limit().bytes {
        return asked.refuse(Outcome::TooLarge, inbox);
    }
    take(&asked.came(body), storage, inbox).await
}

#[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
pub(crate) fn now() -> Timestamp {
    Utc::now().into()
}

/// An upload, as the door has it through which it came.
pub(crate) struct Arriving<'a> {
    /// How it came, for the owner who looks.
    pub way: &'static str,
    pub from: Option<IpAddr>,
    /// The target with all that stands in it, as it was sent.
    pub asked: &'a str,
    pub target: Target<'a>,
    /// Pairs behind the path.
    pub query: &'a str,
    pub body: &'a [u8],
}

/// What is found out about an upload on the way to its answer.
#[derive(Default)]
struct Found {
    station: Option<Arc<Station>>,
    /// The sensor that is meant if a name says nothing else.
    of: SensorName,
    /// Why it is no station's, if it is not.
    nobody: String,
}

impl Arriving<'_> {
    /// The answer to what cannot be read.
    pub(crate) fn refuse(&self, outcome: Outcome, inbox: &Inbox) -> Answer {
        let (dialect, received) = (Dialect::at(self.target.place), now());
        let found = Found { nobody: outcome.nobody(), ..Found::default() };
        let answer = answer(dialect, outcome, received);
        self.note(inbox, dialect, received, found, &answer);
        answer
    }

    /// Shows the upload to the owner who looks.
    fn note(&self, inbox: &Inbox, dialect: Dialect, at: Timestamp, found: Found, answer: &Answer) {
        let Found { station, of, nobody } = found;
        let (is_anywhere, is_empty) = (self.target.place.is_none(), self.asked.is_empty() && self.body.is_empty());
        let clock_offset_ms = station.as_ref().map_or(0, |station| station.clock_offset_ms);
        let reader: Reader =
            Box::new(move |target, body| understood(target, body, is_anywhere, (at, clock_offset_ms), &of));
        inbox.note(Note {
            at,
            from: self.from,
            format: dialect.name(),
            way: self.way,
            station: station.ok_or(nobody.into()),
            target: Raw::of(self.asked.as_bytes()),
            body: Raw::of(self.body),
            secrets: dialect.secrets(),
            status: answer.status,
            answer: Raw::of(&answer.body),
            reader: (!is_empty).then_some(reader),
        });
    }
}

/// What an upload means.
fn understood(target: &Raw, body: &Raw, is_anywhere: bool, at: (Timestamp, i64), of: &SensorName) -> Understood {
    let asked = String::from_utf8_lossy(&target.start);
    let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
    let target = if is_anywhere { Some(Target::anywhere(path)) } else { Target::of(path) };
    let tail = target.map_or("", |target| target.tail);
    let trail = Trail::default();
    let parsed = Upload::new(target.as_ref(), &[tail.as_bytes(), query.as_bytes(), &body.start]);
    let parsed = parsed.and_then(|upload| upload.parse_with(at, of, Some(&trail)));
    Understood::of(parsed, trail)
}

/// Stores an upload, and answers after the commit.
pub(crate) async fn take(came: &Arriving<'_>, storage: &Storage, inbox: &Inbox) -> Answer {
    let received = now();
    let parts = [came.target.tail.as_bytes(), came.query.as_bytes(), came.body];
    let mut found = Found::default();
    let (dialect, outcome) = match Upload::new(Some(&came.target), &parts) {
        Ok(upload) => {
            let stored = store(&upload, storage, received, &mut found).await;
            (upload.dialect(), stored.unwrap_or_else(|refusal| refusal))
        }
        Err(garbled) => (Dialect::at(came.target.place), garbled.into()),
    };
    found.nobody = outcome.nobody();
    let answer = answer(dialect, outcome, received);
    came.note(inbox, dialect, received, found, &answer);
    answer
}

async fn store(
    upload: &Upload<'_>,
    storage: &Storage,
    received: Timestamp,
    found: &mut Found,
) -> Result<Outcome, Outcome> {
    let Some(station) = sender(upload, storage).await? else {
        tell_unknown(upload);
        return Err(Outcome::Unauthorized);
    };
    found.station = Some(station.clone());
    found.of = sensor(upload, &station, storage).await?;
    let parsed = upload.parse_with((received, station.clock_offset_ms), &found.of, None)?;
    if !parsed.warnings.is_empty() {
        tracing::debug!(station = %station.slug, warnings = %Masked(&parsed.warnings), "an upload was not stored in full");
    }
    if !parsed.reports.is_empty() {
        storage.append(station.id, parsed.reports).await?;
    }
    Ok(Outcome::Stored(station))
}

/// Says in the log who was refused, without what is a secret somewhere.
fn tell_unknown(upload: &Upload<'_>) {
    match upload.credentials() {
        Ok(Credentials::Named(station, _)) => {
            let station = masked(&station);
            tracing::debug!(%station, "an upload came with an unknown ID or a wrong PASSWORD");
        }
        Ok(Credentials::Device(_)) => tracing::debug!("an upload came from a device that is not bound to a station"),
        _ => tracing::debug!("an upload came with a key that is no station's"),
    }
}

/// Whose upload it is.
async fn sender(upload: &Upload<'_>, storage: &Storage) -> Result<Option<Arc<Station>>, Outcome> {
    Ok(match upload.credentials()? {
        Credentials::Named(slug, key) => storage.authenticate(&slug, key).await?,
        Credentials::Key(key) => storage.station_by_key(key).await?,
        // From memory, so that a stranger costs nothing.
        Credentials::Device(name) => storage.directory().by_device(name).cloned(),
    })
}

/// The sensor that an upload is of. Of several devices behind a hub, the first one that can be the station's main sensor is it
/// for good; the others have names of their own.
async fn sensor(upload: &Upload<'_>, station: &Station, storage: &Storage) -> Result<SensorName, Outcome> {
    let Some(device) = upload.device() else { return Ok(SensorName::main()) };
    let known = storage.directory().main_device(station.slug.as_str()).cloned();
    let main = match known {
        None if device.is_whole => storage.claim_main_device(&station.slug, &device.name).await?,
        known => known,
    };
    Ok(if main.as_ref() == Some(&device.name) { SensorName::main() } else { device.name })
}
