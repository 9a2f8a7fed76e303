//! Compares alerts with each report, and tells their visitors: at once if they are here, else on their next visit.
//!
//! One lock holds all alerts. A change keeps the lock until storage has the change. So memory is never ahead of storage for
//! longer than a commit takes, and a new alert misses no report: none can come between the value that it starts from and
//! the first report that it is compared with.

mod owner;

use super::Clock;
use super::alerts::book;
use super::alerts::parse::Command;
use super::alerts::phrases::{self, Listener};
use super::alerts::rule::Rule;
use super::alerts::state::Input;
use super::dispatch::{Pause, insist};
use super::gather;
use super::held::{Book, Happened, Held, Key, blurts, is_due};
use super::language::facts::Facts;
use super::owner::Wish;
use super::presence::Presence;
use super::queue::Queue;
use super::report;
use super::stats::{Counters, count, set};
use crate::storage::words::{Alert, AlertChange, Visitor, Word};
use crate::storage::{Entry, Error, Storage};
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::watch::Sender;
use tokio::sync::{Mutex, Notify};
use weather::freshness;
use weather::preference::Preference;
use weather::station::Station;

/// Said when an address, or all together, have made as many alerts as they may in a day.
const TOO_MANY_TODAY: &str = "So many alerts were made today, from where you are or by all visitors, that I take no more. Ask me again tomorrow.";
/// The interval at which silent stations are looked for.
const TICK: Duration = Duration::from_secs(30);
/// States are stored every so many ticks (ten minutes), so that a restart reads little of the journal again.
const TICKS_PER_KEEPING: u32 = 20;
/// Alerts that have ended in storage are dropped from memory every so many times that states are stored: twice a day.
const KEEPINGS_PER_SWEEP: u32 = 72;
/// After taking over, alerts are read once more after so many ticks (half a minute): who led before may have made some meanwhile.
const TICKS_TO_SETTLE: u32 = 2;
/// Most states in one transaction.
const KEPT_AT_ONCE: usize = 500;
/// Journal entries that one query reads.
const ENTRIES_AT_ONCE: u32 = 500;
/// If the journal no longer has all entries that an alert has not seen, the newest entries are read, so many of them.
const TAIL_ENTRIES: u32 = 10_000;

pub(super) struct Watch {
    storage: Storage,
    clock: Clock,
    queue: Queue,
    presence: Presence,
    woken: Notify,
    told: Notify,
    book: Mutex<Book>,
    counters: Arc<Counters>,
    /// Visitors who were here before that are noted in storage, ms.
    kept_at: AtomicI64,
    /// The journal's newest entry before the first report that counts, for the first reading; else it is that of when alerts are read.
    began: Option<u64>,
    /// Another server has led, or this one has read its alerts already.
    began_before: AtomicBool,
    /// Another server has changed alerts: they are to be read again.
    overtaken: AtomicBool,
    /// What the owner wants to be told.
    wishes: Vec<Wish>,
    /// How many letters were stored.
    written: Sender<u64>,
}

impl Watch {
    pub(crate) fn new(storage: Storage, clock: Clock, counters: Arc<Counters>) -> Self {
        let (queue, presence) = (Queue::default(), Presence::default());
        let book = Mutex::new(Book::default());
        let (woken, told) = (Notify::new(), Notify::new());
        let (kept_at, written) = (AtomicI64::new(i64::MIN), Sender::new(0));
        let (wishes, began) = (Vec::new(), None);
        let (began_before, overtaken) = (AtomicBool::new(false), AtomicBool::new(false));
        Self {
            storage,
            clock,
            queue,
            presence,
            woken,
            told,
            book,
            counters,
            kept_at,
            began,
            began_before,
            overtaken,
            wishes,
            written,
        }
    }

    /// The same with what the owner wants to be told, after an entry of the journal.
    pub(crate) fn wishing(self, wishes: Vec<Wish>, began: u64) -> Self {
        Self { wishes, began: Some(began), ..self }
    }

