//! The fleets, one by one.

use super::stays::{at_ticket, batched, over_ages, stay, ticketed};
use super::{Conditions, Flows};

/// Trucks that the expanding fleet parks.
const EXPANDING_HOLD: usize = 4;

/// Times X between one departure and the next, of a single truck that takes R and then waits at home for a word, at most
/// until T: X is R if a word came meanwhile (probability 1 − p, p = e^(−λc·R)), else R + min(Exp(λc), T − R).
struct Pauses {
    mean_s: f64,
    /// E\[X²\].
    square: f64,
    /// The share of pauses without news: E\[e^(−λs·X)\].
    quiet: f64,
}

impl Pauses {
    /// `rest_s` is T − R; infinite without a clock.
    fn new(Conditions { news, words, round_trip_s: r, .. }: Conditions, rest_s: f64) -> Self {
        let p = (-words * r).exp();
        let late = (-words * rest_s).exp();
        // Of W = min(Exp(λc), rest): its mean, its square's, and E[e^(−λs·W)].
        let (mean, square, quiet) = match words > 0.0 {
            true => {
                let tail = if late > 0.0 { late * (words * rest_s + 1.0) } else { 0.0 };
                let both = words + news;
                let quiet = (words + news * (-both * rest_s).exp()) / both;
                ((1.0 - late) / words, 2.0 * (1.0 - tail) / (words * words), quiet)
            }
            false => (rest_s, rest_s * rest_s, (-news * rest_s).exp()),
        };
        Self {
            mean_s: r + p * mean,
            square: r * r + p * (2.0 * r * mean + square),
            quiet: (-news * r).exp() * (1.0 - p + p * quiet),
        }
    }

    /// News waits for the next truck: half a pause, weighted by its length, and the way home.
    fn age_mean_s(&self, r: f64) -> f64 {
        r / 2.0 + self.square / (2.0 * self.mean_s)
    }
}

/// A truck leaves with words only and turns round. News comes home with words, or not at all: trips 1/E\[X\], no leg out
/// is empty, a leg home is where no news came since the last truck.
pub(super) fn stay_home(conditions: &Conditions) -> Flows {
    let pauses = Pauses::new(*conditions, f64::INFINITY);
    let speaks = conditions.words > 0.0;
    let trips = batched(conditions.words, conditions.round_trip_s);
    Flows {
        trips,
        out: trips,
        home: trips,
        empty_out: 0.0,
        empty_home: if speaks { trips * pauses.quiet } else { 0.0 },
        tickets: 0.0,
        age_mean_s: speaks.then(|| pauses.age_mean_s(conditions.round_trip_s)),
        age_worst_s: None,
        parked: 0.0,
    }
}

/// By the clock, and at once with words: trips 1/E\[X\], which is 1/T for a silent page and λc/(1 − e^(−λc·T)) for R → 0.
/// (A page whose words waited for the clock would send 1/T.) A leg out is empty if T passed without a word; the age of
/// news is evenly spread over R/2 … R/2 + T for a silent page.
pub(super) fn polling(conditions: &Conditions) -> Flows {
    let Conditions { words, round_trip_s, period_s, .. } = *conditions;
    let period_s = period_s.max(round_trip_s);
    let pauses = Pauses::new(*conditions, period_s - round_trip_s);
    let trips = 1.0 / pauses.mean_s;
    Flows {
        trips,
        out: trips,
        home: trips,
        empty_out: trips * (-words * period_s).exp(),
        empty_home: trips * pauses.quiet,
        tickets: 0.0,
        age_mean_s: Some(pauses.age_mean_s(round_trip_s)),
        age_worst_s: Some(round_trip_s / 2.0 + period_s),
        parked: 0.0,
    }
}

