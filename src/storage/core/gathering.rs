//! Fields that nobody has said the meaning of: gathered in memory, and written when one is new, or once a minute.

use crate::storage::mappings::{UNMAPPED_FOR_MS, UNMAPPED_MAX, UNMAPPED_VALUE_MAX_CHARS, Unmapped};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use weather::station::StationId;
use weather::time::{MINUTE_MS, Timestamp};

/// Fields that are not new are written so often at most, ms.
const WRITE_EVERY_MS: i64 = MINUTE_MS;

/// What was seen since it was written.
#[derive(Default)]
pub(in crate::storage) struct Gathering(Mutex<HashMap<StationId, OfStation>>);

struct OfStation {
    fields: BTreeMap<String, Unmapped>,
    written_at: Timestamp,
}

impl Gathering {
    /// Takes in the fields of an upload; returns what is to be written now.
    pub(in crate::storage) fn note(
        &self,
        station: StationId,
        fields: &[(String, String)],
        now: Timestamp,
    ) -> Vec<Unmapped> {
        if fields.is_empty() {
            return Vec::new();
        }
        let mut stations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = stations.entry(station).or_insert_with(|| OfStation { fields: BTreeMap::new(), written_at: now });
        let mut is_new = false;
        for (name, value) in fields.iter().filter(|(name, _)| !name.contains(NUL)) {
            is_new |= of.take(name, value, now);
        }
        if !is_new && now.since(of.written_at).abs() < WRITE_EVERY_MS {
            return Vec::new();
        }
        of.written_at = now;
        let seen: Vec<_> = of.fields.values().filter(|field| field.uploads > 0).cloned().collect();
        of.fields.values_mut().for_each(|field| field.uploads = 0);
        seen
    }

    /// A field is mapped, or is no longer: it is new when it comes again.
    pub(in crate::storage) fn forget(&self, field: &str) {
        let mut stations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stations.values_mut().for_each(|of| drop(of.fields.remove(field)));
    }
}

/// Some databases do not keep it in a text; a name that has one is none.
const NUL: char = '\0';

impl OfStation {
    /// True if the field is new.
    fn take(&mut self, name: &str, value: &str, now: Timestamp) -> bool {
        let value = || value.chars().filter(|c| *c != NUL).take(UNMAPPED_VALUE_MAX_CHARS).collect::<String>();
        if let Some(seen) = self.fields.get_mut(name) {
            (seen.value, seen.last, seen.uploads) = (value(), now, seen.uploads + 1);
            return false;
        }
        if self.fields.len() >= UNMAPPED_MAX {
            self.fields.retain(|_, seen| now.since(seen.last) < UNMAPPED_FOR_MS);
        }
        let has_room = self.fields.len() < UNMAPPED_MAX;
        if has_room {
            let seen = Unmapped { field: name.to_owned(), value: value(), first: now, last: now, uploads: 1 };
            self.fields.insert(name.to_owned(), seen);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_written_when_it_is_new_and_then_once_a_minute() {
        let gathering = Gathering::default();
        let note = |second: i64, names: &[&str]| {
            let fields: Vec<_> = names.iter().map(|name| ((*name).to_owned(), second.to_string())).collect();
            let written = gathering.note(StationId(1), &fields, Timestamp(second * 1_000));
            written.into_iter().map(|field| (field.field, field.value, field.uploads)).collect::<Vec<_>>()
        };
        let row = |name: &str, value: &str, uploads| (name.to_owned(), value.to_owned(), uploads);
        assert_eq!(note(0, &["a"]), [row("a", "0", 1)]);
        assert!((1..60).all(|second| note(second, &["a"]).is_empty()));
        assert_eq!(note(60, &["a"]), [row("a", "60", 60)]);
        assert_eq!(note(61, &["a", "b"]), [row("a", "61", 1), row("b", "61", 1)]);
        gathering.forget("a");
        assert_eq!(note(62, &["a"]), [row("a", "62", 1)]);
        assert!(note(63, &[]).is_empty());
    }

    #[test]
    fn a_station_cannot_fill_memory_and_what_is_no_longer_sent_gives_its_place() {
        let gathering = Gathering::default();
        let names = |from: usize| -> Vec<_> {
            (from..from + UNMAPPED_MAX).map(|at| (format!("f{at:03}"), "é".repeat(1_000))).collect()
        };
        let written = gathering.note(StationId(1), &names(0), Timestamp(0));
        assert_eq!((written.len(), written[0].value.chars().count()), (UNMAPPED_MAX, UNMAPPED_VALUE_MAX_CHARS));
        assert!(gathering.note(StationId(1), &names(500), Timestamp(1)).is_empty());
        assert_eq!(gathering.note(StationId(1), &names(500), Timestamp(UNMAPPED_FOR_MS)).len(), UNMAPPED_MAX);
    }
}
