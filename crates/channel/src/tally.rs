//! The tally is what home has counted since its last truck.

use super::bad_clipboard::BadClipboard;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Most of anything that a home counts between two trucks: at ten trips a second of a thousand pieces of news, a minute.
pub const COUNT_MAX: u64 = 600_000;
/// Most that the ages of the news between two trucks add up to, milliseconds: [`COUNT_MAX`] of a day each.
pub const AGE_SUM_MAX_MS: u64 = COUNT_MAX * 24 * 60 * 60 * 1_000;

/// Counts of one home, or of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Trucks that did not come home.
    pub lost: u64,
    /// Cargo that home had already.
    pub repeated: u64,
    /// Loads that did not join on.
    pub gaps: u64,
    /// News applied.
    pub news: u64,
    /// The ages of it on arrival, by the server's clock as home makes it out, all together, milliseconds.
    pub age_ms: u64,
}

/// The fields, each to be read by itself, so that what is wrong can be named. Unknown ones are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    #[serde(borrow)]
    lost: Option<&'a RawValue>,
    repeated: Option<&'a RawValue>,
    gaps: Option<&'a RawValue>,
    news: Option<&'a RawValue>,
    age_ms: Option<&'a RawValue>,
}

impl Tally {
    /// Reads a clipboard's field; what is absent is 0.
    pub(super) fn parse(raw: &RawValue) -> Result<Self, BadClipboard> {
        let bad = || BadClipboard::new("tally", raw.get(), "an object of counts");
        // Serde would take a list for an object as well.
        let raw_is_list = raw.get().starts_with('[');
        let fields: Option<Fields> = serde_json::from_str(raw.get()).ok().filter(|_| !raw_is_list).ok_or_else(bad)?;
        let Some(Fields { lost, repeated, gaps, news, age_ms }) = fields else { return Ok(Self::default()) };
        Ok(Self {
            lost: count("lost", lost, COUNT_MAX)?,
            repeated: count("repeated", repeated, COUNT_MAX)?,
            gaps: count("gaps", gaps, COUNT_MAX)?,
            news: count("news", news, COUNT_MAX)?,
            age_ms: count("age_ms", age_ms, AGE_SUM_MAX_MS)?,
        })
    }
}

fn count(field: &str, raw: Option<&RawValue>, max: u64) -> Result<u64, BadClipboard> {
    let Some(raw) = raw else { return Ok(0) };
    let count = serde_json::from_str::<u64>(raw.get()).ok().filter(|count| *count <= max);
    let bad = || BadClipboard::new(format!("tally.{field}"), raw.get(), format!("a whole number up to {max}"));
    count.ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(tally: serde_json::Value) -> Result<Tally, BadClipboard> {
        Tally::parse(&serde_json::value::to_raw_value(&tally).expect("JSON"))
    }

    #[test]
    fn what_home_has_not_counted_is_zero() {
        assert_eq!(parse(json!({})), Ok(Tally::default()));
        assert_eq!(parse(json!(null)), Ok(Tally::default()));
        let all = json!({"lost": 1, "repeated": 2, "gaps": 3, "news": 4, "age_ms": 5, "other": "x"});
        assert_eq!(parse(all), Ok(Tally { lost: 1, repeated: 2, gaps: 3, news: 4, age_ms: 5 }));
    }

    #[test]
    fn a_bad_count_is_named() {
        assert_eq!(parse(json!([1])).expect_err("a list").field, "tally");
        for bad in [json!(-1), json!(1.5), json!("1"), json!(COUNT_MAX + 1)] {
            for field in ["lost", "repeated", "gaps", "news"] {
                assert_eq!(parse(json!({field: bad})).expect_err("a bad count").field, format!("tally.{field}"));
            }
        }
        assert!(parse(json!({"age_ms": AGE_SUM_MAX_MS})).is_ok());
        assert_eq!(parse(json!({"age_ms": AGE_SUM_MAX_MS + 1})).expect_err("too much").field, "tally.age_ms");
    }
}
