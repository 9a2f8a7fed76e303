//! Bodies on their way: those that hyper knows the end of, and those of old clients that end where the client ends them.

use super::connected::{Connected, READ_BYTES};
use super::register::{Doing, Slot};
use crate::web::body::{BodyLimit, NoBody};
use crate::web::turns::Body;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes, Incoming};
use std::time::Duration;
use tokio::time::timeout;
use weather::station::StationId;

/// What is read of a body that is larger than its limit, in limits: a sender that is cut off in the middle of its body often
/// never reads the reason. One that sends even more than this is cut off.
const SPILL_LIMITS: usize = 4;
/// A body without a length ends when its client closes its side, or when nothing more has come for so long: many clients keep
/// their side open and wait for the answer.
const SILENCE: Duration = Duration::from_secs(2);
/// Many consoles send a POST without a body, and all pairs in its target. They are to have their answer soon.
const BODY_GRACE: Duration = Duration::from_millis(300);

/// Where a body comes from.
pub(super) enum Coming<'a> {
    /// From hyper, which knows where it ends.
    Framed(Incoming),
    /// From a client that says nothing of its end, straight from the socket.
    Endless {
        /// Its connection.
        line: &'a mut Connected,
        /// It has come to its end if nothing comes for so long.
        patience: Duration,
    },
}

/// A body that is on its way.
pub(super) struct Sent<'a> {
    pub body: Coming<'a>,
    pub slot: &'a Slot,
    /// What the connection does once the body is there.
    pub then: Doing,
    /// Whether having none is an error: its sender has not said that there is none, and would hear that all is stored.
    pub is_asked: bool,
}

impl<'a> Coming<'a> {
    /// The body that comes over a connection to its end. `has_pairs`: the request is likely to be whole without one.
    pub(super) fn endless(line: &'a mut Connected, has_pairs: bool) -> Self {
        Self::Endless { line, patience: if has_pairs { BODY_GRACE } else { SILENCE } }
    }

    /// The next piece; `None`: all has come.
    async fn next(&mut self) -> Result<Option<Bytes>, NoBody> {
        match self {
            Self::Framed(body) => {
                while let Some(frame) = body.frame().await {
                    if let Ok(data) = frame.map_err(std::io::Error::other)?.into_data() {
                        return Ok(Some(data));
                    }
                }
                Ok(None)
            }
            Self::Endless { line, patience } => {
                if line.ahead.is_empty() {
                    match timeout(*patience, line.read(READ_BYTES)).await {
                        Ok(Ok(1..)) => {}
                        Ok(Ok(0)) | Err(_) => return Ok(None),
                        Ok(Err(error)) => return Err(error.into()),
                    }
                }
                *patience = SILENCE;
                Ok(Some(std::mem::take(&mut line.ahead).into()))
            }
        }
    }
}

impl Sent<'_> {
    /// Whether it is sure that nothing comes.
    pub(super) fn is_none(&self) -> bool {
        matches!(&self.body, Coming::Framed(body) if body.is_end_stream())
    }

    /// Reads it. `coming` may have to give way to others meanwhile.
    pub(super) async fn read(self, limit: BodyLimit, coming: Option<&Body<StationId>>) -> Result<Vec<u8>, NoBody> {
        let came = |bytes| coming.iter().for_each(|coming| coming.came(bytes));
        let gives_way = async {
            match coming {
                Some(coming) => coming.gives_way().await,
                None => std::future::pending().await,
            }
        };
        let read = tokio::select! {
            biased;
            read = timeout(limit.patience, Self::all(self.body, limit.bytes, came)) => read,
            () = gives_way => Ok(Err(NoBody::GaveWay)),
        };
        self.slot.does(self.then);
        match read {
            Ok(Ok(body)) if body.is_empty() && self.is_asked => Err(NoBody::NoLength),
            read => read.unwrap_or(Err(NoBody::TooSlow(limit.patience))),
        }
    }

    async fn all(mut body: Coming<'_>, limit_bytes: usize, came: impl Fn(usize)) -> Result<Vec<u8>, NoBody> {
        let (mut all, mut spilled) = (Vec::new(), 0);
        while let Some(data) = body.next().await? {
            came(data.len());
            if spilled == 0 && all.len() + data.len() <= limit_bytes {
                all.extend_from_slice(&data);
                continue;
            }
            all = Vec::new();
            spilled += data.len();
            if spilled > limit_bytes.saturating_mul(SPILL_LIMITS) {
                break;
            }
        }
        if spilled > 0 { Err(NoBody::TooLarge(limit_bytes)) } else { Ok(all) }
    }
}
