//! The door for consoles that upload pairs: Weather Underground, Ecowitt, Ambient, WOW, Acurite.

mod words;

use super::console::{Arrived, Credentials, Dialect, Garbled, Target, Upload};
use super::enrolment::Turned;
use super::inflate::{self, Coding, NotInflated};
use super::keys::NoKey;
use super::trail::Trail;
use super::{Enrolment, Options, body, reasons, unmapped};
use crate::inbox::{Fate, Inbox, Note, Raw, Reader, Understood};
use crate::storage::{self, DeviceSecret, KEY_MARK, Storage, Stranger};
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use crate::web::error::Problem;
use crate::web::secrets::{Masked, masked};
use crate::web::{self, client};
use chrono::Utc;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome as Guarded, Request};
use rocket::route::{self, Handler};
use rocket::{Data, Route};
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use weather::mapping::Mappings;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;
pub(crate) use words::{Outcome, answer};

pub(super) fn routes() -> Vec<Route> {
    let uploads = [Method::Get, Method::Post].map(|method| Route::ranked(RANK, method, PATTERN, TakeUpload));
    let others = OTHERS.map(|method| Route::ranked(RANK, method, PATTERN, OtherMethod));
    [&uploads[..], &others[..]].concat()
}

/// The routes' pattern. It fits many paths, so the table of methods cannot tell of them.
const PATTERN: &str = "/<_>/<_..>";
/// Behind every page, likewise.
const RANK: isize = 30;
/// Methods by which nothing is stored. Without a route for HEAD, Rocket would treat it as a GET, and store the upload.
const OTHERS: [Method; 5] = [Method::Head, Method::Put, Method::Patch, Method::Delete, Method::Options];

/// The target of an upload, in any of its spellings; other targets are forwarded to other routes.
struct Asked<'r> {
    method: &'static str,
    from: Option<IpAddr>,
    /// The same, if it is sure: no proxy has hidden it.
    sure: Option<IpAddr>,
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
        let path = uri.path().raw().as_str();
        let ways = request.rocket().state::<Options>();
        let target = ways.map_or_else(|| Target::of(path), |ways| ways.target(path));
        let Some(target) = target else { return Guarded::Forward(Status::NotFound) };
        let options = request.rocket().state::<web::Options>();
        let from = options.and_then(|options| client::address(request, options));
        // A console is no browser: a page that a neighbour opens may not fill the list of those that wait.
        let is_of_page = OF_PAGES.iter().any(|name| request.headers().contains(name));
        let sure = options.filter(|_| !is_of_page).and_then(|options| client::sure_address(request, options));
        Guarded::Success(Asked {
            method: request.method().as_str(),
            from,
            sure,
            asked: uri.to_string(),
            target,
            query: uri.query().map_or("", |q| q.raw().as_str()),
        })
    }
}

impl<'r> Asked<'r> {
    /// The upload with this body.
    fn came<'a>(&'a self, body: &'a [u8]) -> Arriving<'a> {
        Arriving {
            way: self.method,
            from: self.from,
            sure: self.sure,
            asked: &self.asked,
            target: self.target,
            query: self.query,
            body,
        }
    }

    /// Whether the target says whose upload it is, so that nothing is looked for elsewhere.
    fn says_whose(&self) -> bool {
        let upload = Upload::new(Some(&self.target), &[self.target.tail.as_bytes(), self.query.as_bytes()]);
        upload.is_ok_and(|upload| upload.credentials().is_ok())
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
        let why = error.to_string();
        Self::Away { retry_after_s: Problem::from(error).retry_after_s().unwrap_or(1), why }
    }
}

