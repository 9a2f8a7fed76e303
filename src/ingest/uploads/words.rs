//! What consoles are answered, each in the words of its protocol.
//!
//! Most consoles read only the body. WeeWX stops for an hour if a line of a success starts with `ERROR`, and gives the
//! record up if `invalid` stands anywhere in it, so no success holds those words. There is no 429: WeeWX gives up the
//! record at one, and tries again at a 503.

use crate::ingest::console::Dialect;
use crate::ingest::inflate;
use crate::web::answer::Answer;
use chrono::{DateTime, Offset, TimeZone, Utc};
use std::borrow::Cow;
use std::sync::Arc;
use weather::station::Station;
use weather::time::Timestamp;

/// What became of an upload.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is stored, or there was nothing in it to store.
    Stored(Arc<Station>),
    /// It is no station's, and waits to be claimed.
    Waits,
    Unauthorized,
    BadRequest(String),
    OtherMethod,
    TooLarge,
    Compressed,
    TooSlow,
    Away {
        retry_after_s: u32,
        /// What the database said, for the owner.
        why: String,
    },
}

impl Outcome {
    /// Why it was refused, for the log; `None` if it was not.
    pub(crate) fn refusal(&self) -> Option<Cow<'static, str>> {
        Some(match self {
            Self::Stored(_) | Self::Waits => return None,
            Self::BadRequest(reason) => reason.clone().into(),
            Self::Unauthorized => "its station was removed a moment ago".into(),
            Self::OtherMethod => "it was sent by another method than GET and POST".into(),
            Self::TooLarge => "it is too large".into(),
            Self::Compressed => "it is compressed in another way than gzip".into(),
            Self::TooSlow => "it came too slowly".into(),
            Self::Away { why, .. } => why.clone().into(),
        })
    }

    /// Why it is nobody's, for the owner who looks; `None` if who knows it has said it.
    pub(super) fn nobody(&self) -> Option<String> {
        match self {
            Self::BadRequest(reason) => Some(reason.clone()),
            Self::Waits => Some("it waits to be claimed".to_owned()),
            Self::Unauthorized => None,
            _ => Some("it was not read so far".to_owned()),
        }
    }
}

