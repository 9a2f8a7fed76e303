//! The register of connections: how many there are, from where, and what each is doing since when. It sends away those that
//! take too long, and makes room for newcomers.
//!
//! A connection notes what it does in its [`Slot`], which costs a store; one task looks at all slots each second. So no
//! request pays for a timer, and every kind of waiting has its limit in one place.

use super::options::Options;
use super::stats::{Counters, Cut};
use crate::web::Network;
use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How often the register looks at all connections: limits hold to this precision.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Half of the connections that never had a request make room at once, so that a flood does not cost a look for each; of
/// those that had one, which may be pages between two trucks, at most so many.
const SERVED_MADE_ROOM: usize = 32;
/// A connection whose request may have come but was not read has this time when the door closes.
const CLOSING_GRACE: Duration = Duration::from_millis(500);

/// A date's length in an answer, bytes, as RFC 9110 has it.
const DATE_BYTES: usize = 29;

#[expect(clippy::disallowed_methods, reason = "a door: the date of its answers")]
fn date() -> [u8; DATE_BYTES] {
    let text = httpdate::fmt_http_date(std::time::SystemTime::now());
    text.as_bytes().try_into().unwrap_or([b' '; DATE_BYTES])
}

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It waits for the first byte of a request.
    Idle,
    /// A head is on its way.
    Head,
    /// A body is on its way, a request is being answered, or a truck is parked: this ends by the limits of the room that
    /// answers.
    Busy,
    /// A request that changes something is there in full and being answered: whoever sent it gets the answer even if it has left meanwhile.
    Storing,
    /// An answer is being written.
    Writing,
}

impl Doing {
    const ALL: [Doing; 5] = [Doing::Idle, Doing::Head, Doing::Busy, Doing::Storing, Doing::Writing];
    /// Bits that tell them apart.
    const BITS: u32 = 3;
}

/// A connection's place in the register.
pub(crate) struct Slot {
    /// [`Doing`] in the lowest bits, above them the second since when.
    state: AtomicU32,
    /// Whether a request was answered on it.
    has_served: AtomicBool,
    /// Ends the connection.
    abort: Mutex<Option<AbortHandle>>,
    clock: Arc<AtomicU32>,
}

impl Slot {
    /// Notes what the connection does from now on.
    pub(crate) fn does(&self, doing: Doing) {
        self.state.store(self.clock.load(Relaxed) << Doing::BITS | doing as u32, Relaxed);
        if doing == Doing::Writing && !self.has_served.load(Relaxed) {
            self.has_served.store(true, Relaxed);
        }
    }

    /// What it does.
    pub(crate) fn doing(&self) -> Doing {
        let number = self.state.load(Relaxed) & ((1 << Doing::BITS) - 1);
        Doing::ALL.get(number as usize).copied().unwrap_or(Doing::Busy)
    }

    /// Whether it has had an answer and nothing has come since.
    fn is_between_requests(&self) -> bool {
        self.doing() == Doing::Idle && self.has_served.load(Relaxed)
    }

    /// Whether it has no request, or not a whole head of one.
    fn waits(&self) -> bool {
        matches!(self.doing(), Doing::Idle | Doing::Head)
    }

    /// The second since when it does that.
    fn since(&self) -> u32 {
        self.state.load(Relaxed) >> Doing::BITS
    }

    fn end(&self) {
        if let Some(abort) = &*self.abort.lock().unwrap_or_else(PoisonError::into_inner) {
            abort.abort();
        }
    }
}

/// Whom a connection counts against: an IPv4 address, or an IPv6 network of 64 bits.
type Origin = [u8; 8];

/// The register.
pub(crate) struct Register {
    options: Options,
    /// Networks without a limit of their own.
    trusted: Vec<Network>,
    /// Most connections in all.
    max_connections: usize,
    book: Mutex<Book>,
    /// Seconds since the start, as of the last look.
    clock: Arc<AtomicU32>,
    /// The date, as of the last look, as answers have it.
    date: Mutex<[u8; DATE_BYTES]>,
    next: AtomicU64,
    /// Rings when a connection has ended.
    ended: Notify,
    is_closing: AtomicBool,
    pub(crate) counters: Counters,
}

