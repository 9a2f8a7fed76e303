//! Answers words: each visitor's words in order, one after another, many visitors at once.
//!
//! The queue is storage's list of words without an answer. This file holds only the words that are being answered: those
//! of at most [`THINKING_MAX`] visitors, of each at most [`AHEAD_MAX`]. An answer is stored in the transaction that marks
//! its word as answered, so every word is answered once, even if the process is killed.

use super::alerts::parse::Command;
use super::gather;
use super::language::units::asked_in;
use super::stats::{Counters, count, set};
use super::talk::answer::answer;
use super::talk::intent::Intent;
use super::talk::understand::understand;
use super::{Keeper, Shared};
use crate::storage::Error;
use crate::storage::words::{Visitor, Word};
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use weather::preference::Preference;

/// Most visitors whose words are answered at once; the others wait in the database. Each costs some kilobytes.
const THINKING_MAX: usize = 2_000;
/// Most words of one visitor that wait in memory behind the word that is being answered.
const AHEAD_MAX: usize = 8;
/// Words that one query reads.
const WORDS_AT_ONCE: u32 = 500;
/// Storage is read again after this time even if the bell did not ring: another process may have stored words, or the
/// database was locked.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The first pause after a failure, ms; each further one is twice as long.
const PAUSE_MIN_MS: u64 = 50;
/// The longest pause, ms.
const PAUSE_MAX_MS: u64 = 5_000;
/// After so many failed attempts the keeper answers that it could not look it up, because other words wait.
const LOOKUPS_MAX: u32 = 6;

/// One visitor's words.
#[derive(Default)]
struct Slot {
    waiting: VecDeque<Word>,
    /// The newest word that was in `waiting`.
    newest: u64,
    /// True if storage has more of them.
    more: bool,
    /// True while they are being read.
    refilling: bool,
}

/// The result of a task.
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
    // True while there is no room for more visitors. It ends when a quarter is free, because one query reads many words.
    let mut full = false;
    loop {
        full &= slots.len() > THINKING_MAX * 3 / 4;
        while look && !full {
            match shared.storage.unanswered(after, WORDS_AT_ONCE).await {
                Ok(words) => {
                    look = words.len() == WORDS_AT_ONCE as usize;
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
                    tracing::warn!(%error, "waiting words could not be read; trying again");
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
                // The task panicked, which is a defect. Start again: storage knows which words are answered.
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

/// Starts the visitor's next task: the next word, a read of more words, or none.
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

/// Answers a word, if this server still leads when it is about to.
async fn think_and_answer(shared: Arc<Shared>, word: Word) -> Done {
    let done = shared.lead.while_leading(think(&shared, word)).await;
    // All of this ends with the lead.
    done.unwrap_or(Done::Closed)
}

async fn think(shared: &Shared, word: Word) -> Done {
    tokio::time::sleep(thinking_time(shared)).await;
    let mut pause = Pause::default();
    loop {
        match try_answer(shared, &word, pause.failures >= LOOKUPS_MAX).await {
            Ok(stored) => {
                count(&shared.counters.answered, u64::from(stored));
                return Done::Answered(word.visitor);
            }
            Err(Error::Closed) => return Done::Closed,
            Err(error) => pause.after(shared, &error).await,
        }
    }
}

/// A random time between the shortest and the longest.
fn thinking_time(shared: &Shared) -> Duration {
    let (min, max) = (shared.options.think_min_ms, shared.options.think_max_ms);
    // Without randomness: the shortest.
    let random = getrandom::u64().unwrap_or(0);
    Duration::from_millis(min + random % max.saturating_sub(min).saturating_add(1).max(1))
}

/// Answers a word; false if it was answered already.
async fn try_answer(shared: &Shared, word: &Word, give_up: bool) -> Result<bool, Error> {
    let storage = &shared.storage;
    if give_up {
        return storage
            .answer(word, "I could not look that up just now. Please ask me again in a few minutes.", Vec::new())
            .await;
    }
    let directory = storage.directory();
    let Some(station) = directory.by_slug(&word.station) else {
        let text = format!("I know no station called {:?}.", word.station);
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

/// Tries until it succeeds or storage is closed.
pub(super) async fn insist<T, F>(counters: &Counters, attempt: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut pause = Pause::default();
    loop {
        match attempt().await {
            Ok(done) => return Ok(done),
            Err(Error::Closed) => return Err(Error::Closed),
            Err(error) => {
                count(&counters.retried, 1);
                pause.wait(&error).await;
            }
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
    pub(crate) async fn wait(&mut self, error: &Error) {
        tracing::warn!(%error, "storage failed; trying again");
        let pause = PAUSE_MIN_MS.saturating_mul(1 << self.failures.min(16)).min(PAUSE_MAX_MS);
        self.failures = self.failures.saturating_add(1);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

const _: () = assert!(size_of::<Keeper>() == size_of::<usize>(), "a handle is a pointer: clones are cheap");
