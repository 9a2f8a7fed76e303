//! The door for consoles that upload pairs: Weather Underground, Ecowitt, Ambient, WOW, Acurite.

mod words;

use super::console::{Credentials, Dialect, Garbled, Target, Upload};
use super::inflate::{self, Coding, NotInflated};
use super::{Options, body};
use crate::storage::{self, Storage};
use crate::web::answer::Answer;
use crate::web::body::NoBody;
use crate::web::error::Problem;
use crate::web::secrets::{Masked, masked};
use chrono::Utc;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome as Guarded, Request};
use rocket::route::{self, Handler};
use rocket::{Data, Route, State, get, post, routes};
use std::convert::Infallible;
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
    target: Target<'r>,
    query: &'r str,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Guarded<Self, ()> {
        let uri = request.uri();
        let path = uri.path().raw().as_str();
        let options = request.rocket().state::<Options>();
        match options.map_or_else(|| Target::of(path), |options| options.target(path)) {
            Some(target) => Guarded::Success(Asked { target, query: uri.query().map_or("", |q| q.raw().as_str()) }),
            None => Guarded::Forward(Status::NotFound),
        }
    }
}

impl Asked<'_> {
    /// The answer to what cannot be read.
    fn refuse(&self, outcome: impl Into<Outcome>) -> Answer {
        answer(Dialect::at(self.target.place), outcome.into(), now())
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
            Guarded::Success(asked) => route::Outcome::from(request, asked.refuse(Outcome::OtherMethod)),
            Guarded::Error((status, ())) | Guarded::Forward(status) => route::Outcome::forward(data, status),
        }
    }
}

// The rank and the pattern of the routes above.
#[get("/<_>/<_..>", rank = 30)]
async fn get_upload(asked: Asked<'_>, storage: &State<Storage>, options: &State<Options>) -> Answer {
    take_asked(&asked, &[], storage, options).await
}

#[post("/<_>/<_..>", rank = 30, data = "<data>")]
async fn post_upload(
    asked: Asked<'_>,
    written: Written,
    storage: &State<Storage>,
    options: &State<Options>,
    data: Data<'_>,
) -> Answer {
    let Some(coding) = written.0 else { return asked.refuse(Outcome::Compressed) };
    let body = match body::read(data, options.upload_limit()).await {
        Ok(body) => body,
        Err(error) => return asked.refuse(error),
    };
    match inflate::inflate(body, coding, options.upload_limit()).await {
        Ok(body) => take_asked(&asked, &body, storage, options).await,
        Err(error) => asked.refuse(error),
    }
}

async fn take_asked(asked: &Asked<'_>, body: &[u8], storage: &Storage, options: &Options) -> Answer {
    let size = asked.target.tail.len() + asked.query.len() + body.len();
    if size > options.upload_limit().bytes {
        return asked.refuse(Outcome::TooLarge);
    }
    take(Some(&asked.target), &[asked.query.as_bytes(), body], storage).await
}

#[expect(clippy::disallowed_methods, reason = "a door: the time of arrival")]
pub(crate) fn now() -> Timestamp {
    Utc::now().into()
}

/// Stores an upload, and answers after the commit. `target` is its path, if that says anything; `parts` hold the other pairs.
pub(crate) async fn take(target: Option<&Target<'_>>, parts: &[&[u8]], storage: &Storage) -> Answer {
    let received = now();
    let tail = target.map_or("", |target| target.tail);
    let parts = [&[tail.as_bytes()], parts].concat();
    let (dialect, outcome) = match Upload::new(target, &parts) {
        Ok(upload) => (upload.dialect(), store(&upload, storage, received).await.unwrap_or_else(|refusal| refusal)),
        Err(garbled) => (Dialect::at(target.and_then(|target| target.place)), garbled.into()),
    };
    answer(dialect, outcome, received)
}

async fn store(upload: &Upload<'_>, storage: &Storage, received: Timestamp) -> Result<Outcome, Outcome> {
    let Some(station) = sender(upload, storage).await? else {
        tell_unknown(upload);
        return Err(Outcome::Unauthorized);
    };
    let of = sensor(upload, &station, storage).await?;
    let parsed = upload.parse(received, &of)?;
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
