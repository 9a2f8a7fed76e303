//! What may happen next, and what comes of it.

use crate::bay::{Bay, EPOCH, Rules, Waiting};
use crate::state::{Answer, Budget, Calm, Entry, Request, State};
use channel::cargo::Why;
use channel::clipboard::Id;
use channel::cursor::Cursor;
use channel::fleet::Fleet;
use lab::home::{Event, Home, Item, Load, Ms, PARK_MS, Timer, Word};
use std::sync::Arc;

/// How old a truck is when it is found to be missing, or when the page wakes: older than any that is believed.
const OLD_MS: Ms = 30_000;
/// When a server that closes wants to see its pages again.
const RETRY_MS: Ms = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Say,
    /// News is committed to the journal.
    Commit,
    /// The dock of a server hears of what was committed.
    Announce(usize),
    /// A truck arrives at a server.
    Arrive(Request, usize),
    Home(Answer),
    LoseRequest(Request),
    LoseAnswer(Answer),
    Double(Request),
    /// A box on the road forgets a truck's connection: home learns of it, the dock does not.
    Cut(u32),
    /// The page wakes after so long that it believes none of its trucks.
    Wake,
    Ticket(usize),
    Kill(usize),
    Close(usize),
    /// Home learns that a truck is lost: at once, or when its time is over.
    Missed {
        truck: u32,
        late: bool,
    },
    Ring(Timer),
    Calm,
    /// A parking time passes: all tickets are due, a truck leaves that leaves by the clock, and a page that hears only
    /// when it speaks says something.
    Pass,
}

/// Whether home keeps its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    Kept,
    /// A truck leaves for each that comes home, whether one is out or not.
    SendsOnEveryReturn,
}

/// What is checked: a fleet, within bounds, by the rules or not.
#[derive(Debug, Clone, Copy)]
pub struct World {
    pub fleet: &'static Fleet,
    pub budget: Budget,
    pub home: Habit,
    pub dock: Rules,
    /// When the dock hears of words.
    pub hears: Hears,
    /// Servers over the same journal. Each truck goes to any of them.
    pub servers: usize,
}

/// When the dock hears of the words that a truck has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// Before their truck arrives at the yard.
    InTime,
    /// At any time: the truck does not wait for it.
    Late,
}

impl World {
    pub fn first(&self) -> State {
        let mut state = State {
            home: Home::new(self.fleet, PARK_MS, 0),
            bays: vec![Bay::open(&[], self.dock, 0); self.servers],
            requests: Vec::new(),
            answers: Vec::new(),
            journal: Vec::new(),
            stored: Vec::new(),
            said: 0,
            applied: 0,
            heard: 0,
            left: self.budget,
            calm: None,
            broken: None,
        };
        let events = state.home.start(place(0), Arc::new([]), 0);
        self.follow(&mut state, events);
        state.simplify();
        state
    }