/// One truck, which leaves with words and parks until there is news. What is said while it is out waits for it; news
/// without a truck waits for the next word. A cycle is R, the stay P, and at home a pause I, which is 0 if a word waits
/// already. The truck parks unless news came since the last one left the factory; whether it does depends on the cycle
/// before only, so that two numbers, the chance to park after a truck that parked and after one that turned, tell all.
pub(super) fn wait_for_reply(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    if words == 0.0 {
        let nothing = Conditions { words: 0.0, ..*conditions };
        return stay_home(&nothing);
    }
    let p = (-words * r).exp();
    // E[e^(−λc·P)] of a stay P that ends with news or its ticket.
    let silent_stay = (news + words * ticketed(news + words, park_s)) / (news + words);
    let (idle_turned, idle_parked) = (p, p * silent_stay);
    let parks = |idle: f64| (-news * r).exp() * (1.0 - idle + idle * words / (words + news));
    let (after_turned, after_parked) = (parks(idle_turned), parks(idle_parked));
    let parked = after_turned / (1.0 - after_parked + after_turned);
    let idle = parked * idle_parked + (1.0 - parked) * idle_turned;
    let stays_s = parked * stay(news, park_s);
    let away_s = r + idle / words;
    let trips = 1.0 / (stays_s + away_s);
    let tickets = trips * parked * ticketed(news, park_s);
    let away_square = r * r + idle * (2.0 * r / words + 2.0 / (words * words));
    Flows {
        trips,
        out: trips,
        home: trips,
        empty_out: 0.0,
        empty_home: tickets,
        tickets,
        age_mean_s: Some(r / 2.0 + away_square / 2.0 * trips),
        age_worst_s: None,
        parked: stays_s * trips,
    }
}

/// What a page costs that keeps one truck parked, when nothing else relieves it: stays of S(λs) on average, and gaps of R
/// in between. If news comes in a gap, the next truck turns with it, and there is another gap: e^(λs·R) trips and as many
/// gaps follow each stay.
struct Slow {
    /// Trips a second.
    trips: f64,
    tickets: f64,
    /// The share of time in gaps.
    gaps: f64,
}

impl Slow {
    fn new(Conditions { news, round_trip_s: r, park_s, .. }: Conditions, stay_s: f64) -> Self {
        let trips = (news * r).exp();
        let stays = 1.0 / (stay_s + r * trips);
        Self { trips: stays * trips, tickets: stays * ticketed(news, park_s), gaps: stays * trips * r }
    }
}

/// The age of news that finds a truck parked is R/2; in a gap it waits for the next truck, R/2 more on average, R at
/// worst.
fn held(r: f64, gaps: f64) -> (Option<f64>, Option<f64>) {
    (Some(r / 2.0 + gaps * r / 2.0), Some(1.5 * r))
}

/// The slow truck is that of a silent page; words ride on the fast one. A fast truck that left within R of news brings
/// that news again.
pub(super) fn slow_and_fast(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    let slow = Slow::new(*conditions, stay(news, park_s));
    let fast = batched(words, r);
    let (age_mean_s, age_worst_s) = held(r, slow.gaps);
    Flows {
        trips: slow.trips + fast,
        out: slow.trips + fast,
        home: slow.trips + fast,
        empty_out: slow.trips,
        empty_home: slow.tickets + fast * (-news * r).exp(),
        tickets: slow.tickets,
        age_mean_s,
        age_worst_s,
        parked: 1.0 - slow.gaps,
    }
}

/// Each word renews the parked truck, so a stay ends with the first of news, a word, or the ticket; after a word there is
/// no gap. What crosses: a word that comes to the factory within the gap after news has not seen that news: its truck
/// turns with it (one trip more), and the next parks R/2 later; a word in the gap after a ticket parks in its place, R/2
/// earlier on average.
pub(super) fn ping_pong(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    let stay_s = stay(news + words, park_s);
    let ticket = ticketed(news + words, park_s);
    let (by_news, by_word) = (news * stay_s, words * stay_s);
    let turns = (news * r).exp();
    let crossed = 1.0 - (-words * r).exp();
    let gaps_s = r * turns * (by_news + ticket) + r / 2.0 * crossed * (by_news - ticket);
    let stays = 1.0 / (stay_s + gaps_s);
    let trips = stays * (by_word + turns * (by_news + ticket) + crossed * by_news);
    let (age_mean_s, age_worst_s) = held(r, stays * gaps_s);
    Flows {
        trips,
        out: trips,
        home: trips,
        empty_out: stays * (turns * (by_news + ticket) - crossed * ticket),
        empty_home: stays * (by_word + ticket),
        tickets: stays * ticket,
        age_mean_s,
        age_worst_s,
        parked: 1.0 - stays * gaps_s,
    }
}