    /// Says which alerts of the configuration wait for a station: its name may be misspelt.
    fn name_strangers(&self) {
        let directory = self.storage.directory();
        for wish in &self.wishes {
            if let Some(station) = wish.station.as_deref().filter(|slug| directory.by_slug(slug).is_none()) {
                tracing::warn!(webhook = %wish.webhook, station, "an alert of a webhook names a station that is not there");
            }
        }
    }

    pub(crate) fn visit(&self, visitor: &Visitor) {
        if self.presence.visit(visitor, (self.clock)()) {
            self.woken.notify_one();
        }
    }

    /// Waits until the visitor has no news to hear.
    pub(crate) async fn until_told(&self, visitor: &Visitor) {
        loop {
            let told = self.told.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if !self.presence.is_due(visitor) {
                return;
            }
            told.await;
        }
    }

    pub(crate) fn news(&self, entries: &[Entry]) {
        if entries.iter().any(report::is_of_a_change) {
            let directory = self.storage.directory();
            self.queue.follow(|slug| directory.renamed(slug).cloned());
            // Whatever a new station reports may be what the owner wants to be told.
            let changed = entries.iter().filter(|entry| !self.wishes.is_empty() && report::is_of_a_change(entry));
            changed.for_each(|entry| self.queue.heed(&entry.station));
            self.woken.notify_one();
        }
        if self.queue.push(entries, &self.counters) {
            self.woken.notify_one();
        }
    }

    /// Somebody else was quicker: what is known is read again.
    fn overtaken(&self) {
        self.overtaken.store(true, SeqCst);
        self.woken.notify_one();
    }

    /// Another server leads: this one knows nothing of alerts until it reads them. No report waits for it.
    pub(crate) async fn rest(&self) {
        self.began_before.store(true, SeqCst);
        self.overtaken.store(false, SeqCst);
        *self.book.lock().await = Book::default();
        self.queue.rest();
        self.presence.rest();
        set(&self.counters.alerts, 0);
    }

    /// Reads all alerts, and the reports since their states were stored. Fails only if storage is closed.
    pub(crate) async fn load(&self) -> Result<(), Error> {
        let mut book = self.book.lock().await;
        *book = Book::default();
        let mut pause = Pause::default();
        let (alerts, tail) = loop {
            match tokio::try_join!(self.storage.alerts(), self.storage.journal_tail(1)) {
                Ok(read) => break read,
                Err(Error::Closed) => return Err(Error::Closed),
                Err(error) => pause.wait(&error).await,
            }
        };
        // What was stored while nobody listened yet is read from the journal.
        let began_before = self.began_before.swap(true, SeqCst);
        let began = self.began.filter(|_| !began_before);
        let began = began.unwrap_or_else(|| tail.last().map_or(0, |entry| entry.seq));
        book.head = alerts.iter().map(|alert| alert.seq).fold(began, u64::min);
        book.since = Some((self.clock)());
        for alert in alerts {
            let read =
                serde_json::from_str(&alert.rule).and_then(|rule| Ok((rule, serde_json::from_str(&alert.state)?)));
            match read {
                Ok((rule, state)) => {
                    let stored_seq = alert.seq;
                    book.keep(Held { alert, rule, state, stored_seq, changed: false });
                }
                Err(error) => tracing::warn!(%error, rule = alert.rule, "an alert cannot be read; it is left alone"),
            }
        }
        self.name_strangers();
        self.follow_wishes(&mut book, began).await?;
        self.presence.keep_only(book.alerts.keys().map(|(visitor, _)| visitor.clone()));
        self.queue.heed_only(book.by_station.keys().map(|station| station.as_str().into()));
        set(&self.counters.alerts, book.count());
        if !book.alerts.is_empty() {
            self.catch_up(&mut book).await?;
        }
        let due: Vec<Visitor> =
            book.alerts.iter().filter(|(_, own)| is_due(own)).map(|((v, _), _)| v.clone()).collect();
        due.iter().for_each(|visitor| self.presence.set_due(visitor, true, (self.clock)()));
        Ok(())
    }