#[derive(Default)]
struct Book {
    slots: HashMap<u64, (Arc<Slot>, Option<Origin>)>,
    origins: HashMap<Origin, usize>,
}

/// A place in the register; given back when it is dropped.
pub(crate) struct Seat {
    register: Arc<Register>,
    number: u64,
    /// What the connection does.
    pub(crate) slot: Arc<Slot>,
}

/// All places are taken, and nobody can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Register {
    pub(crate) fn new(options: Options, trusted: Vec<Network>, open_files: u64) -> Arc<Self> {
        let max_connections = options.max_connections.min(super::files::for_connections(open_files));
        Arc::new(Self {
            options,
            trusted,
            max_connections,
            book: Mutex::default(),
            clock: Arc::default(),
            date: Mutex::new(date()),
            next: AtomicU64::new(0),
            ended: Notify::new(),
            is_closing: AtomicBool::new(false),
            counters: Counters::default(),
        })
    }

    /// Most connections at once.
    pub(crate) fn max_connections(&self) -> usize {
        self.max_connections
    }

    /// The knobs.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// A place for a connection from this address, if need be that of one that waits.
    pub(crate) fn seat(self: &Arc<Self>, address: IpAddr) -> Result<Seat, NoRoom> {
        let origin = self.origin(address);
        let mut book = self.book();
        if let Some(origin) = origin
            && book.origins.get(&origin).is_some_and(|count| *count >= self.options.address_max_connections)
            && self.make_room(&mut book, |of| *of == Some(origin)) == 0
        {
            self.counters.cut(Cut::Address, 1);
            return Err(NoRoom);
        }
        if book.slots.len() >= self.max_connections && self.make_room(&mut book, |_| true) == 0 {
            self.counters.cut(Cut::Full, 1);
            return Err(NoRoom);
        }
        let has_served = AtomicBool::new(false);
        let slot =
            Arc::new(Slot { has_served, state: AtomicU32::new(0), abort: Mutex::default(), clock: self.clock.clone() });
        slot.does(Doing::Head);
        let number = self.next.fetch_add(1, Relaxed);
        book.slots.insert(number, (slot.clone(), origin));
        if let Some(origin) = origin {
            *book.origins.entry(origin).or_default() += 1;
        }
        self.counters.accepted();
        Ok(Seat { register: self.clone(), number, slot })
    }

    /// Whether a newcomer finds no place free, and some connections without a request can go.
    pub(crate) fn is_full_of_some_that_wait(&self) -> bool {
        let book = self.book();
        book.slots.len() >= self.max_connections && book.slots.values().any(|(slot, _)| slot.waits())
    }

    /// Ends the connections of some that have waited longest without a request, those first that never had one; says how
    /// many. They leave the book here and now, so that their places count as free.
    fn make_room(&self, book: &mut Book, of: impl Fn(&Option<Origin>) -> bool) -> usize {
        let mut waiting: Vec<_> = book
            .slots
            .iter()
            .filter(|(_, (slot, origin))| of(origin) && slot.waits())
            .map(|(number, (slot, _))| (slot.has_served.load(Relaxed), slot.since(), *number))
            .collect();
        waiting.sort_unstable();
        // Who had an answer goes only if nobody waits who never had one: the next request may be on its way.
        let has_served = waiting.first().is_some_and(|first| first.0);
        waiting.retain(|one| one.0 == has_served);
        // The newer half stays: a connection that has just come may have sent its request already.
        let half = waiting.len().div_ceil(2);
        waiting.truncate(if has_served { half.min(SERVED_MADE_ROOM) } else { half });
        for (.., number) in &waiting {
            if let Some(slot) = book.remove(*number) {
                slot.end();
            }
        }
        self.counters.cut(Cut::Room, waiting.len());
        waiting.len()
    }

    /// The same for the accept loop that has run out of files.
    pub(crate) fn make_some_room(&self) {
        self.make_room(&mut self.book(), |_| true);
    }

    /// Whom a connection from there counts against; `None`: nobody, it speaks for many.
    fn origin(&self, address: IpAddr) -> Option<Origin> {
        let address = address.to_canonical();
        if address.is_loopback() || self.trusted.iter().any(|network| network.holds(address)) {
            return None;
        }
        let mut origin = [0; 8];
        match address {
            // No IPv6 network starts with these.
            IpAddr::V4(address) => {
                origin[..4].copy_from_slice(&[0xff; 4]);
                origin[4..].copy_from_slice(&address.octets());
            }
            IpAddr::V6(address) => origin.copy_from_slice(&address.octets()[..8]),
        }
        Some(origin)
    }

    /// How many connections there are.
    pub(crate) fn count(&self) -> usize {
        self.book().slots.len()
    }

    /// Looks at all connections each second, for ever.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // A second for each look, however late it comes: if this machine slept or was busy, it was not the clients who were
        // slow.
        for second in 0.. {
            look.tick().await;
            *self.date.lock().unwrap_or_else(PoisonError::into_inner) = date();
            self.look(second);
        }
    }

    /// Ends what has taken too long by this second.
    fn look(&self, second: u32) {
        self.clock.store(second, Relaxed);
        let book = self.book();
        for (slot, _) in book.slots.values() {
            let (limit_s, cut) = match slot.doing() {
                Doing::Busy | Doing::Storing => continue,
                Doing::Idle => (self.options.idle_limit_s, Cut::Idle),
                Doing::Head => (self.options.head_limit_s, Cut::Head),
                Doing::Writing => (self.options.write_limit_s, Cut::Write),
            };
            if second.saturating_sub(slot.since()) > limit_s {
                slot.end();
                self.counters.cut(cut, 1);
            }
        }
    }

    /// Writes the date as answers have it.
    pub(crate) fn date(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&*self.date.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether the server stops: no connection takes another request.
    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing.load(Relaxed)
    }

    /// Ends all connections without a whole head of a request, and waits until the others have had their answers. A
    /// connection that has not been read yet gets [`CLOSING_GRACE`]: its request may be here already.
    pub(crate) async fn close(&self) {
        self.is_closing.store(true, Relaxed);
        let mut grace = pin!(tokio::time::sleep(CLOSING_GRACE));
        loop {
            let ended = self.ended.notified();
            {
                let book = self.book();
                if book.slots.is_empty() {
                    return;
                }
                let is_over = grace.is_elapsed();
                let ends = |slot: &Slot| slot.waits() && (is_over || slot.is_between_requests());
                book.slots.values().filter(|(slot, _)| ends(slot)).for_each(|(slot, _)| slot.end());
            }
            // A connection may become idle without ending.
            tokio::select! {
                () = ended => {}
                () = tokio::time::sleep(Duration::from_millis(10)) => {}
                () = &mut grace, if !grace.is_elapsed() => {}
            }
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // A panic elsewhere must not close the door.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn remove(&mut self, number: u64) -> Option<Arc<Slot>> {
        let (slot, origin) = self.slots.remove(&number)?;
        if let Some(origin) = origin
            && let Some(count) = self.origins.get_mut(&origin)
        {
            *count -= 1;
            if *count == 0 {
                self.origins.remove(&origin);
            }
        }
        Some(slot)
    }
}

