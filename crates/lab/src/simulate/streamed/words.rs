//! Words of a page with a stream: aboard trucks that do not park, one at a time, or on the line itself.

use super::{OnRoad, Streamed};
use crate::home::{WAITING_MAX, Word};
use crate::simulate::broken::Broken;
use crate::simulate::factory::{AtGate, Number};
use crate::traffic::Us;
use channel::cargo::Load;
use channel::clipboard::Id;
use channel::cursor::Cursor;
use channel::fleet::Down;

/// Words aboard one truck, as home's.
const ABOARD_MAX: usize = 16;

impl Streamed<'_> {
    /// Somebody says something.
    pub(super) fn say(&mut self, now: Us) -> Result<(), Broken> {
        if self.waiting.len() >= WAITING_MAX {
            self.ledger.counts.unsaid += 1;
            return Ok(());
        }
        let word = self.ledger.word()?;
        self.ledger.said(now);
        self.waiting.push(word.clone());
        if self.fleet.down == Down::Events {
            self.post(now);
            return Ok(());
        }
        let there = self.up(std::slice::from_ref(&word), self.park_ms, now);
        self.last_up = self.last_up.max(there);
        let (stream, seen) = (self.stream, self.factory.at(self.seen));
        let lost = self.road.loses();
        let what = if lost { OnRoad::Breaks { stream } } else { OnRoad::Frame { stream, seen, words: vec![word] } };
        self.road.send(self.last_up, what);
        Ok(())
    }

    /// Words leave, if they may.
    pub(super) fn post(&mut self, now: Us) {
        if self.fleet.down != Down::Events || self.post_is_out || self.waiting.is_empty() {
            return;
        }
        self.post_is_out = true;
        self.ledger.counts.trips += 1;
        let words: Vec<_> = self.waiting.iter().take(ABOARD_MAX).cloned().collect();
        let there = self.up(&words, 0, now);
        if self.road.loses() {
            let told = there + self.road.way();
            return self.road.send(told, OnRoad::Lost);
        }
        let seen = self.factory.at(self.seen);
        self.road.send(there, OnRoad::Post { seen, words });
    }

    /// Words are at the factory; returns what they are answered with.
    pub(super) fn heard(
        &mut self,
        number: Number,
        seen: Cursor,
        words: Vec<Word>,
        now: Us,
    ) -> Result<Option<(Load, Vec<Id>)>, Broken> {
        self.ledger.stored(&words, now)?;
        let heard: Vec<Id> = words.into_iter().map(|word| word.id).collect();
        let truck = AtGate { number, seen, words: heard.as_slice().into(), park: 0 };
        let answer = self.factory.arrive(truck, now, 0.0).leaving.into_iter().find(|(own, _)| *own == number);
        let Some((_, load)) = answer else { return Ok(None) };
        self.ledger.counts.crossings += u64::from(!load.cargo.is_empty());
        Ok(Some((load, heard)))
    }

    /// Words on the line: the stream's truck gives way to one that does not park, and arrives again after it.
    pub(super) fn frame(&mut self, seen: Cursor, words: Vec<Word>, now: Us) -> Result<(), Broken> {
        if let Some(id) = self.parked.take() {
            self.factory.leave(id);
        }
        if let Some((load, heard)) = self.heard(self.stream, seen, words, now)? {
            let seen = self.factory.at(load.seen);
            self.down(load, heard, now);
            self.arrives(seen, now);
        }
        Ok(())
    }
}