/// Longest reason in a header, bytes.
const REASON_MAX_BYTES: usize = 120;
/// Headers of answers in plain text.
const PLAIN: [(&str, &str); 3] = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
];
/// Headers of answers in JSON.
const JSON: [(&str, &str); 3] =
    [("content-type", "application/json"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")];

/// The answer to an upload in this dialect.
pub(crate) fn answer(dialect: Dialect, outcome: Outcome, now: Timestamp) -> Answer {
    let (status, text) = match &outcome {
        Outcome::Stored(_) | Outcome::Waits => (200, "success"),
        // WeeWX knows 401 from Weather Underground and 403 from WOW. Both mean a wrong password.
        Outcome::Unauthorized => {
            (if matches!(dialect, Dialect::Wow | Dialect::WowBe) { 403 } else { 401 }, "unauthorized")
        }
        Outcome::BadRequest(_) => (400, "bad request"),
        Outcome::OtherMethod => (405, "use GET or POST"),
        Outcome::TooLarge => (413, "too large"),
        Outcome::Compressed => (415, "send it plain or as gzip"),
        Outcome::TooSlow => (408, "too slow"),
        Outcome::Away { .. } => (503, "try again later"),
    };
    let answer = match (dialect, &outcome) {
        (Dialect::Ecowitt | Dialect::Ambient, outcome) => json(status, ecowitt(status, text, outcome, now)),
        (Dialect::Acurite, Outcome::Stored(station)) => json(status, acurite(local(station, now))),
        // Nobody knows its zone.
        (Dialect::Acurite, Outcome::Waits) => json(status, acurite(DateTime::from_timestamp_millis(now.0))),
        _ => Answer::new(status, &PLAIN, format!("{text}\n").into_bytes()),
    };
    match outcome {
        Outcome::BadRequest(reason) => {
            let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
            answer.with("x-reason", reason.chars().take(REASON_MAX_BYTES).map(printable).collect::<String>())
        }
        Outcome::OtherMethod => answer.with("allow", "GET, POST"),
        Outcome::Compressed => answer.with("accept-encoding", inflate::ACCEPTED),
        Outcome::Away { retry_after_s, .. } => answer.with("retry-after", retry_after_s.to_string()),
        _ => answer,
    }
}

fn json(status: u16, body: String) -> Answer {
    Answer::new(status, &JSON, body.into_bytes())
}

/// The vendor's own words, where they are known: some consoles set their clock by `UTC_offset`, in seconds.
fn ecowitt(status: u16, text: &str, outcome: &Outcome, now: Timestamp) -> String {
    match outcome {
        Outcome::Stored(station) => {
            let offset_s = local(station, now).map_or(0, |local| local.offset().fix().local_minus_utc());
            format!(r#"{{"errcode":"0","errmsg":"ok","UTC_offset":"{offset_s}"}}"#)
        }
        Outcome::Waits => r#"{"errcode":"0","errmsg":"ok","UTC_offset":"0"}"#.to_owned(),
        Outcome::Unauthorized => r#"{"errcode":"40001","errmsg":"invalid passkey"}"#.to_owned(),
        _ => format!(r#"{{"errcode":"{status}","errmsg":"{text}"}}"#),
    }
}

/// Hubs set their clock by it, and count a day's rain by that clock. At this version no hub fetches another one.
fn acurite<Z: TimeZone>(local: Option<DateTime<Z>>) -> String
where
    Z::Offset: std::fmt::Display,
{
    let time = local.map_or_else(String::new, |local| local.format("%H:%M:%S").to_string());
    format!(r#"{{"localtime":"{time}","checkversion":"224"}}"#)
}

/// The instant on the station's clock; `None` in another age.
fn local(station: &Station, now: Timestamp) -> Option<DateTime<weather::zone::Zone>> {
    let utc: DateTime<Utc> = DateTime::from_timestamp_millis(now.0)?;
    Some(station.zone.from_utc_datetime(&utc.naive_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::station::{Slug, StationId};
    use weather::zone::Zone;

    const DIALECTS: [Dialect; 6] =
        [Dialect::Wunderground, Dialect::Acurite, Dialect::Ecowitt, Dialect::Ambient, Dialect::Wow, Dialect::WowBe];

    fn outcomes(zone: &Zone) -> [Outcome; 9] {
        let slug = Slug::new("town-hall").expect("a slug");
        let station = Station {
            id: StationId(1),
            slug,
            name: "Town Hall".to_owned(),
            zone: zone.clone(),
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: None,
            upload_units: weather::upload_units::UploadUnits::AsNamed,
            interval_ms: None,
        };
        [
            Outcome::Stored(Arc::new(station)),
            Outcome::Waits,
            Outcome::Unauthorized,
            Outcome::BadRequest("dateutc is missing".to_owned()),
            Outcome::OtherMethod,
            Outcome::TooLarge,
            Outcome::Compressed,
            Outcome::TooSlow,
            Outcome::Away { retry_after_s: 5, why: "it is away".to_owned() },
        ]
    }

    fn stored(dialect: Dialect, zone: &Zone, now: i64) -> String {
        let [stored, ..] = outcomes(zone);
        String::from_utf8(answer(dialect, stored, Timestamp(now)).body).expect("text")
    }

    #[test]
    fn no_success_holds_a_word_at_which_weewx_stops_and_nobody_hears_429() {
        for dialect in DIALECTS {
            for outcome in outcomes(&Zone::inside("Europe/Berlin").expect("a zone")) {
                let is_stored = matches!(outcome, Outcome::Stored(_) | Outcome::Waits);
                let answer = answer(dialect, outcome, Timestamp(1_800_000_000_000));
                assert_eq!(is_stored, answer.status == 200, "{answer:?}");
                assert!(answer.status != 429 && !(300..400).contains(&answer.status), "{answer:?}");
                let body = String::from_utf8(answer.body).expect("text").to_lowercase();
                let is_clean = !body.contains("error") && !body.contains("invalid");
                assert!(is_clean || !is_stored, "{dialect:?}: {body}");
            }
        }
    }

    #[test]
    fn a_console_is_told_the_offset_of_its_stations_zone_now() {
        // 2026-11-22 and 2026-07-22, 14:00 UTC.
        let (winter, summer) = (1_795_356_000_000, 1_784_728_800_000);
        for (zone, now, offset) in [
            (Zone::inside("Europe/Berlin").expect("a zone"), winter, "3600"),
            (Zone::inside("Europe/Berlin").expect("a zone"), summer, "7200"),
            (Zone::inside("America/New_York").expect("a zone"), winter, "-18000"),
            (Zone::inside("Asia/Kathmandu").expect("a zone"), winter, "20700"),
            (Zone::UTC, summer, "0"),
        ] {
            let expected = format!(r#"{{"errcode":"0","errmsg":"ok","UTC_offset":"{offset}"}}"#);
            assert_eq!(stored(Dialect::Ecowitt, &zone, now), expected);
            assert_eq!(stored(Dialect::Ambient, &zone, now), expected);
        }
        let expected = r#"{"localtime":"16:00:00","checkversion":"224"}"#;
        assert_eq!(stored(Dialect::Acurite, &Zone::inside("Europe/Berlin").expect("a zone"), summer), expected);
        assert_eq!(stored(Dialect::Wunderground, &Zone::inside("Europe/Berlin").expect("a zone"), summer), "success\n");
        assert_eq!(stored(Dialect::Wow, &Zone::inside("Europe/Berlin").expect("a zone"), summer), "success\n");
    }
}
