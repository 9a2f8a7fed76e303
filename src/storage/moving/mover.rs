//! Copies tables piece by piece, and compares them.

use super::end::End;
use crate::storage::error::Error;
use crate::storage::move_error::MoveError;
use crate::storage::rows::{Between, Key, Misfits, Rows, Tally};
use crate::storage::tables::Table;

/// The largest piece of a table, rows: the target gives the memory of one back before the next.
const PIECE_ROWS: usize = 10_000;
/// About so large is a piece at most, bytes; a row may be larger.
const PIECE_BYTES: usize = 8 << 20;
/// The first piece of a table, rows: nobody knows yet how large they are.
const FIRST_ROWS: usize = 200;
/// How far it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Rows that were read at the source.
    pub done: u64,
    /// About so many will be; all are read a second time at the end.
    pub all: u64,
}

/// A move under way.
pub(super) struct Mover<T> {
    pub from: End,
    pub to: End,
    pub tell: T,
    pub progress: Progress,
    pub from_name: String,
    pub to_name: String,
}

/// What became of a table.
pub(super) struct Copied {
    pub tally: Tally,
    pub misfits: Misfits,
    pub written: u64,
}

impl<T: FnMut(Progress)> Mover<T> {
    fn read(&mut self, rows: usize) {
        self.progress.done += rows as u64;
        (self.tell)(self.progress);
    }

    /// Makes a table of the target as that of the source is.
    pub(super) async fn copy(&mut self, (table, other): (&Table, &Table)) -> Result<Copied, Error> {
        let mut copied = Copied { tally: Tally::default(), misfits: Misfits::default(), written: 0 };
        // The two differ if rows were left out at the source.
        let (mut read_upto, mut put_upto): (Option<Key>, Option<Key>) = (None, None);
        let mut limit = FIRST_ROWS;
        loop {
            let between = Between { after: read_upto.as_ref(), upto: None };
            let portion = self.from.read(table, between, Some(limit)).await?;
            let rest = Between { after: put_upto.as_ref(), upto: None };
            let Some(last) = portion.last else {
                if self.to.has(other, rest).await? {
                    self.to.put(other, Some(rest), &Rows::default()).await?;
                }
                return Ok(copied);
            };
            copied.tally.add(&portion.rows);
            copied.misfits.add(portion.misfits);
            if let Some(upto) = portion.rows.key(&table.key) {
                let piece = Between { upto: Some(&upto), ..rest };
                if !self.to.has(other, rest).await? {
                    self.to.put(other, None, &portion.rows).await?;
                    copied.written += portion.rows.len() as u64;
                } else if self.to.read(other, piece, None).await?.rows != portion.rows {
                    self.to.put(other, Some(piece), &portion.rows).await?;
                    copied.written += portion.rows.len() as u64;
                }
                put_upto = Some(upto);
            }
            self.read(portion.rows.len());
            limit = next_limit(&portion.rows, limit);
            read_upto = Some(last);
        }
    }

    /// Reads a table at both ends, and counts what is there.
    pub(super) async fn compare(&mut self, (table, other): (&Table, &Table)) -> Result<Tally, MoveError> {
        let differs = |what: String| MoveError::Differs { table: table.name.clone(), what };
        let bad = |error| MoveError::Table(table.name.clone(), error);
        let (mut source, mut target, mut misfits) = (Tally::default(), Tally::default(), Misfits::default());
        let (mut read_upto, mut put_upto): (Option<Key>, Option<Key>) = (None, None);
        let mut limit = FIRST_ROWS;
        loop {
            let between = Between { after: read_upto.as_ref(), upto: None };
            let portion = self.from.read(table, between, Some(limit)).await.map_err(bad)?;
            let Some(last) = portion.last else { break };
            source.add(&portion.rows);
            misfits.add(portion.misfits);
            if let Some(upto) = portion.rows.key(&table.key) {
                let piece = Between { after: put_upto.as_ref(), upto: Some(&upto) };
                let there = self.to.read(other, piece, None).await.map_err(bad)?.rows;
                target.add(&there);
                if there != portion.rows {
                    return Err(differs(format!(
                        "rows {} to {} are not the same at both ends",
                        target.rows, source.rows
                    )));
                }
                put_upto = Some(upto);
            }
            self.read(portion.rows.len());
            limit = next_limit(&portion.rows, limit);
            read_upto = Some(last);
        }
        // Counted once more by the databases themselves, without keys and pieces.
        let at_source = self.from.count(table).await.map_err(bad)?;
        let at_target = self.to.count(other).await.map_err(bad)?;
        if at_source != source.rows + misfits.rows || at_target != target.rows || source != target {
            let (from, to) = (&self.from_name, &self.to_name);
            return Err(differs(format!("{from} has {at_source} rows, {to} has {at_target}")));
        }
        Ok(source)
    }
}

/// How many rows the next piece may have.
fn next_limit(rows: &Rows, before: usize) -> usize {
    let Some(average) = rows.bytes().checked_div(rows.len()) else { return before };
    (PIECE_BYTES / average.max(1)).clamp(1, PIECE_ROWS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_bounded_in_rows_and_in_bytes() {
        let rows = |bytes: usize| {
            let mut rows = Rows::default();
            rows.put(&vec![0; bytes]);
            rows.end();
            rows
        };
        assert_eq!(next_limit(&rows(1), 7), PIECE_ROWS);
        assert_eq!(next_limit(&rows(PIECE_BYTES), 7), 1);
        assert_eq!(next_limit(&Rows::default(), 7), 7);
    }
}
