//! The paths that consoles upload to, in all their spellings.

use crate::ingest::pairs::unescaped;
use serde::{Deserialize, Serialize};

/// Where an upload goes. It says which protocol is meant if the pairs do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// `/weatherstation/updateweatherstation.php`: Weather Underground and Acurite.
    #[serde(rename = "wunderground")]
    Weatherstation,
    /// `/data/report/`: Ecowitt and Ambient.
    #[serde(rename = "ecowitt")]
    Report,
    /// `/automaticreading`: the Met Office's WOW.
    #[serde(rename = "wow")]
    Wow,
    /// `/api/v2/send`: the Belgian WOW.
    #[serde(skip)]
    WowBe,
}

/// The path of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    /// Where it goes; `None` if the path says nothing.
    pub place: Option<Place>,
    /// A station's key that stands in the path: `/data/report/stv_…`.
    pub key: Option<&'a str>,
    /// Pairs that follow the path without a `?`.
    pub tail: &'a str,
}

/// The paths, in lower case, without slashes around them.
const PLACES: [(&str, Place); 4] = [
    ("weatherstation/updateweatherstation", Place::Weatherstation),
    ("data/report", Place::Report),
    ("automaticreading", Place::Wow),
    ("api/v2/send", Place::WowBe),
];

/// What stands first in paths of pages and of other doors.
const TAKEN: [&str; 11] = ["s", "dock", "lab", "admin", "static", "metrics", "write", "query", "ping", "health", "v1"];

impl<'a> Target<'a> {
    /// The upload that goes to this path; `None` if it is not one. Consoles differ in case, slashes and suffix (`.php`,
    /// `.asp`, none), and some forget the `?`: `/weatherstation/updateweatherstation.phpID=…&PASSWORD=…`.
    pub fn of(path: &'a str) -> Option<Self> {
        let (rest, place) = PLACES.iter().find_map(|(known, place)| Some((after(path, known)?, *place)))?;
        Self::parted(rest, place)
    }

    /// The upload of that kind that goes to this path, if it goes to the one that an owner has chosen.
    pub fn at(path: &'a str, chosen: &str, place: Place) -> Option<Self> {
        let rest = after(path, chosen.trim_matches('/'))?;
        (rest.is_empty() || rest.starts_with(['/', '?', '&', '.'])).then(|| Self::parted(rest, place)).flatten()
    }

    /// Why an owner cannot choose a path.
    pub fn fault(chosen: &str) -> Option<&'static str> {
        let first = chosen.trim_start_matches('/').split('/').next().unwrap_or_default();
        if !chosen.starts_with('/') || first.is_empty() || chosen.contains(['?', '&', '=', '%', '#', ' ']) {
            return Some("is no path: write one such as \"/my/weather\"");
        }
        TAKEN.contains(&&*first.to_ascii_lowercase()).then_some("is a path of this server's own")
    }

    fn parted(rest: &'a str, place: Place) -> Option<Self> {
        let suffixes = [".php", ".asp"];
        let rest = suffixes.iter().find_map(|suffix| strip_ignoring_case(rest, suffix)).unwrap_or(rest);
        let (key, tail) = match place {
            Place::Report => split_key(rest),
            _ => (None, rest),
        };
        let tail = tail.trim_start_matches(['/', '?', '&']);
        (tail.is_empty() || tail.contains('=')).then_some(Self { place: Some(place), key, tail })
    }

    /// The upload that goes to any path, or to what stands in the place of one: `/my/own/path/`, `ID=…&PASSWORD=…`,
    /// `api/webhook/PASSKEY=…`. The pairs in it begin with the one that holds the first `=`.
    pub fn anywhere(path: &'a str) -> Self {
        if let Some(known) = Self::of(path) {
            return known;
        }
        let is_between = |c: char| matches!(c, '/' | '?' | '&') || c.is_ascii_whitespace();
        let (before, tail) = match path.find('=') {
            Some(equals) => {
                let start = path[..equals].rfind(is_between).map_or(0, |between| between + 1);
                let start = start + glued(&path[start..equals]);
                path.split_at(start)
            }
            None => (path, ""),
        };
        let key = before.split(is_between).find(|part| unescaped(part).starts_with(super::KEY_MARK));
        Self { place: None, key, tail }
    }
}

/// The names that an upload begins with, in lower case.
const FIRST_NAMES: [&str; 5] = ["passkey", "stationtype", "siteid", "tempf", "id"];

/// How much of a path is glued to the name that follows it: `upload.phpID` is a path and `ID`.
fn glued(name: &str) -> usize {
    let ends = |known: &&str| {
        let (rest, end) = name.split_at_checked(name.len().checked_sub(known.len())?)?;
        (end.eq_ignore_ascii_case(known) && rest.contains('.')).then_some(rest.len())
    };
    FIRST_NAMES.iter().find_map(ends).unwrap_or(0)
}

/// What follows a path, whose slashes may be doubled.
fn after<'a>(path: &'a str, known: &str) -> Option<&'a str> {
    known.split('/').try_fold(path, |rest, part| strip_ignoring_case(rest.trim_start_matches('/'), part))
}

fn strip_ignoring_case<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(tail)
}