    /// Runs until storage is closed. `is_later`: another server has led before.
    pub(crate) async fn run(&self, is_later: bool) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut keep_in, mut sweep_in) = (TICKS_PER_KEEPING, KEEPINGS_PER_SWEEP);
        let mut settles_in = if is_later { TICKS_TO_SETTLE } else { 0 };
        loop {
            let ticked = tokio::select! {
                () = self.woken.notified() => false,
                _ = ticks.tick() => true,
            };
            if ticked && settles_in > 0 {
                settles_in -= 1;
                self.overtaken.fetch_or(settles_in == 0, SeqCst);
            }
            let done = async {
                if self.overtaken.swap(false, SeqCst) {
                    self.load().await?;
                }
                self.look().await?;
                if ticked {
                    self.look_for_silence().await?;
                    keep_in -= 1;
                }
                if keep_in == 0 {
                    keep_in = TICKS_PER_KEEPING;
                    self.keep().await?;
                    sweep_in -= 1;
                }
                if sweep_in == 0 {
                    sweep_in = KEEPINGS_PER_SWEEP;
                    self.drop_ended().await?;
                }
                Ok::<_, Error>(())
            };
            if done.await.is_err() {
                return;
            }
        }
    }

    /// Looks at new reports and at visitors that came back.
    async fn look(&self) -> Result<(), Error> {
        let mut book = self.book.lock().await;
        let waited = self.queue.take();
        let directory = self.storage.directory();
        if directory.has_renamed() {
            book.follow(|slug| directory.renamed(slug).cloned());
        }
        let head = book.head;
        self.follow_wishes(&mut book, head).await?;
        if waited.overflowed {
            self.catch_up(&mut book).await?;
        } else {
            let fresh: Vec<Entry> = waited.entries.into_iter().filter(|entry| entry.seq > book.head).collect();
            let happened = book.hold_against(&fresh, |slug| directory.renamed(slug).cloned());
            self.tell(&mut book, happened).await?;
            book.head = book.head.max(waited.newest);
        }
        for visitor in self.presence.returned() {
            self.sum_up(&mut book, &visitor).await?;
        }
        Ok(())
    }

    /// Reads the journal from the head on.
    async fn catch_up(&self, book: &mut Book) -> Result<(), Error> {
        loop {
            let entries = match self.read(book.head).await? {
                Some(entries) => entries,
                None => {
                    tracing::warn!(
                        "the journal no longer has all reports since the last start; alerts miss the reports that are gone"
                    );
                    let tail = self.insist(|| self.storage.journal_tail(TAIL_ENTRIES)).await?;
                    tail.into_iter().filter(|entry| entry.seq > book.head).collect()
                }
            };
            let Some(last) = entries.last() else { return Ok(()) };
            let last = last.seq;
            let directory = self.storage.directory();
            let happened = book.hold_against(&entries, |slug| directory.renamed(slug).cloned());
            self.tell(book, happened).await?;
            book.head = last;
        }
    }

    async fn read(&self, after: u64) -> Result<Option<Vec<Entry>>, Error> {
        self.insist(|| self.storage.journal_since(after, None, ENTRIES_AT_ONCE)).await
    }

    /// Tries until it succeeds or storage is closed.
    async fn insist<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        insist(&self.counters, attempt).await
    }

    /// Stores the events, and tells the visitors that are here.
    async fn tell(&self, book: &mut Book, happened: Happened) -> Result<(), Error> {
        for (key, events) in happened {
            if let Some(webhook) = key.0.webhook() {
                self.write_letters(book, &key, webhook, &events).await?;
                continue;
            }
            let now = (self.clock)();
            let here = self.presence.is_here(&key.0, now);
            let zone = self.zone(&key.1);
            let Some(own) = book.alerts.get_mut(&key) else { continue };
            let to = |held: &Held| Listener {
                zone: zone.clone(),
                now,
                preference: Preference::default().read(&held.alert.units),
            };
            let text = here.then(|| blurts(own, &events, now, &to)).flatten().or_else(|| {
                let to = own.values().next().map(&to).filter(|_| here)?;
                phrases::summary(own.iter().map(|(number, held)| (*number, &held.rule, &held.state)), to)
            });
            let moved: BTreeSet<u32> = events.iter().map(|(number, ..)| *number).collect();
            let changes = own
                .iter_mut()
                .filter(|(number, held)| moved.contains(*number) || (here && held.state.is_due()))
                .map(|(_, held)| {
                    if here {
                        held.state.told();
                    }
                    held.put()
                })
                .collect();
            self.speak(&key, text.as_deref(), changes).await?;
            if !here {
                self.presence.set_due(&key.0, true, (self.clock)());
            }
        }
        Ok(())
    }

    async fn speak(
        &self,
        (visitor, station): &Key,
        text: Option<&str>,
        changes: Vec<AlertChange>,
    ) -> Result<(), Error> {
        if !self.insist(|| self.storage.speak(visitor, station, text, changes.clone())).await? {
            self.overtaken();
            return Ok(());
        }
        count(&self.counters.spoken, u64::from(text.is_some()));
        Ok(())
    }

    /// Tells a visitor that came back all news.
    async fn sum_up(&self, book: &mut Book, visitor: &Visitor) -> Result<(), Error> {
        let now = (self.clock)();
        let from = (visitor.clone(), String::new());
        for (key, own) in book.alerts.range_mut(from..).take_while(|((whose, _), _)| whose == visitor) {
            let Some(first) = own.values().next().filter(|_| is_due(own)) else { continue };
            let preference = Preference::default().read(&first.alert.units);
            let to = Listener { zone: self.zone(&key.1), now, preference };
            let alerts = own.iter().map(|(number, held)| (*number, &held.rule, &held.state));
            let Some(text) = phrases::summary(alerts, to) else { continue };
            let due = own.values_mut().filter(|held| held.state.is_due());
            let changes = due.map(|held| {
                held.state.told();
                held.put()
            });
            let changes = changes.collect();
            self.speak(key, Some(&text), changes).await?;
        }
        self.presence.set_due(visitor, false, now);
        self.told.notify_waiters();
        Ok(())
    }

    async fn look_for_silence(&self) -> Result<(), Error> {
        let mut book = self.book.lock().await;
        let now = (self.clock)();
        let since = book.since.unwrap_or(now);
        let mut happened = Happened::new();
        let directory = self.storage.directory();
        let mut limits: HashMap<String, i64> = HashMap::new();
        for (key, own) in &mut book.alerts {
            for (number, held) in own.iter_mut().filter(|(_, held)| held.rule == Rule::Silence) {
                let Some(station) = directory.by_slug(&key.1) else { continue };
                // What counts is that it reports, whatever time its clock says.
                let arrived = self.storage.heard(station.id).at.unwrap_or(since);
                let heard = held.state.seen.map_or(since, |seen| seen.max(since)).max(arrived);
                // No station counts as silent before this time, so storage need not be asked.
                if held.state.ringing.is_some() || now.since(heard) <= freshness::offline_after_ms(None) {
                    continue;
                }
                let silent_after_ms = match limits.get(&key.1) {
                    Some(limit) => *limit,
                    None => {
                        let interval = self.insist(|| self.storage.interval_ms(station.id)).await?;
                        *limits.entry(key.1.clone()).or_insert(freshness::offline_after_ms(interval))
                    }
                };
                let state = std::mem::take(&mut held.state);
                let (state, event) =
                    state.feed(&held.rule, Input::Tick { silent_after_ms, since: since.max(arrived) }, now);
                held.state = state;
                if let Some(event) = event {
                    happened.entry(key.clone()).or_default().push((*number, event, now));
                }
            }
        }
        self.tell(&mut book, happened).await
    }

    /// Stores the states of alerts, and which of their visitors were here since the last time.
    pub(crate) async fn keep(&self) -> Result<(), Error> {
        self.keep_states().await?;
        let visitors = self.presence.visitors_since(&self.kept_at, (self.clock)());
        if visitors.is_empty() {
            return Ok(());
        }
        self.insist(|| self.storage.seen(visitors.clone())).await
    }

    /// Drops alerts that storage has ended: their visitors never came back.
    async fn drop_ended(&self) -> Result<(), Error> {
        let mut book = self.book.lock().await;
        let there = self.insist(|| self.storage.alerts()).await?;
        let there: BTreeSet<(&Visitor, &str, u32)> =
            there.iter().map(|alert| (&alert.visitor, alert.station.as_str(), alert.number)).collect();
        let held = book.alerts.iter().flat_map(|(key, own)| own.keys().map(move |number| (key.clone(), *number)));
        let ended: Vec<(Key, u32)> =
            held.filter(|(key, number)| !there.contains(&(&key.0, key.1.as_str(), *number))).collect();
        for (key, number) in &ended {
            book.forget(key, *number);
            if !book.alerts.keys().any(|(visitor, _)| *visitor == key.0) {
                self.presence.drop(&key.0);
            }
        }
        set(&self.counters.alerts, book.count());
        Ok(())
    }

    /// Stores the states that have changed since they were stored.
    async fn keep_states(&self) -> Result<(), Error> {
        let mut book = self.book.lock().await;
        let head = book.head;
        let held = book.alerts.iter_mut().flat_map(|(key, own)| own.values_mut().map(move |held| (key, held)));
        let mut changes: Vec<(Key, AlertChange)> = Vec::new();
        for (key, held) in held.filter(|(_, held)| held.changed) {
            held.alert.seq = held.alert.seq.max(head);
            changes.push((key.clone(), held.put()));
        }
        for some in changes.chunks(KEPT_AT_ONCE) {
            let Some((key, _)) = some.first() else { continue };
            self.speak(key, None, some.iter().map(|(_, change)| change.clone()).collect()).await?;
        }
        Ok(())
    }

    /// Carries out a visitor's command about alerts, and answers; false if the word was answered already.
    pub(crate) async fn obey(
        &self,
        word: &Word,
        command: &Command,
        station: &Arc<Station>,
        preference: Preference,
    ) -> Result<bool, Error> {
        let mut book = self.book.lock().await;
        // It may have been said when the station was called something else.
        let key = (word.visitor.clone(), station.slug.to_string());
        // First the queue, then the values: an earlier report is in the values, a later one is in the queue.
        self.queue.heed(&key.1);
        let now = (self.clock)();
        let (context, latest) = gather::context(&self.storage, station, preference, now).await?;
        let facts = Facts { latest, clock: self.storage.heard(station.id).off(), ..Facts::default() };
        let own = book.alerts.get(&key);
        let held: Vec<(u32, &Rule)> = own.into_iter().flatten().map(|(number, held)| (*number, &held.rule)).collect();
        let (text, changes) = book::obey(command, &held, &facts, &context);
        if changes.add.is_some() && !self.storage.may_alert(word) {
            return self.storage.answer(word, TOO_MANY_TODAY, Vec::new()).await;
        }
        let added = changes.add.map(|(number, rule, state)| {
            let alert = Alert {
                visitor: key.0.clone(),
                station: key.1.clone(),
                number,
                rule: serde_json::to_string(&rule).unwrap_or_default(),
                state: String::new(),
                units: word.units.clone(),
                created_at: now,
                seq: book.head,
            };
            let stored_seq = alert.seq;
            Held { alert, rule, state, stored_seq, changed: false }
        });
        let forget = |number: &u32| {
            let (visitor, station) = key.clone();
            AlertChange::Forget { visitor, station, number: *number }
        };
        let mut stored: Vec<AlertChange> = changes.forget.iter().map(forget).collect();
        let added = added.map(|mut held| {
            stored.push(held.made());
            held
        });
        match self.storage.answer(word, &text, stored).await {
            Ok(true) => {}
            Err(Error::TooManyAlerts) => {
                let text = "I cannot watch more alerts at the moment, sorry.";
                return self.storage.answer(word, text, Vec::new()).await;
            }
            other => {
                // Another server has answered, and has perhaps made an alert.
                self.overtaken();
                return other;
            }
        }
        changes.forget.iter().for_each(|number| book.forget(&key, *number));
        if let Some(held) = added {
            self.presence.keep(&key.0, word.said_at);
            book.keep(held);
        }
        if !book.alerts.keys().any(|(visitor, _)| *visitor == key.0) {
            self.presence.drop(&key.0);
        }
        set(&self.counters.alerts, book.count());
        Ok(true)
    }

    /// The zone of a station; UTC if it is gone.
    fn zone(&self, station: &str) -> weather::zone::Zone {
        self.storage.directory().by_slug(station).map_or(weather::zone::Zone::UTC, |station| station.zone.clone())
    }
}
