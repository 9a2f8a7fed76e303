//! Reads a report from a journal entry.

use super::alerts::state::Reading;
use crate::storage::Entry;
use serde::Deserialize;
use std::collections::BTreeMap;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::Timestamp;

#[derive(Deserialize)]
struct Body {
    kind: String,
    observed_at: Option<Timestamp>,
    #[serde(default)]
    values: BTreeMap<String, f64>,
    #[serde(default)]
    late: bool,
}

/// Whether an entry tells that a station was added, changed or removed. It is asked of every entry, so nothing is parsed.
pub(super) fn is_of_a_change(entry: &Entry) -> bool {
    entry.visitor.is_none() && entry.body.starts_with(br#"{"kind":"station""#)
}

/// Whether an entry is something that a visitor has said. It is asked of every entry, so nothing is parsed.
pub(super) fn is_word_of_visitor(entry: &Entry) -> bool {
    let body = &entry.body[..entry.body.len().min(WORD_HEAD_BYTES)];
    entry.visitor.is_some()
        && body.starts_with(br#"{"kind":"words""#)
        && body.windows(BY_VISITOR.len()).any(|part| part == BY_VISITOR)
}

/// Says who said it; within quotes it would be escaped.
const BY_VISITOR: &[u8] = br#","from":"you","#;
/// That stands before so many bytes: the id comes first.
const WORD_HEAD_BYTES: usize = 512;

/// The report in a journal entry. `None` if the entry is something else, or if the report is late: old values ring no alert.
pub(super) fn reading(entry: &Entry) -> Option<Reading> {
    let body: Body = serde_json::from_slice(&entry.body).ok()?;
    let observed_at = body.observed_at.filter(|_| body.kind == "report" && !body.late && entry.visitor.is_none())?;
    let value = |(key, value): (String, f64)| {
        let (sensor, name) = key.split_once('/').unwrap_or(("", &key));
        Some((SensorName::new(sensor).ok()?, Quantity::from_name(name)?, value))
    };
    let values = body.values.into_iter().filter_map(value).collect();
    Some(Reading { at: observed_at.min(entry.committed_at), values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(body: &'static str) -> Entry {
        let committed_at = Timestamp(1_000);
        Entry { seq: 1, station: "a".into(), visitor: None, committed_at, body: body.into() }
    }

    #[test]
    fn a_report_is_read_and_everything_else_is_not() {
        let body = r#"{"kind":"report","station":"a","observed_at":900,"values":{"temperature":-1.5,"indoor/humidity":40,"mood":1},"derived":{}}"#;
        let reading = reading(&entry(body)).expect("a report");
        assert_eq!(reading.at, Timestamp(900));
        assert_eq!(reading.values.len(), 2);
        assert!(reading.values.contains(&(SensorName::main(), Quantity::Temperature, -1.5)));
        for other in [
            r#"{"kind":"report","station":"a","observed_at":900,"values":{"temperature":1},"late":true}"#,
            r#"{"kind":"backfill","station":"a","from":1,"to":2}"#,
            r#"{"kind":"station","station":"a"}"#,
            "",
        ] {
            assert_eq!(super::reading(&entry(other)), None, "{other}");
        }
    }

    #[test]
    fn a_clock_that_runs_ahead_counts_as_now() {
        let body = r#"{"kind":"report","station":"a","observed_at":5000,"values":{}}"#;
        assert_eq!(reading(&entry(body)).expect("a report").at, Timestamp(1_000));
    }
}
