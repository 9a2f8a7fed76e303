//! The promises, by name.

use crate::actions::{Action, Hears, World};
use crate::state::State;
use stateright::{Model, Property};

/// Deliveries after which a page with no news and no words is called restless.
const DELIVERIES_MAX: u8 = 16;

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.first()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What went wrong needs no continuation.
        if state.broken.is_none() && !is_restless(state) {
            self.all_actions(state, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.take(&mut next, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("S1: every piece of news is applied once, in order", |_: &Self, state: &State| {
                state.broken != Some("S1")
            }),
            Property::always("S2: no load is applied over a gap", |_: &Self, state: &State| state.broken != Some("S2")),
            Property::always("S3: no more trucks are out than the fleet has", |world: &Self, state: &State| {
                state.home.out().count() <= usize::from(world.fleet.trucks)
            }),
            Property::always("S4: no more are parked than the bay holds", |world: &Self, state: &State| {
                state.bays.iter().all(|bay| bay.waiting.len() <= usize::from(world.fleet.hold))
            }),
            Property::always("S5: every word is stored once, in order", |_: &Self, state: &State| {
                state.stored.iter().copied().eq(0..state.stored.len() as u8)
            }),
            Property::always("S6: the dock remembers the parked trucks and nothing else", |_: &Self, state: &State| {
                is_bounded(state)
            }),
            Property::always("S7: no load takes a page back", |_: &Self, state: &State| state.broken != Some("S7")),
            Property::always("L1: without news and words there is no endless running", |_: &Self, state: &State| {
                !is_restless(state)
            }),
            Property::always(
                "L2: at rest one truck is parked, and home believes it out",
                |world: &Self, state: &State| !world.is_at_rest(state) || world.one_is_parked(state),
            ),
            Property::always(
                "L3: a parked truck leaves in the step in which its news is announced",
                |_: &Self, state: &State| state.broken != Some("L3"),
            ),
            Property::always(
                "L4: once faults stop, all is delivered within one parking time",
                |world: &Self, state: &State| !world.is_at_rest(state) || world.is_delivered(state),
            ),
            Property::always(
                "L5: a truck with words waits, where its fleet lets it, while there is no other news",
                |_: &Self, state: &State| state.broken != Some("L5"),
            ),
            // That this is no model of nothing:
            Property::sometimes("news and words are delivered", |world: &Self, state: &State| {
                state.applied >= u64::from(world.budget.news + world.budget.words) && state.heard >= world.budget.words
            }),
            Property::sometimes("a page that is ahead waits", |_: &Self, state: &State| {
                state.bays.iter().any(|bay| bay.waiting.iter().any(|waiting| waiting.seen > bay.yard.head()))
            }),
            Property::sometimes("all trucks wait, each at another server", |world: &Self, state: &State| {
                world.is_quiet(state) && state.home.out().count() >= usize::from(world.fleet.trucks.max(2))
            }),
            Property::sometimes("a ghost holds news until its ticket", |world: &Self, state: &State| {
                world.is_quiet(state) && world.fleet.keep_one_out && state.lacks_news()
            }),
        ]
    }
}

/// L1.
fn is_restless(state: &State) -> bool {
    state.calm.is_some_and(|calm| calm.deliveries > DELIVERIES_MAX)
}

/// S6: the dock remembers the parked trucks, of which the other page always has one, and of each page no more than them.
fn is_bounded(state: &State) -> bool {
    state.bays.iter().all(|bay| {
        let (parked, bays) = (bay.yard.parked() - 1, bay.yard.bays() - 1);
        parked == bay.waiting.len() && bays == parked.min(1)
    })
}

impl World {
    /// Nothing moves, and no ticket is due.
    fn is_quiet(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        state.calm.is_some() && {
            self.calm_actions(state, &mut actions);
            actions.is_empty()
        }
    }

    /// Nothing moves; and where a ghost may hold back news, where nobody asks, where a word that was confirmed may
    /// wait aboard, or where trucks may be parked at several servers, a parking time has passed, too.
    fn is_at_rest(&self, state: &State) -> bool {
        let at_once =
            self.fleet.keep_one_out && self.fleet.hold == 1 && self.hears == Hears::InTime && self.servers == 1;
        (at_once || state.calm.is_some_and(|calm| calm.towed)) && self.is_quiet(state)
    }

    /// L2. A page whose fleet keeps none out has at most the one that waits for a reply. Of several servers each may have one,
    /// but one of the page's trucks is at home, for words.
    fn one_is_parked(&self, state: &State) -> bool {
        let out: Vec<_> = state.home.out().collect();
        let mut parked: Vec<_> = state.waiting().map(|waiting| waiting.truck).collect();
        if self.servers > 1 {
            // A ghost is nobody's, and a truck that came twice may be parked twice.
            parked.retain(|truck| *truck != 0);
            parked.sort_unstable();
            parked.dedup();
            let is_free = out.len() < usize::from(self.fleet.trucks).max(2);
            return out == parked && is_free && (!self.fleet.keep_one_out || !out.is_empty());
        }
        out == parked
            && if self.fleet.keep_one_out { out.len() == 1 } else { out.len() <= usize::from(self.fleet.hold) }
    }

    /// L4. A word that waits for a reply comes home with it, and with the next ticket at the latest.
    fn is_delivered(&self, state: &State) -> bool {
        let all_stored = state.stored.len() == usize::from(state.said);
        let is_home = state.applied == state.head();
        let comes_with_ticket = self.fleet.keep_one_out && state.calm.is_some_and(|calm| calm.towed);
        let waits = self.fleet.words_may_wait && state.waiting().next().is_some();
        let all_home = is_home || (!comes_with_ticket && !state.lacks_news());
        all_stored && all_home && (waits || state.home.unheard() == 0)
    }
}
