//! Answers what waits: each visitor's words in order, one after another, many visitors at once.
//!
//! The queue is storage's list of words without an answer. Here is only what is thought about right now: at most
//! [`THINKING_MAX`] visitors, of each at most [`AHEAD_MAX`] words. An answer is stored in the transaction that marks its
//! word as answered, so whatever ends this program, every word is answered once.

use super::alerts::parse::Command;
use super::gather;
use super::language::units::asked_in;
use super::stats::{count, set};
use super::talk::answer::answer;
use super::talk::intent::Intent;
use super::talk::understand::understand;
use super::{Keeper, Shared};
use crate::storage::Error;
use crate::storage::words::{Visitor, Word};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use weather::preference::Preference;

/// Most visitors whose words are thought about at once; the rest wait in the database. Each costs some kilobytes.
const THINKING_MAX: usize = 2_000;
/// Most words of one visitor that are kept in mind beside the one that is thought about.
const AHEAD_MAX: usize = 8;
/// Words that are read at once.
const PAGE_WORDS: u32 = 500;
/// Nobody rings for what another process has stored, or while the database was locked: look again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The first pause after a failure, ms; each further one is twice as long.
const PAUSE_MIN_MS: u64 = 50;
/// The longest, ms.
const PAUSE_MAX_MS: u64 = 5_000;
/// So many failures to look something up, and the keeper says so: others wait behind.
const LOOKUPS_MAX: u32 = 6;

/// One visitor's words.
#[derive(Default)]
struct Slot {
    waiting: VecDeque<Word>,
    /// The newest word that was in `waiting`.
    newest: u64,
    /// There are more in storage.
    more: bool,
    /// They are being read.
    refilling: bool,
}

/// What a task comes back with.
enum Done {
    Answered(Visitor),
    Refilled(Visitor, Vec<Word>),
    Closed,
}

/// Runs until storage is closed.
pub(super) async fn run(shared: &Arc<Shared>) {
    let mut slots: HashMap<Visitor, Slot> = HashMap::new();
    let mut tasks: JoinSet<Done> = JoinSet::new();
    let mut after = 0;
    let mut look = true;
    // Then it looks again only when there is room for many: a page is read for all of them.
    let mut full = false;
    loop {
        full &= slots.len() > THINKING_MAX * 3 / 4;
        while look && !full {
            match shared.storage.unanswered(after, PAGE_WORDS).await {
                Ok(words) => {
                    look = words.len() == PAGE_WORDS as usize;
                    for word in words {
                        if slots.len() >= THINKING_MAX && !slots.contains_key(&word.visitor) {
                            (look, full) = (true, true);
                            break;
                        }
                        after = word.seq;
                        let is_new = !slots.contains_key(&word.visitor);
                        let slot = slots.entry(word.visitor.clone()).or_default();
                        if is_new {
                            slot.newest = word.seq;
                            tasks.spawn(think_and_answer(shared.clone(), word));
                        } else if slot.more || slot.refilling || slot.waiting.len() >= AHEAD_MAX {
                            slot.more = true;
                        } else {
                            slot.newest = word.seq;
                            slot.waiting.push_back(word);
                        }
                    }
                }
                Err(Error::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "words that wait could not be read; trying again");
                    count(&shared.counters.retried, 1);
                    break;
                }
            }
        }
        set(&shared.counters.thinking, slots.len());
        let done = tokio::select! {
            Some(done) = tasks.join_next() => done,
            () = shared.bell.notified() => { look = true; continue }
            () = tokio::time::sleep(LOOK_AGAIN) => { look = true; continue }
        };
        let visitor = match done {
            Ok(Done::Answered(visitor)) => visitor,
            Ok(Done::Refilled(visitor, words)) => {
                let slot = slots.entry(visitor.clone()).or_default();
                slot.more |= words.len() >= AHEAD_MAX;
                slot.refilling = false;
                slot.newest = words.last().map_or(slot.newest, |word| word.seq);
                slot.waiting.extend(words);
                visitor
            }
            Ok(Done::Closed) => return,
            Err(error) => {
                // A panic is a mistake of ours: start afresh, storage knows what is answered.
                tracing::error!(%error, "an answer failed");
                tasks.abort_all();
                slots.clear();
                (after, look) = (0, true);
                continue;
            }
        };
        next(shared, &mut slots, &mut tasks, visitor);
    }
}

