//! The key of a station in the head of a request: where it may stand, and what is said if it is not good.

use crate::storage::{self, Key, Storage};
use crate::web::head::Head;
use base64ct::{Base64, Encoding};
use std::borrow::Cow;
use std::sync::Arc;
use weather::station::Station;

/// The challenge of every 401 (RFC 9110 11.6.1).
pub(crate) const CHALLENGE: &str = "Bearer, Token, Basic realm=\"station key\"";

/// What may be wrong with a key that no station has.
const UNKNOWN: &str = "it is mistyped, was renewed, or belongs to another server";

/// Why nobody is let in. No text repeats what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoKey {
    /// None was sent.
    #[error(
        "no key was sent: send the station's key as Authorization: Bearer stv_…, as the password of Basic authorization, or as \
         X-API-Key"
    )]
    Missing,
    /// The header `Authorization` is none of those that are taken.
    #[error("Authorization is neither Bearer, nor Token, nor Basic: send Authorization: Bearer stv_…")]
    Scheme,
    /// It does not look like a key.
    #[error("what was sent has not the form of a key: stv_ and 43 letters, digits, - and _")]
    Form,
    /// It looks like one.
    #[error("no station has this key: {UNKNOWN}")]
    Unknown,
    /// The key is good, but the name beside it is that of another station.
    #[error("the key is not that of the station that the user's name says")]
    OtherStation,
}

impl NoKey {
    /// Why no station has this key.
    pub(crate) fn of(key: &str) -> Self {
        if Key::is_like_one(key) { Self::Unknown } else { Self::Form }
    }

    /// The same for the owner who looks, with so much of the key as lists of stations show.
    pub(crate) fn told_of(self, key: &str) -> String {
        match (self, Key::hint(key)) {
            (Self::Unknown, hint) if !hint.is_empty() => format!("unknown key, \"{hint}…\" after stv_: {UNKNOWN}"),
            (Self::Unknown, _) => format!("unknown key: {UNKNOWN}"),
            _ => self.to_string(),
        }
    }
}

/// A key as it was sent, and the name beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sent<'h> {
    key: Cow<'h, str>,
    user: Option<String>,
}

impl<'h> Sent<'h> {
    /// The key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// A key that stood elsewhere than in a header.
    pub(crate) fn bare(key: impl Into<Cow<'h, str>>, user: Option<String>) -> Self {
        Self { key: key.into(), user }
    }
}

/// The key of `Authorization: Bearer`, which nearly everybody sends.
pub(crate) fn bearer(head: &dyn Head) -> Option<&str> {
    let (scheme, key) = head.first("Authorization")?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| key.trim())
}

/// The key in the headers.
///
/// # Errors
/// [`NoKey::Missing`], [`NoKey::Scheme`] or [`NoKey::Form`].
pub(crate) fn sent(head: &dyn Head) -> Result<Sent<'_>, NoKey> {
    let api_key = head.first("X-API-Key").map(str::trim);
    let Some(authorization) = head.first("Authorization").map(str::trim).filter(|text| !text.is_empty()) else {
        return api_key.map(|key| Sent::bare(key, None)).ok_or(NoKey::Missing);
    };
    let (scheme, rest) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let (is, rest) = (|name: &str| scheme.eq_ignore_ascii_case(name), rest.trim());
    match api_key {
        _ if is("Bearer") => Ok(Sent::bare(rest, None)),
        // InfluxDB 1.8 takes `Token user:password`.
        _ if is("Token") => Ok(match rest.split_once(':') {
            Some((user, key)) => Sent::bare(key, Some(user.to_owned())),
            None => Sent::bare(rest, None),
        }),
        _ if is("Basic") => {
            let decoded = Base64::decode_vec(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let pair = decoded.ok_or(NoKey::Form)?;
            let (user, key) = pair.split_once(':').ok_or(NoKey::Form)?;
            Ok(Sent { key: Cow::Owned(key.to_owned()), user: Some(user.to_owned()) })
        }
        Some(key) => Ok(Sent::bare(key, None)),
        None => Err(NoKey::Scheme),
    }
}

/// The station that a key belongs to. The name beside it may be any, but not that of another station.
pub(crate) async fn station(storage: &Storage, sent: &Sent<'_>) -> Result<Result<Arc<Station>, NoKey>, storage::Error> {
    let Some(station) = storage.station_by_key(&sent.key).await? else {
        return Ok(Err(NoKey::of(&sent.key)));
    };
    let user = sent.user.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_other = storage.directory().by_slug(&user).is_some_and(|other| other.id != station.id);
    Ok(if is_other { Err(NoKey::OtherStation) } else { Ok(station) })
}
