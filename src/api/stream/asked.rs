//! What is asked of a stream.

use super::cursor::CURSOR_MAX;
use super::offset::Offset;
use crate::web::error::Problem;
use crate::web::head::Head;
use std::time::Duration;
use weather::report::Warning;

/// So long a program waits for news, if it says nothing else: proxies cut what is silent for a minute, some after 30 seconds.
const PATIENCE_USUAL: Duration = Duration::from_secs(25);
/// The longest wait, seconds: proxies cut what is silent for a minute.
const PATIENCE_MAX_S: u64 = 55;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub start: Start,
    pub live: Option<Live>,
    /// The cursor of the answer before.
    pub cursor: Option<u64>,
    /// How long to wait.
    pub patience: Duration,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// At the oldest that is kept.
    Oldest,
    /// With what is to come.
    Now,
    /// After a place.
    After(Offset),
}

/// How to hear what is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Live {
    /// One answer with the next news.
    LongPoll,
    /// Events.
    Sse,
}

impl Asked {
    /// Reads the query. Names that are not known are passed over, as the protocol says: proxies and later versions add some.
    ///
    /// # Errors
    /// 400 that names what is wrong.
    pub(super) fn of(head: &dyn Head) -> Result<Self, Problem> {
        let pairs = || form_urlencoded::parse(head.query().unwrap_or_default().as_bytes());
        let one = |name: &'static str| {
            let mut values = pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            match (values.next(), values.next()) {
                (_, Some(second)) => Err(wrong(name, &second, "it is there twice")),
                (value, None) => Ok(value),
            }
        };
        let offset = one("offset")?;
        let live = match one("live")?.as_deref() {
            None => None,
            Some("long-poll") => Some(Live::LongPoll),
            Some("sse") => Some(Live::Sse),
            Some(other) => return Err(wrong("live", other, "use long-poll or sse")),
        };
        let start = match offset.as_deref() {
            None if live.is_some() => {
                return Err(wrong("offset", "", "live needs it; use -1, now or one that an answer named"));
            }
            None | Some("-1") => Start::Oldest,
            Some("now") => Start::Now,
            Some(text) => {
                let offset = text.parse().map_err(|_| wrong("offset", text, "use -1, now or one that an answer named"));
                Start::After(offset?)
            }
        };
        let number = |name: &'static str, least: u64, most: u64| match one(name)? {
            None => Ok(None),
            Some(text) => match text.parse() {
                Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
                _ => Err(wrong(name, &text, &format!("use a number from {least} to {most}"))),
            },
        };
        let cursor = number("cursor", 0, CURSOR_MAX)?;
        let patience = number("timeout", 1, PATIENCE_MAX_S)?.map_or(PATIENCE_USUAL, Duration::from_secs);
        Ok(Self { start, live, cursor, patience })
    }
}

fn wrong(name: &str, value: &str, why: &str) -> Problem {
    let warning = Warning::new(name, value, why);
    Problem::bad_request(warning.to_string(), vec![warning])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::head::tests::Made;

    fn asked(path: &'static str) -> Result<Asked, String> {
        let asked = Asked::of(&Made { path, headers: Vec::new(), peer: None });
        asked.map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn what_is_asked_is_read() {
        let usual = Asked { start: Start::Oldest, live: None, cursor: None, patience: PATIENCE_USUAL };
        for path in ["/stream/a", "/stream/a?offset=-1", "/stream/a?offset=-1&utm=7"] {
            assert_eq!(asked(path), Ok(usual.clone()), "{path}");
        }
        let live = asked("/stream/a?cursor=7&live=long-poll&offset=now&timeout=1");
        let patience = Duration::from_secs(1);
        assert_eq!(live, Ok(Asked { start: Start::Now, live: Some(Live::LongPoll), cursor: Some(7), patience }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, names) in [
            ("offset=", "offset"),
            ("offset=7", "offset"),
            ("offset=E.7", "offset"),
            ("offset=-1&offset=-1", "twice"),
            ("live=sse", "live needs it"),
            ("offset=-1&live=ws", "long-poll"),
            ("cursor=x", "cursor"),
            ("timeout=0", "timeout"),
            ("timeout=56", "from 1 to 55"),
        ] {
            let path: &'static str = String::leak(format!("/stream/a?{query}"));
            let error = asked(path).expect_err(query);
            assert!(error.contains(names), "{query}: {error}");
        }
    }
}