/// What comes next for a visitor: the next word, more words, or nothing.
fn next(shared: &Arc<Shared>, slots: &mut HashMap<Visitor, Slot>, tasks: &mut JoinSet<Done>, visitor: Visitor) {
    let Some(slot) = slots.get_mut(&visitor) else { return };
    if let Some(word) = slot.waiting.pop_front() {
        tasks.spawn(think_and_answer(shared.clone(), word));
    } else if slot.more {
        (slot.more, slot.refilling) = (false, true);
        tasks.spawn(refill(shared.clone(), visitor, slot.newest));
    } else {
        slots.remove(&visitor);
    }
}

async fn refill(shared: Arc<Shared>, visitor: Visitor, after: u64) -> Done {
    let mut pause = Pause::default();
    loop {
        match shared.storage.unanswered_of(&visitor, after, AHEAD_MAX as u32).await {
            Ok(words) => return Done::Refilled(visitor, words),
            Err(Error::Closed) => return Done::Closed,
            Err(error) => pause.after(&shared, &error).await,
        }
    }
}

async fn think_and_answer(shared: Arc<Shared>, word: Word) -> Done {
    tokio::time::sleep(thinking_time(&shared)).await;
    let mut pause = Pause::default();
    loop {
        match try_answer(&shared, &word, pause.failures >= LOOKUPS_MAX).await {
            Ok(stored) => {
                count(&shared.counters.answered, u64::from(stored));
                return Done::Answered(word.visitor);
            }
            Err(Error::Closed) => return Done::Closed,
            Err(error) => pause.after(&shared, &error).await,
        }
    }
}

/// Between the shortest and the longest, each time another.
fn thinking_time(shared: &Shared) -> Duration {
    let (min, max) = (shared.options.think_min_ms, shared.options.think_max_ms);
    // Without randomness it thinks the shortest time.
    let random = getrandom::u64().unwrap_or(0);
    Duration::from_millis(min + random % max.saturating_sub(min).saturating_add(1).max(1))
}

/// Answers a word; false if it was answered already.
async fn try_answer(shared: &Shared, word: &Word, give_up: bool) -> Result<bool, Error> {
    let storage = &shared.storage;
    if give_up {
        return storage.answer(word, "I could not look that up just now. Ask me again in a while.", Vec::new()).await;
    }
    let directory = storage.directory();
    let Some(station) = directory.by_slug(&word.station) else {
        let text = format!("There is no station {:?} here that I could ask.", word.station);
        return storage.answer(word, &text, Vec::new()).await;
    };
    let preference = Preference::default().read(&word.units);
    let (mut context, latest) = gather::context(storage, station, preference, (shared.clock)()).await?;
    match understand(&word.text, &context) {
        Intent::Alert(Command::Refuse(reason)) => storage.answer(word, &reason, Vec::new()).await,
        Intent::Alert(command) => shared.watch.obey(word, &command, station, preference).await,
        intent => {
            let facts = gather::facts(storage, &intent, &context, latest).await?;
            context.preference = asked_in(&word.text, preference);
            storage.answer(word, &answer(&intent, &facts, &context), Vec::new()).await
        }
    }
}

/// Pauses between attempts, each twice as long as the one before.
#[derive(Default)]
pub(super) struct Pause {
    failures: u32,
}

impl Pause {
    async fn after(&mut self, shared: &Shared, error: &Error) {
        count(&shared.counters.retried, 1);
        self.wait(error).await;
    }

    /// Waits before the next attempt.
    pub async fn wait(&mut self, error: &Error) {
        tracing::warn!(%error, "storage failed; trying again");
        let pause = PAUSE_MIN_MS.saturating_mul(1 << self.failures.min(16)).min(PAUSE_MAX_MS);
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

const _: () = assert!(size_of::<Keeper>() == size_of::<usize>(), "a handle is a pointer: clones are cheap");