impl From<NoBody> for Outcome {
    fn from(error: NoBody) -> Self {
        tracing::debug!(reason = %error, "an upload was refused");
        match error {
            NoBody::TooLarge(_) => Self::TooLarge,
            NoBody::TooSlow(_) | NoBody::GaveWay => Self::TooSlow,
            NoBody::Broken(_) | NoBody::NoLength => Self::BadRequest(error.to_string()),
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

/// Takes uploads. Rocket's attribute of a GET has no place for a body, and some consoles send their pairs in one.
#[derive(Clone)]
struct TakeUpload;

#[rocket::async_trait]
impl Handler for TakeUpload {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        let asked = match request.guard::<Asked<'_>>().await {
            Guarded::Success(asked) => asked,
            Guarded::Error((status, ())) | Guarded::Forward(status) => return route::Outcome::forward(data, status),
        };
        let rocket = request.rocket();
        let (Some(to), Some(options)) = (rocket.state::<Uploads>(), rocket.state::<Options>()) else {
            return route::Outcome::error(Status::InternalServerError);
        };
        let answer = if request.method() == Method::Get && asked.says_whose() {
            take_asked(&asked, &[], to, options).await
        } else {
            take_with_body(&asked, inflate::coding(request), to, options, data).await
        };
        route::Outcome::from(request, answer)
    }
}

async fn take_with_body(
    asked: &Asked<'_>,
    coding: Option<Coding>,
    to: &Uploads,
    options: &Options,
    data: Data<'_>,
) -> Answer {
    let inbox = &to.inbox;
    let Some(coding) = coding else { return asked.refuse(Outcome::Compressed, inbox) };
    let body = match body::read(data, options.upload_limit()).await {
        Ok(body) => body,
        Err(error) => return asked.refuse(error, inbox),
    };
    match inflate::inflate(body, coding, options.upload_limit()).await {
        Ok(body) => take_asked(asked, &body, to, options).await,
        Err(error) => asked.refuse(error, inbox),
    }
}

async fn take_asked(asked: &Asked<'_>, body: &[u8], to: &Uploads, options: &Options) -> Answer {
    let size = asked.target.tail.len() + asked.query.len() + body.len();
    if size > options.upload_limit().bytes {
        return asked.refuse(Outcome::TooLarge, &to.inbox);
    }
    take(&asked.came(body), to).await
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
    /// The same, if it is sure.
    pub sure: Option<IpAddr>,
    /// The target with all that stands in it, as it was sent.
    pub asked: &'a str,
    pub target: Target<'a>,
    /// Pairs behind the path.
    pub query: &'a str,
    pub body: &'a [u8],
}

/// Headers that browsers send with the requests of a page, and consoles never.
const OF_PAGES: [&str; 2] = ["Origin", "Sec-Fetch-Site"];

/// What is found out about an upload on the way to its answer.
#[derive(Default)]
struct Found {
    station: Option<Arc<Station>>,
    /// The sensor that is meant if a name says nothing else.
    of: SensorName,
    /// What its owner has said of fields.
    mappings: Mappings,
    /// Why it is no station's, if it is not.
    nobody: Cow<'static, str>,
    /// What was wrong with it, for the log.
    reasons: Vec<Cow<'static, str>>,
}

impl Arriving<'_> {
    /// The answer to what cannot be read.
    pub(crate) fn refuse(&self, outcome: Outcome, inbox: &Inbox) -> Answer {
        let (dialect, received) = (Dialect::at(self.target.place), now());
        let nobody = outcome.nobody().unwrap_or_default().into();
        let found = Found { nobody, reasons: outcome.refusal().into_iter().collect(), ..Found::default() };
        let answer = answer(dialect, outcome, received);
        self.note(inbox, dialect, received, found, &answer);
        answer
    }

    /// Shows the upload to the owner who looks.
    fn note(&self, inbox: &Inbox, dialect: Dialect, at: Timestamp, found: Found, answer: &Answer) {
        let Found { station, of, mappings, nobody, reasons } = found;
        let (is_anywhere, is_empty) = (self.target.place.is_none(), self.asked.is_empty() && self.body.is_empty());
        let arrived = Arrived::of(station.as_deref(), at);
        let reader: Reader =
            Box::new(move |target, body| understood(target, body, is_anywhere, arrived, (&of, &mappings)));
        inbox.note(Note {
            at,
            from: self.from,
            format: dialect.name(),
            way: self.way,
            station: station.ok_or(nobody),
            target: Raw::of(self.asked.as_bytes()),
            body: Raw::of(self.body),
            secrets: dialect.secrets(),
            fate: Fate::Answered { status: answer.status, body: Raw::of(&answer.body) },
            reasons,
            reader: (!is_empty).then_some(reader),
        });
    }
}