    /// What may happen of itself, once nothing else does.
    pub fn calm_actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (server, bay) in state.bays.iter().enumerate() {
            if bay.yard.head() < state.head() {
                actions.push(Action::Announce(server));
            }
        }
        for (at, request) in state.requests.iter().enumerate() {
            if !state.requests[..at].contains(request) {
                actions.extend((0..self.servers).map(|server| Action::Arrive(request.clone(), server)));
            }
        }
        for (at, answer) in state.answers.iter().enumerate() {
            if !state.answers[..at].contains(answer) {
                actions.push(Action::Home(answer.clone()));
            }
        }
        let vanished = state.vanished();
        actions
            .extend(vanished.iter().flat_map(|truck| [false, true].map(|late| Action::Missed { truck: *truck, late })));
        let waits = |timer: &Timer| matches!(timer, Timer::Patience | Timer::Token);
        actions.extend(state.home.timers().iter().map(|(_, timer)| *timer).filter(waits).map(Action::Ring));
    }

    pub fn all_actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.calm_actions(state, actions);
        if let Some(calm) = state.calm {
            if actions.is_empty() && !calm.towed {
                actions.push(Action::Pass);
            }
            return;
        }
        let left = state.left;
        let mut may = |budget: u8, action: Action| {
            if budget > 0 {
                actions.push(action);
            }
        };
        may(left.words, Action::Say);
        may(left.news, Action::Commit);
        may(
            u8::from(state.home.timers().iter().any(|(_, timer)| *timer == Timer::Period)),
            Action::Ring(Timer::Period),
        );
        may(1, Action::Calm);
        if left.faults == 0 {
            return;
        }
        for request in &state.requests {
            may(left.lost, Action::LoseRequest(request.clone()));
            may(left.doubled, Action::Double(request.clone()));
        }
        state.answers.iter().for_each(|answer| may(left.lost, Action::LoseAnswer(answer.clone())));
        let vanished = state.vanished();
        state
            .home
            .out()
            .filter(|truck| !vanished.contains(truck))
            .for_each(|truck| may(left.aborted, Action::Cut(truck)));
        for (server, bay) in state.bays.iter().enumerate() {
            may(left.tickets.min(bay.waiting.len() as u8), Action::Ticket(server));
            may(left.restarts, Action::Kill(server));
            may(left.restarts, Action::Close(server));
        }
        may(left.aborted, Action::Wake);
    }

    pub fn take(&self, state: &mut State, action: Action) {
        let mut half = || 0.5;
        let events = match action {
            Action::Say => {
                state.left.words -= 1;
                say(state)
            }
            Action::Commit => {
                state.left.news -= 1;
                state.journal.push(Entry::News);
                vec![]
            }
            Action::Announce(server) => {
                self.announce(state, server);
                vec![]
            }
            Action::Arrive(request, server) => {
                remove(&mut state.requests, &request);
                self.arrive(state, request, server);
                vec![]
            }
            Action::Home(answer) => {
                remove(&mut state.answers, &answer);
                if let Some(calm) = &mut state.calm {
                    calm.deliveries = calm.deliveries.saturating_add(1);
                }
                self.deliver(state, answer)
            }
            Action::LoseRequest(request) => {
                fault(&mut state.left, |left| &mut left.lost);
                remove(&mut state.requests, &request);
                vec![]
            }
            Action::LoseAnswer(answer) => {
                fault(&mut state.left, |left| &mut left.lost);
                remove(&mut state.answers, &answer);
                vec![]
            }
            Action::Double(request) => {
                fault(&mut state.left, |left| &mut left.doubled);
                state.requests.push(request);
                vec![]
            }
            Action::Cut(truck) => {
                fault(&mut state.left, |left| &mut left.aborted);
                state.home.lost(truck, None, 0, &mut half)
            }
            Action::Wake => {
                fault(&mut state.left, |left| &mut left.aborted);
                state.home.wake(OLD_MS)
            }
            Action::Ticket(server) => {
                fault(&mut state.left, |left| &mut left.tickets);
                let answers = state.bays[server].ticket(&state.journal);
                state.answers.extend(answers);
                vec![]
            }
            Action::Kill(server) | Action::Close(server) => {
                fault(&mut state.left, |left| &mut left.restarts);
                let bay = &mut state.bays[server];
                if action == Action::Close(server) {
                    state.answers.extend(bay.close(&state.journal));
                }
                let takes_nobody_back = bay.takes_nobody_back;
                *bay = Bay::open(&state.journal, self.dock, bay.other());
                state.must(takes_nobody_back, "S7");
                vec![]
            }
            Action::Missed { truck, late } => state.home.lost(truck, None, if late { OLD_MS } else { 0 }, &mut half),
            Action::Ring(timer) => state.home.ring(timer, 0, &mut half),
            Action::Calm => {
                state.left = Budget::default();
                state.calm = Some(Calm { towed: false, deliveries: 0 });
                vec![]
            }
            Action::Pass => {
                state.calm = Some(Calm { towed: true, deliveries: 0 });
                for bay in &mut state.bays {
                    state.answers.extend(bay.tow_all(&state.journal));
                }
                let by_clock = state.home.ring(Timer::Period, 0, &mut half);
                let silent = !self.fleet.keep_one_out && self.fleet.every_ms.is_none();
                if silent { say(state) } else { by_clock }
            }
        };
        self.follow(state, events);
        state.judge();
        state.simplify();
    }

    /// As `live` does with a truck: it notes the words, stores them, waits until the dock knows them, and lets the truck
    /// in. Where that takes too long it forgets the note.
    fn arrive(&self, state: &mut State, request: Request, server: usize) {
        if self.hears == Hears::InTime {
            state.bays[server].says(&request.say);
        }
        for word in &request.say {
            if !state.stored.contains(word) {
                state.stored.push(*word);
                state.journal.push(Entry::Word(*word));
            }
        }
        if !request.say.is_empty() && self.hears == Hears::InTime {
            self.announce(state, server);
        }
        let (seen, head) = (request.seen as usize, state.bays[server].yard.head() as usize);
        let finds = state.journal.get(seen..head).unwrap_or_default();
        let own = |entry: &Entry| matches!(entry, Entry::Word(word) if request.say.contains(word));
        let may_wait = request.park && !request.say.is_empty() && self.fleet.words_may_wait && finds.iter().all(own);
        let gone = state.bays[server].arrive(self.fleet, request, &state.journal);
        if self.hears == Hears::InTime {
            state.bays[server].said();
        }
        state.must(!may_wait || gone.parks || gone.was_behind, "L5");
        state.answers.extend(gone.leaving);
    }

    /// All that was committed since the last time, together.
    fn announce(&self, state: &mut State, server: usize) {
        let bay = &mut state.bays[server];
        let head = bay.yard.head();
        let has_news = state.journal[head as usize..].contains(&Entry::News);
        let parked = bay.waiting.len();
        let leaving = bay.announce(&state.journal);
        let is_well = bay.other_is_well;
        let lacks_news = |waiting: &Waiting| {
            let has = waiting.seen.max(state.applied).max(head) as usize;
            state.journal[has..].contains(&Entry::News)
        };
        let is_held_back = bay.waiting.iter().any(lacks_news);
        let with_it = leaving.iter().filter(|answer| answer.cargo.last() == Some(&state.head())).count();
        if self.servers > 1 {
            // Its page may have had the news elsewhere; and what it has said elsewhere is news here.
            state.must(with_it == leaving.len() && with_it <= parked.min(1), "L3");
            state.must(with_it == 1 || !is_held_back, "L3");
        } else if has_news {
            state.must(with_it == parked.min(1) && leaving.len() == with_it, "L3");
        } else if self.hears == Hears::InTime {
            state.must(leaving.is_empty(), "L5");
        }
        state.must(is_well, "S1");
        state.answers.extend(leaving);
    }

    fn deliver(&self, state: &mut State, answer: Answer) -> Vec<Event> {
        let Answer { truck, why, after, seen, cargo, heard } = answer;
        let has_seen = state.home.seen().map_or(0, Cursor::seq);
        let item = |seq: u64| Item { at: place(seq), json: "".into() };
        let retry_ms = (why == Why::Closing).then_some(RETRY_MS);
        let mut load = Load {
            why,
            after: Some(place(after)),
            seen: Some(place(seen)),
            cargo: cargo.into_iter().map(item).collect(),
            heard: heard.into_iter().map(id).collect(),
            parked_ms: 0,
            retry_ms,
            limit: None,
        };
        if self.home == Habit::SendsOnEveryReturn && load.cargo.is_empty() {
            // An empty load behind a gap tells home nothing but to send the next truck.
            load = Load { after: Some(place(has_seen + 1)), cargo: vec![item(has_seen + 1)], ..load };
        }
        // A ticket is due long after its truck left; all else may be quick.
        let now = if why == Why::Ticket { OLD_MS } else { 0 };
        let events = state.home.home(truck, load, now, &mut || 0.5);
        let applies = events.iter().any(|event| matches!(event, Event::Applied(_)));
        state.must(!applies || after <= has_seen, "S2");
        events
    }

    /// What home does, done.
    fn follow(&self, state: &mut State, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Departs { number, clipboard } => {
                    let say = clipboard.say.iter().map(|word| number_of(&word.id)).collect();
                    let (park, seen) = (clipboard.park > 0, clipboard.seen.seq());
                    state.requests.push(Request { truck: number, park, seen, say });
                }
                Event::Applied(items) => {
                    for item in items {
                        state.applied += 1;
                        state.must(item.at.seq() == state.applied, "S1");
                    }
                }
                Event::Heard(ids) => state.heard += ids.len() as u8,
                // Its journal is there, and it is short.
                Event::Reload => state.must(false, "S2"),
                Event::Recalled(_) | Event::State(_) => {}
            }
        }
        let seen = state.home.seen().map_or(0, Cursor::seq);
        state.must(seen == state.applied, "S1");
    }
}

fn say(state: &mut State) -> Vec<Event> {
    let word = Word { id: id(state.said), station: "town-hall".into(), text: "hello".into() };
    state.said += 1;
    state.home.say(word, 0).expect("room for a few words")
}

fn fault(left: &mut Budget, which: impl Fn(&mut Budget) -> &mut u8) {
    left.faults -= 1;
    *which(left) -= 1;
}

fn remove<T: PartialEq>(bag: &mut Vec<T>, thing: &T) {
    let at = bag.iter().position(|other| other == thing).expect("it lies there");
    bag.remove(at);
}

fn place(seq: u64) -> Cursor {
    Cursor::new(EPOCH.into(), seq)
}

pub fn id(word: u8) -> Id {
    Id::new(&format!("word-{word:011}")).expect("an id")
}

pub fn number_of(id: &Id) -> u8 {
    id.as_str()[5..].parse().expect("a number")
}
