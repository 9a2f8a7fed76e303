//! A portion of a stream: some items, and where to go on.

use super::offset::Offset;
use super::told;
use crate::storage::{Entry, StationPiece};
use crate::web::answer::Answer;
use crate::web::head::Head;
use std::io::Write;
use std::sync::Arc;

/// Most items of a portion.
pub(super) const PORTION_MAX_ENTRIES: u32 = 1_000;
/// Most bytes of a portion, as they are stored: a program on a slow line has it in seconds, and proxies keep it.
pub(super) const PORTION_MAX_BYTES: usize = 256 * 1_024;
/// An offset of a silent station stays until so many entries of others have followed; then it moves on, so that it is not pruned with
/// them. Offsets that stay let proxies answer many who wait for the same.
const MOVES_AFTER: u64 = 1_000;
/// Room for an offset, two names and a time.
const ITEM_BYTES: usize = 112;

/// A portion that has items stays as it is: proxies may keep it. The values are those of the protocol.
const KEPT: &str = "public, max-age=60, stale-while-revalidate=300";

const JSON: [(&str, &str); 2] = [("content-type", "application/json"), ("x-content-type-options", "nosniff")];
const BARE: [(&str, &str); 1] = [("x-content-type-options", "nosniff")];

/// A portion.
#[derive(Debug, PartialEq)]
pub(super) struct Portion {
    entries: Vec<Entry>,
    /// The place to go on from.
    pub next: u64,
    /// There was no more when it was read.
    pub is_all: bool,
}

impl Portion {
    /// What was read after a place.
    pub(super) fn of(piece: StationPiece, after: Option<u64>) -> Self {
        let StationPiece { entries, upto, head } = piece;
        let is_all = upto >= head;
        let next = match (entries.last(), after) {
            _ if !is_all => upto,
            (Some(last), _) => last.seq,
            (None, Some(after)) if head.saturating_sub(after) < MOVES_AFTER => after,
            (None, _) => head,
        };
        Self { entries, next, is_all }
    }

    /// Nothing, at the end of the stream.
    pub(super) fn nothing(next: u64) -> Self {
        Self { entries: Vec::new(), next, is_all: true }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Its items: entries as pages get them, each with its offset.
    pub(super) fn json(&self, epoch: &Arc<str>) -> Vec<u8> {
        let bytes = self.entries.iter().map(|entry| entry.body.len() + ITEM_BYTES).sum::<usize>();
        let mut json = Vec::with_capacity(bytes + 2);
        json.push(b'[');
        for entry in &self.entries {
            let (offset, at) = (Offset::new(epoch.clone(), entry.seq), entry.committed_at.0);
            let comma = if json.len() > 1 { "," } else { "" };
            // Writing to a Vec does not fail.
            let _ = write!(json, "{comma}{{\"offset\":\"{offset}\",\"committed_at\":{at},");
            // A body is an object with a kind.
            json.extend_from_slice(entry.body.strip_prefix(b"{").unwrap_or(b"}"));
        }
        json.push(b']');
        json
    }

    /// The answer to a question that does not wait.
    pub(super) fn answer(&self, epoch: &Arc<str>, station: &str, after: Option<u64>, head: &dyn Head) -> Answer {
        let place = |seq| Offset::new(epoch.clone(), seq).to_string();
        let from = after.map_or_else(|| "-1".to_owned(), place);
        let end = if self.is_all { ":end" } else { "" };
        let tag = format!("\"{station}:{from}:{}{end}\"", place(self.next));
        let answer = match told::has(head, &tag) {
            true => Answer::new(304, &[], Vec::new()),
            false => Answer::new(200, &JSON, self.json(epoch)),
        };
        let answer = answer.with("etag", tag).with("vary", "Accept-Encoding");
        self.kept(answer).with_places(self, epoch)
    }

    /// The answer to a question of now.
    pub(super) fn now(&self, epoch: &Arc<str>) -> Answer {
        let answer = Answer::new(200, &JSON, self.json(epoch)).with("cache-control", "no-store");
        answer.with_places(self, epoch)
    }

    /// The answer to somebody who waited.
    pub(super) fn waited(&self, epoch: &Arc<str>, cursor: u64) -> Answer {
        let answer = match self.is_empty() {
            true => Answer::new(204, &BARE, Vec::new()).with("cache-control", "no-store"),
            false => {
                let first = self.entries.first().map_or(0, |first| first.seq);
                let place = |seq| Offset::new(epoch.clone(), seq);
                self.kept(Answer::new(200, &JSON, self.json(epoch)))
                    .with("etag", format!("\"{}:{}\"", place(first), place(self.next)))
            }
        };
        answer.with("stream-cursor", cursor.to_string()).with_places(self, epoch)
    }

    /// An empty portion is soon another one.
    fn kept(&self, answer: Answer) -> Answer {
        answer.with("cache-control", if self.is_empty() { "no-cache" } else { KEPT })
    }
}

/// The answer to HEAD.
pub(super) fn head(end: &Offset) -> Answer {
    Answer::new(200, &JSON, Vec::new()).with("cache-control", "no-store").with("stream-next-offset", end.to_string())
}

trait Places {
    fn with_places(self, portion: &Portion, epoch: &Arc<str>) -> Self;
}

impl Places for Answer {
    /// Where to go on, and whether there is more.
    fn with_places(self, portion: &Portion, epoch: &Arc<str>) -> Self {
        let answer = self.with("stream-next-offset", Offset::new(epoch.clone(), portion.next).to_string());
        if portion.is_all { answer.with("stream-up-to-date", "true") } else { answer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::time::Timestamp;

    fn piece(seqs: &[u64], upto: u64, head: u64) -> StationPiece {
        let entry = |seq: &u64| Entry {
            seq: *seq,
            station: "a".into(),
            visitor: None,
            committed_at: Timestamp(7),
            body: r#"{"kind":"station","station":"a"}"#.into(),
        };
        StationPiece { entries: seqs.iter().map(entry).collect(), upto, head }
    }

    #[test]
    fn a_page_says_where_to_go_on() {
        for (seqs, upto, head, after, next, is_all) in [
            (&[3, 5][..], 9, 9, None, 5, true),
            (&[3, 5], 5, 9, None, 5, false),
            (&[3], 8, 9, Some(1), 8, false),
            (&[], 9, 9, Some(5), 5, true),
            (&[], 8, 9, Some(5), 8, false),
            (&[], 1_004, 1_004, Some(5), 5, true),
            (&[], 1_005, 1_005, Some(5), 1_005, true),
            (&[], 9, 9, None, 9, true),
        ] {
            let portion = Portion::of(piece(seqs, upto, head), after);
            assert_eq!((portion.next, portion.is_all), (next, is_all), "{seqs:?} {upto} {head} {after:?}");
        }
    }

    #[test]
    fn items_are_an_array() {
        let json =
            |seqs: &[u64]| String::from_utf8(Portion::of(piece(seqs, 9, 9), None).json(&"E".into())).expect("text");
        assert_eq!(json(&[]), "[]");
        let item = |seq: u64| format!(r#"{{"offset":"E.{seq:019}","committed_at":7,"kind":"station","station":"a"}}"#);
        assert_eq!(json(&[3, 12]), format!("[{},{}]", item(3), item(12)));
    }
}