/// What an upload means.
fn understood(
    target: &Raw,
    body: &Raw,
    is_anywhere: bool,
    arrived: Arrived,
    (of, mappings): (&SensorName, &Mappings),
) -> Understood {
    let asked = String::from_utf8_lossy(&target.start);
    let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
    let target = if is_anywhere { Some(Target::anywhere(path)) } else { Target::of(path) };
    let tail = target.map_or("", |target| target.tail);
    let trail = Trail::default();
    let parsed = Upload::new(target.as_ref(), &[tail.as_bytes(), query.as_bytes(), &body.start]);
    let parsed = parsed.and_then(|upload| upload.parse_with(arrived, of, (mappings, Some(&trail))));
    trail.understood(parsed)
}

/// Where uploads go.
#[derive(Clone)]
pub struct Uploads {
    /// Those of stations.
    pub storage: Storage,
    /// All of them, for the owner who looks.
    pub inbox: Inbox,
    /// Those of nobody, if they may wait.
    pub enrolment: Enrolment,
}

/// Stores an upload, and answers after the commit.
pub(crate) async fn take(came: &Arriving<'_>, to: &Uploads) -> Answer {
    let received = now();
    let parts = [came.target.tail.as_bytes(), came.query.as_bytes(), came.body];
    let mut found = Found::default();
    let (dialect, outcome) = match Upload::new(Some(&came.target), &parts) {
        Ok(upload) => {
            let stored = store(&upload, came, to, received, &mut found).await;
            (upload.dialect(), stored.unwrap_or_else(|refusal| refusal))
        }
        Err(garbled) => (Dialect::at(came.target.place), garbled.into()),
    };
    if let Some(why) = outcome.nobody() {
        found.nobody = why.into();
    }
    if let Some(why) = outcome.refusal().filter(|_| found.reasons.is_empty()) {
        found.reasons.push(why);
    }
    let answer = answer(dialect, outcome, received);
    came.note(&to.inbox, dialect, received, found, &answer);
    answer
}

async fn store(
    upload: &Upload<'_>,
    came: &Arriving<'_>,
    to: &Uploads,
    received: Timestamp,
    found: &mut Found,
) -> Result<Outcome, Outcome> {
    let storage = &to.storage;
    let station = match sender(upload, storage).await? {
        Some(station) => station,
        None if wait(upload, came, to, received, found).await? => return Ok(Outcome::Waits),
        // Another process has bound the device a moment ago.
        None => sender(upload, storage).await?.ok_or(Outcome::Unauthorized)?,
    };
    found.nobody = Cow::default();
    found.station = Some(station.clone());
    found.of = sensor(upload, &station, storage).await?;
    found.mappings = storage.directory().mappings(station.id);
    let mut parsed = upload.parse_with(Arrived::of(Some(&station), received), &found.of, (&found.mappings, None))?;
    unmapped::note(storage, station.id, &mut parsed, received);
    if !parsed.warnings.is_empty() {
        tracing::debug!(station = %station.slug, warnings = %Masked(&parsed.warnings), "an upload was not stored in full");
    }
    if !parsed.reports.is_empty() {
        parsed.warnings.extend(storage.append(station.id, parsed.reports).await?.warnings);
    }
    found.reasons = reasons::of(None, &parsed.warnings);
    Ok(Outcome::Stored(station))
}

/// A key stands where a name belongs.
const SWAPPED: &str = "a key stands in the field of the ID: ID and password look swapped";

fn is_like_key(name: &str) -> bool {
    name.trim_start().to_ascii_lowercase().starts_with(KEY_MARK)
}

