//! The gate checks a request before anything of it is read, and finds out which page calls.

use super::{Engines, Live};
use crate::storage::words::Visitor;
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::settings::Settings;
use crate::web::{client, origin, visitor};
use base64ct::{Base64UrlUnpadded, Encoding};
use channel::clipboard::{BODY_MAX_BYTES, BadClipboard, Clipboard, Id};
use channel::crowd::{Party, Source};
use rocket::http::Status;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use weather::report::Warning;

/// How long a clipboard may take to arrive, seconds: enough for 64 KiB over the worst radio link. HTTP/1 has no limit
/// of its own.
pub(crate) const BODY_MAX_S: u64 = 10;
/// The limits of a clipboard.
pub(crate) const BODY: BodyLimit = BodyLimit { bytes: BODY_MAX_BYTES, patience: Duration::from_secs(BODY_MAX_S) };

/// Bytes of the name of a place: 128 bits.
const PLACE_BYTES: usize = 16;

/// A page that calls.
pub(crate) struct Caller {
    /// The parts of the server that it talks to.
    pub engines: Arc<Engines>,
    /// The page's place in the dock: its bay's name, and whose it is.
    pub bay: Id,
    /// The visitor who looks at it.
    pub visitor: Visitor,
    /// Whether the visitor has a cookie, or is given one now.
    pub is_known: bool,
    /// The name of the units in which they are answered.
    pub units: String,
    /// The cookie that is given with the answer.
    pub cookie: Option<String>,
    is_https: bool,
    source: Option<Source>,
}

impl Live {
    /// Lets a request of our own pages pass, if the page does not send too many.
    pub(super) fn caller(&self, bay: &str, head: &dyn Head) -> Result<Caller, Refusal> {
        if !origin::may_read(head) {
            return Err(self.sends_away(bay, head));
        }
        self.admit(bay, head, visitor::of_home(head))
    }

    /// Lets a request pass in nobody's name.
    pub(super) fn stranger(&self, bay: &str, head: &dyn Head) -> Result<Caller, Refusal> {
        self.admit(bay, head, None)
    }

    /// Refuses a request of a page elsewhere. It is braked as a stranger's: it must not brake the visitor whose cookie it has.
    pub(super) fn sends_away(&self, bay: &str, head: &dyn Head) -> Refusal {
        let not_ours = || Problem::new(Status::Forbidden, "the dock serves this server's own pages only").into();
        self.admit(bay, head, None).err().unwrap_or_else(not_ours)
    }

    fn admit(&self, bay: &str, head: &dyn Head, known: Option<Visitor>) -> Result<Caller, Refusal> {
        let engines = &self.0;
        let bay = Id::new(bay).and_then(|bay| place(&bay, known.as_ref())).map_err(|error| bad("bay", error))?;
        engines.brake.check(&bay).map_err(|_| Problem::too_many(TOO_EAGER, 1))?;
        let is_known = known.is_some();
        let visitor = known.unwrap_or_else(|| engines.nobody.clone());
        Ok(Caller {
            engines: Arc::clone(engines),
            is_known,
            visitor,
            units: Settings::of(head).preference().name(),
            cookie: None,
            is_https: client::is_https(head, &engines.web),
            source: client::address(head, &engines.web).and_then(Source::of),
            bay,
        })
    }
}

/// The place in the dock of a page with this bay. A bay is no secret, so its name alone does not do: who sends a truck with another
/// visitor's bay gets a place of their own. Strangers share theirs.
fn place(bay: &Id, visitor: Option<&Visitor>) -> Result<Id, BadClipboard> {
    // Neither of the two has a slash.
    let digest = Sha256::digest([visitor.map_or("", Visitor::as_str), "/", bay.as_str()].concat());
    Id::new(&Base64UrlUnpadded::encode_string(&digest[..PLACE_BYTES]))
}

/// Said to a page that the brake stops.
pub(crate) const TOO_EAGER: &str = "this page sends more than ten trucks a second";

impl Caller {
    /// Gives a visitor without a cookie one, with the answer to this request.
    pub(crate) fn introduce(&mut self) {
        if !std::mem::replace(&mut self.is_known, true) {
            let (visitor, secret) = visitor::stranger();
            let cookie = visitor::cookie(secret, self.is_https).to_string();
            self.cookie = Some(self.engines.web.base.set_cookie(&cookie).into_owned());
            self.visitor = visitor;
        }
    }

    /// The party that the page's truck counts against.
    pub(crate) fn party(&self) -> Party {
        Party { visitor: self.is_known.then(|| self.visitor.as_str().into()), source: self.source }
    }

    /// The page's build, if this server has another.
    pub(crate) fn other_build(&self, of_page: Option<&str>) -> bool {
        matches!((&self.engines.build, of_page), (Some(own), Some(of_page)) if *own.0 != *of_page)
    }
}

/// 415.
pub(crate) fn no_json() -> Refusal {
    Problem::new(Status::UnsupportedMediaType, "send Content-Type: application/json").into()
}

/// Why a clipboard is not read to its end.
pub(crate) fn no_body(error: &NoBody) -> Refusal {
    Refusal::cut(match error {
        NoBody::TooLarge(_) => Problem::new(Status::PayloadTooLarge, "a clipboard has 64 KiB at most"),
        // Not 408, which would make a browser send it all again.
        NoBody::TooSlow(_) | NoBody::GaveWay | NoBody::Broken(_) | NoBody::NoLength => {
            let detail = format!("the request's body did not arrive within {BODY_MAX_S} seconds");
            Problem::new(Status::BadRequest, detail)
        }
    })
}

/// Reads a clipboard.
pub(crate) fn clipboard(body: &[u8]) -> Result<Clipboard, Refusal> {
    Clipboard::parse(body).map_err(|error| {
        let field = error.field.clone();
        bad(&field, error)
    })
}

/// 400, with the field named.
pub(crate) fn bad(field: &str, error: BadClipboard) -> Refusal {
    if field.is_empty() {
        return Problem::bad_request(error.reason, Vec::new()).into();
    }
    let detail = format!("{field}: {}", error.reason);
    Problem::bad_request(detail, vec![Warning::new(field, &error.value, error.reason)]).into()
}

/// A truck that is not let in.
pub(crate) struct Refusal {
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

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let answer = Answer::from(refusal.problem);
        if refusal.cut { answer.closing() } else { answer }
    }
}