impl Seat {
    /// Names the task that ends with the connection.
    pub(crate) fn is_served_by(slot: &Slot, task: AbortHandle) {
        *slot.abort.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// The register.
    pub(crate) fn register(&self) -> &Arc<Register> {
        &self.register
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.register.book().remove(self.number);
        self.register.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(max_connections: usize, address_max_connections: usize) -> Arc<Register> {
        let options = Options { max_connections, address_max_connections, ..Options::default() };
        Register::new(options, vec!["10.0.0.0/8".parse().expect("a network")], 1 << 20)
    }

    fn seat(register: &Arc<Register>, address: &str) -> Result<Seat, NoRoom> {
        register.seat(address.parse().expect("an address"))
    }

    #[test]
    fn one_address_has_its_share_and_no_more() {
        let register = register(100, 2);
        let busy = |address| seat(&register, address).inspect(|seat| seat.slot.does(Doing::Busy));
        let _two = [busy("192.0.2.1").expect("a seat"), busy("192.0.2.1").expect("a seat")];
        assert_eq!(busy("192.0.2.1").err(), Some(NoRoom));
        assert!(busy("192.0.2.2").is_ok(), "another address");
        let _net = [busy("2001:db8::1").expect("a seat"), busy("2001:db8::2").expect("a seat")];
        assert_eq!(busy("2001:db8::3").err(), Some(NoRoom), "one /64 is one origin");
        assert!(busy("2001:db8:0:1::3").is_ok());
        for speaks_for_many in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:10.1.2.3"] {
            let seats: Vec<_> = (0..5).map(|_| busy(speaks_for_many).expect("a seat")).collect();
            assert_eq!(seats.len(), 5);
        }
    }

    #[test]
    fn a_seat_that_is_given_back_is_free() {
        let register = register(2, 1);
        for _ in 0..10 {
            let seat = seat(&register, "192.0.2.1").expect("a seat");
            seat.slot.does(Doing::Busy);
        }
        assert_eq!((register.count(), register.book().origins.len()), (0, 0));
    }

    #[tokio::test]
    async fn a_door_that_closes_waits_for_requests_only() {
        let register = register(9, 9);
        for doing in [Doing::Head, Doing::Idle] {
            let seat = seat(&register, "127.0.0.1").expect("a seat");
            seat.slot.does(doing);
            let slot = seat.slot.clone();
            let task = tokio::spawn(async move {
                let _seat = seat;
                std::future::pending::<()>().await;
            });
            Seat::is_served_by(&slot, task.abort_handle());
        }
        let busy = seat(&register, "127.0.0.1").expect("a seat");
        busy.slot.does(Doing::Busy);
        let answered = async {
            while register.count() > 1 {
                tokio::task::yield_now().await;
            }
            drop(busy);
        };
        let all = async { tokio::join!(register.close(), answered) };
        tokio::time::timeout(Duration::from_secs(20), all).await.expect("it closes");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_while_the_machine_sleeps_was_not_slow() {
        let register = register(9, 9);
        let limit_s = u64::from(register.options.head_limit_s);
        let _watch = tokio::spawn(register.clone().watch());
        let seat = seat(&register, "127.0.0.1").expect("a seat");
        seat.slot.does(Doing::Head);
        let slot = seat.slot.clone();
        let served = tokio::spawn(async move {
            let _seat = seat;
            std::future::pending::<()>().await;
        });
        Seat::is_served_by(&slot, served.abort_handle());
        let pass = async |seconds| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            // The watch looks, and what it ends goes.
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        };
        pass(limit_s * 10).await;
        assert!(!served.is_finished(), "all of it in one look");
        for _ in 0..limit_s + 2 {
            pass(1).await;
        }
        assert!(served.is_finished(), "a second for each look");
    }

    #[test]
    fn who_never_had_a_request_goes_first() {
        const SILENT: usize = 32;
        let register = register(SILENT + 1, 100);
        let old = seat(&register, "127.0.0.1").expect("a seat");
        old.slot.does(Doing::Writing);
        old.slot.does(Doing::Idle);
        register.clock.store(9, Relaxed);
        let _silent: Vec<_> = (0..SILENT).map(|_| seat(&register, "127.0.0.1").expect("a seat")).collect();
        let _newcomer = seat(&register, "127.0.0.1").expect("a place");
        assert!(register.book().slots.contains_key(&old.number), "it was idle for longest, but has been served");
        assert_eq!(register.count(), 2 + SILENT / 2, "the newer half of the silent stays");
    }

    #[test]
    fn a_newcomer_takes_the_place_of_who_waited_longest_and_never_of_a_request() {
        let register = register(3, 100);
        let seats: Vec<_> = (0..3)
            .map(|second| {
                register.clock.store(second, Relaxed);
                seat(&register, "127.0.0.1").expect("a seat")
            })
            .collect();
        seats[0].slot.does(Doing::Busy);
        let newcomer = seat(&register, "127.0.0.1").expect("the place of another");
        let stays = |seat: &Seat| register.book().slots.contains_key(&seat.number);
        assert_eq!([0, 1, 2].map(|number| stays(&seats[number])), [true, false, true], "who waited longest is gone");
        newcomer.slot.does(Doing::Writing);
        let third = seat(&register, "127.0.0.1").expect("a seat");
        third.slot.does(Doing::Busy);
        assert_eq!(seat(&register, "127.0.0.1").err(), Some(NoRoom), "all have a request");
    }
}