/// Why nobody's upload it is, without what is a secret somewhere.
fn why_unknown(upload: &Upload<'_>, storage: &Storage) -> Cow<'static, str> {
    match upload.credentials() {
        Ok(Credentials::Named(slug, _)) if storage.directory().by_slug(&slug).is_some() => {
            format!("the password is not the key of the station \"{slug}\"").into()
        }
        Ok(Credentials::Named(id, _)) if is_like_key(&id) => SWAPPED.into(),
        Ok(Credentials::Named(..)) => {
            "no station is called so, and no console with this ID and password is bound to one".into()
        }
        Ok(Credentials::Key(key)) => NoKey::of(key).told_of(key).into(),
        Ok(Credentials::Device(_)) if upload.dialect() == Dialect::Acurite => {
            "no station is bound to this hub's address".into()
        }
        Ok(Credentials::Device(_)) => "no station is bound to this PASSKEY".into(),
        Err(garbled) => masked(&garbled.to_string()).into_owned().into(),
    }
}

/// Keeps the upload of a device that is no station's, if it may wait. False: it is a station's by now.
async fn wait(
    upload: &Upload<'_>,
    came: &Arriving<'_>,
    to: &Uploads,
    received: Timestamp,
    found: &mut Found,
) -> Result<bool, Outcome> {
    let storage = &to.storage;
    let why = why_unknown(upload, storage);
    tracing::debug!(why = &*why, "an upload is no station's");
    let reason = match upload.credentials() {
        Ok(Credentials::Key(key)) => NoKey::of(key).to_string().into(),
        _ => why.clone(),
    };
    found.nobody = why;
    let waits = stranger(upload, came, storage)?.map(|stranger| to.enrolment.lets_wait(came.sure).map(|()| stranger));
    let (reason, nobody) = match waits {
        Some(Ok(stranger)) => {
            let parsed = upload.parse(received, &SensorName::main())?;
            return Ok(storage.keep_unclaimed(stranger, &parsed.reports).await?);
        }
        Some(Err(Turned::Off)) | None => (reason, None),
        Some(Err(turned)) => {
            (format!("{reason}, and {turned}").into(), Some(format!("{}, and {turned}", found.nobody)))
        }
    };
    found.nobody = nobody.map_or_else(|| std::mem::take(&mut found.nobody), Cow::from);
    found.reasons.push(reason);
    Err(Outcome::Unauthorized)
}

/// Whose upload it is.
async fn sender(upload: &Upload<'_>, storage: &Storage) -> Result<Option<Arc<Station>>, Outcome> {
    Ok(match upload.credentials()? {
        Credentials::Named(slug, key) => match storage.authenticate(&slug, key).await? {
            None => storage.directory().by_login(&slug, key).cloned(),
            station => station,
        },
        Credentials::Key(key) => storage.station_by_key(key).await?,
        // From memory, so that a stranger costs nothing.
        Credentials::Device(name) => storage.directory().by_device(name).cloned(),
    })
}

/// Whose upload it is that is no station's, if that can be claimed. A wrong password of a station that is there cannot, and
/// neither can a key.
fn stranger(upload: &Upload<'_>, came: &Arriving<'_>, storage: &Storage) -> Result<Option<Stranger>, Outcome> {
    let secret = match upload.credentials()? {
        Credentials::Named(slug, _) if storage.directory().by_slug(&slug).is_some() => None,
        Credentials::Named(name, key) if is_like_key(&name) || is_like_key(key) => None,
        Credentials::Named(name, password) => DeviceSecret::login(&name, password),
        Credentials::Key(_) => None,
        Credentials::Device(name) if upload.dialect() == Dialect::Acurite => DeviceSecret::mac(name).ok(),
        Credentials::Device(name) => DeviceSecret::passkey(name).ok(),
    };
    Ok(secret.map(|secret| Stranger {
        secret,
        format: upload.dialect().name(),
        model: masked(upload.model()).into_owned(),
        address: came.from.map_or_else(String::new, |from| from.to_string()),
        part: upload.device().map(|device| (device.name, device.is_whole)),
    }))
}

/// The sensor of a hub's device that has no number.
const UNNAMED: &str = "unnamed";

/// The sensor that an upload is of. Of several devices behind a hub, the first one that can be the station's main sensor is it
/// for good; the others have names of their own.
async fn sensor(upload: &Upload<'_>, station: &Station, storage: &Storage) -> Result<SensorName, Outcome> {
    let known = storage.directory().main_device(station.slug.as_str()).cloned();
    let Some(device) = upload.device() else {
        // The main sensor is another device's, and nobody knows whose values these are.
        let is_other = upload.is_of_hub() && known.is_some();
        return Ok(if is_other { SensorName::new(UNNAMED).unwrap_or_default() } else { SensorName::main() });
    };
    let main = match known {
        None if device.is_whole => storage.claim_main_device(&station.slug, &device.name).await?,
        known => known,
    };
    Ok(if main.as_ref() == Some(&device.name) { SensorName::main() } else { device.name })
}