/// The part of the path that holds no pair, and what follows it.
fn split_key(rest: &str) -> (Option<&str>, &str) {
    let Some(inner) = rest.strip_prefix('/').map(|inner| inner.trim_start_matches('/')) else { return (None, rest) };
    let (part, tail) = inner.split_at(inner.find(['/', '?', '&']).unwrap_or(inner.len()));
    if part.is_empty() || part.contains('=') { (None, rest) } else { (Some(part), tail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uploads_path_is_known_in_all_its_spellings() {
        for (path, pairs) in [
            ("/weatherstation/updateweatherstation.php", Some("")),
            ("/weatherstation/updateweatherstation", Some("")),
            ("/weatherstation/updateweatherstation/", Some("")),
            ("/weatherstation/updateweatherstation.asp", Some("")),
            ("//weatherstation//updateweatherstation.php", Some("")),
            ("/WeatherStation/UpdateWeatherStation.PHP", Some("")),
            ("/weatherstation/updateweatherstation.phpID=x&PASSWORD=y", Some("ID=x&PASSWORD=y")),
            ("/weatherstation/updateweatherstation.php&ID=x", Some("ID=x")),
            ("/weatherstation/updateweatherstation/ID=x", Some("ID=x")),
            ("/automaticreading", Some("")),
            ("/AutomaticReading/", Some("")),
            ("/automaticreading&siteid=x", Some("siteid=x")),
            ("/api/v2/send", Some("")),
            ("/weatherstation/updateweatherstations", None),
            ("/weatherstation/", None),
            ("/weatherstation", None),
            ("/s/updateweatherstation.php", None),
            ("/weatherstation/ü", None),
            ("/automaticreadings", None),
            ("/api/v2/write", None),
            ("/data", None),
            ("", None),
        ] {
            assert_eq!(Target::of(path).map(|target| target.tail), pairs, "{path}");
        }
    }

    #[test]
    fn an_owner_chooses_more_paths() {
        let at = |path: &'static str| Target::at(path, "/my/Weather/", Place::Report);
        for (path, key, tail) in [
            ("/my/weather", None, ""),
            ("//my/weather/", None, ""),
            ("/my/weather/stv_abc", Some("stv_abc"), ""),
            ("/my/weather&PASSKEY=x", None, "PASSKEY=x"),
            ("/my/weather.php", None, ""),
        ] {
            assert_eq!(at(path), Some(Target { place: Some(Place::Report), key, tail }), "{path}");
        }
        for path in ["/my/weathers", "/my", "/", "/your/weather"] {
            assert_eq!(at(path), None, "{path}");
        }
        for (chosen, is_good) in [
            ("/my/weather", true),
            ("/api/webhook/x", true),
            ("my", false),
            ("/", false),
            ("/s/x", false),
            ("/a?b", false),
        ] {
            assert_eq!(Target::fault(chosen).is_none(), is_good, "{chosen}");
        }
    }

    #[test]
    fn pairs_are_found_behind_any_path_and_in_the_place_of_one() {
        for (path, key, tail) in [
            ("", None, ""),
            ("/", None, ""),
            ("/my/own/path/", None, ""),
            ("/my/own/path/stv_abc/", Some("stv_abc"), ""),
            ("api/webhook/xxxx", None, ""),
            ("ID=x&PASSWORD=y&tempf=1", None, "ID=x&PASSWORD=y&tempf=1"),
            ("dateutc=now&id=x&mt=tower", None, "dateutc=now&id=x&mt=tower"),
            ("/upload.phpID=x&PASSWORD=y", None, "ID=x&PASSWORD=y"),
            ("stv_abc/stationtype=A&PASSKEY=1", Some("stv_abc"), "stationtype=A&PASSKEY=1"),
            ("/a b/&PASSKEY=1", None, "PASSKEY=1"),
            ("/data/report&PASSKEY=1", None, "PASSKEY=1"),
            ("/ü=1", None, "ü=1"),
            ("=", None, "="),
        ] {
            let target = Target::anywhere(path);
            assert_eq!((target.key, target.tail), (key, tail), "{path}");
        }
        assert_eq!(Target::anywhere("/data/report/").place, Some(Place::Report));
        assert_eq!(Target::anywhere("/data/reports/").place, None);
    }

    #[test]
    fn a_report_may_have_its_pairs_and_a_key_in_the_path() {
        for (path, expected) in [
            ("/data/report/", Some((None, ""))),
            ("/data/report", Some((None, ""))),
            ("//data/report/", Some((None, ""))),
            ("/Data/Report/", Some((None, ""))),
            ("/data/report&PASSKEY=1", Some((None, "PASSKEY=1"))),
            ("/data/report/&PASSKEY=1", Some((None, "PASSKEY=1"))),
            ("/data/report/stationtype=A&PASSKEY=XX:7D", Some((None, "stationtype=A&PASSKEY=XX:7D"))),
            ("/data/report/stv_abc", Some((Some("stv_abc"), ""))),
            ("/data/report/stv_abc/", Some((Some("stv_abc"), ""))),
            ("/data/report/stv_abc&PASSKEY=1", Some((Some("stv_abc"), "PASSKEY=1"))),
            ("/data/report/stv_abc/stationtype=A&b=2", Some((Some("stv_abc"), "stationtype=A&b=2"))),
            ("/data/report/a/b", None),
            ("/data/reports", None),
        ] {
            assert_eq!(Target::of(path).map(|target| (target.key, target.tail)), expected, "{path}");
        }
    }
}