/// Words add trucks, up to four parked; news and tickets take the oldest; an empty one is sent only when the last has
/// left. The age a of the oldest grows with time and falls back, to that of the next, with news and tickets. If k trucks
/// may park, the weight of the state in which j more came after one of age a is P(H′ > a)·e^(−λs·a)·(λc·a)^j/j!, j < k:
/// the sum of all weights is the mean time I from one empty departure to the next. This is exact for k → ∞ (then
/// 1/I = (λc − λs)/(e^((λc−λs)H) − 1) without the spread) and for H → ∞ (then the trucks are a queue of at most k), and
/// within two per cent of all trips in between (the mean number of parked trucks within a tenth). What crosses on the road does as with ping-pong's: the last truck left
/// by its ticket with probability M(λs), and a truck with words that left within R of news turns instead of parking.
///
/// The number of relieved trucks follows from counting: of the trucks that park, news takes λs a second (while one is parked),
/// T leave by a ticket and saw no news. Trucks that see no news are relieved by the fourth word after them; of the others that
/// no news takes, about as many as would see four words within H′.
pub(super) fn expanding(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    let parking = words * (-news * r).exp();
    let others = |a: f64, j: usize| (1..=j).fold(1.0, |term, i| term * parking * a / i as f64);
    let fewer = |a: f64| (0..EXPANDING_HOLD).map(|j| others(a, j)).sum::<f64>();
    let held_s = over_ages(park_s, |a| (-news * a).exp() * fewer(a));
    let trucks = |a: f64| (0..EXPANDING_HOLD).map(|j| (j + 1) as f64 * others(a, j)).sum::<f64>();
    let trucks_s = over_ages(park_s, |a| (-news * a).exp() * trucks(a));

    let (turns, crossed, ticket) = ((news * r).exp(), 1.0 - (-words * r).exp(), ticketed(news, park_s));
    let gap_s = r * turns + r / 2.0 * crossed * (1.0 - 2.0 * ticket);
    let spells = 1.0 / (held_s + gap_s);
    let (empty, gaps) = (spells * (turns - crossed * ticket), spells * gap_s);

    let parks = parking * (1.0 - gaps) + spells;
    let quiet = parks * at_ticket(park_s, |h| (-(news + parking) * h).exp() * fewer(h));
    let fourth = |a: f64| parking * others(a, EXPANDING_HOLD - 1) * (-(news + parking) * a).exp();
    let unseen = parks * over_ages(park_s, fourth);
    let rest = (parks - news * (1.0 - gaps) - quiet - unseen).max(0.0);
    let relieved = unseen + rest * (1.0 - at_ticket(park_s, |h| (-parking * h).exp() * fewer(h)));
    // With news since it parked, a ticket brings that news once more, for the truck that took it may be lost; unless a later
    // truck has said meanwhile that home has it. A truck mostly outlives one piece of news: of j trucks and that news, which
    // come after it in any order, a truck is the last with probability j/(j + 1).
    let told = |h: f64| (0..EXPANDING_HOLD).map(|j| others(h, j) * j as f64 / (j + 1) as f64).sum::<f64>();
    let tickets = quiet + rest * at_ticket(park_s, |h| (-parking * h).exp() * told(h));

    // All five are out only while a word's truck is on its way to relieve another.
    let with_words = words + (batched(words, r) - words) * (relieved / parks.max(f64::MIN_POSITIVE));
    let trips = empty + with_words;
    let (age_mean_s, age_worst_s) = held(r, gaps);
    Flows {
        trips,
        out: trips,
        home: trips,
        empty_out: empty,
        empty_home: tickets + relieved,
        tickets,
        age_mean_s,
        age_worst_s,
        parked: trucks_s * spells,
    }
}

/// News comes down at once, one leg each; the dock's tickets become empty events that keep proxies patient. Words ride on
/// trucks that do not park, one at a time.
pub(super) fn sse(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    let posts = batched(words, r);
    let tickets = ticketed(news, park_s) / stay(news, park_s);
    Flows {
        trips: posts,
        out: posts,
        home: news + tickets + posts,
        empty_out: 0.0,
        empty_home: tickets + posts * (-news * r).exp(),
        tickets,
        age_mean_s: Some(r / 2.0),
        age_worst_s: Some(r / 2.0),
        parked: 1.0,
    }
}

/// The same on one line: each word is a frame and its answer another; both begin a new stay.
pub(super) fn websocket(conditions: &Conditions) -> Flows {
    let Conditions { news, words, round_trip_s: r, park_s, .. } = *conditions;
    let tickets = ticketed(news + words, park_s) / stay(news + words, park_s);
    Flows {
        trips: 0.0,
        out: words,
        home: news + tickets + words,
        empty_out: 0.0,
        empty_home: tickets + words * (-news * r).exp(),
        tickets,
        age_mean_s: Some(r / 2.0),
        age_worst_s: Some(r / 2.0),
        parked: 1.0,
    }
}
