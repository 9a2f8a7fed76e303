//! The stories of the overview and of the history page.

use super::made_up::{LONG, bare, course, ending, warm, went};
use super::{CURSOR, METRIC, US, address, marked, rooms};
use crate::pages::history::groups::groups;
use crate::pages::history::{Around, Asked, HistoryPage, Past, Strand, Strands, Whose, Wind};
use crate::pages::{Facts, Listing, Overview, SPARK_BUCKET_MS, Series, Sheet, asked};
use crate::storage::{Day, Span};
use crate::web::storybook::{NOW, Story, printed};
use std::f64::consts::TAU;
use std::sync::Arc;
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{SensorName, Slug};
use weather::sun::Coordinates;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

const OVERVIEW: &str = "overview.html";
const HISTORY: &str = "history.html";

pub(super) const STORIES: [Story; 20] = [
    Story::new(OVERVIEW, "none", "There is no station.", |_| overview("", &[], 0, METRIC)),
    Story::new(OVERVIEW, "one", "One station.", |_| overview("", &stations(1), 1, METRIC)),
    Story::new(OVERVIEW, "twelve", "One of each kind.", |_| overview("", &stations(12), 12, METRIC)),
    Story::new(OVERVIEW, "sixty", "A table of stations, a sketch of them, and some are silent.", |_| {
        overview("", &stations(60), 60, METRIC)
    }),
    Story::new(OVERVIEW, "silent", "So many are silent that they are folded.", |_| {
        overview("", &some_silent(stations(20)), 20, METRIC)
    }),
    Story::new(OVERVIEW, "rooms", "A table of stations without a thermometer outdoors.", |_| {
        overview("view=table", &indoors(), 4, METRIC)
    }),
    Story::new(OVERVIEW, "page", "The last page of three, as cards.", |_| {
        overview("view=cards&page=3", &stations(10), 130, METRIC)
    }),
    Story::new(OVERVIEW, "found", "Two stations fit.", |_| overview("find=ha&show=online", &stations(2), 130, METRIC)),
    Story::new(OVERVIEW, "no-hit", "No station fits.", |_| overview("find=nowhere&sort=warmest", &[], 130, METRIC)),
    Story::new(OVERVIEW, "us", "Units of the US.", |_| overview("", &stations(12), 12, US)),
    Story::new(OVERVIEW, "us-table", "A table in units of the US.", |_| overview("", &stations(13), 13, US)),
    Story::new(HISTORY, "day", "24 hours.", |_| history("", &Known::ALL, METRIC)),
    Story::new(HISTORY, "gap", "A week with a day without readings.", |_| {
        history("range=7d", &Known { has_gap: true, ..Known::ALL }, METRIC)
    }),
    Story::new(HISTORY, "year", "A year.", |_| history("range=1y", &Known { length_ms: DAY_MS, ..Known::ALL }, METRIC)),
    Story::new(HISTORY, "over", "Another station and last year are laid over.", |_| {
        history("range=7d&with=harbour&year=1", &Known::ALL, METRIC)
    }),
    Story::new(HISTORY, "one", "A single value.", |_| history("", &Known { is_one: true, ..Known::ALL }, METRIC)),
    Story::new(HISTORY, "empty", "No readings in this time.", |_| history("", &Known::NOTHING, METRIC)),
    Story::new(HISTORY, "refused", "The last day comes before the first.", |_| {
        history("from=2026-11-03&to=2026-11-01", &Known::ALL, METRIC)
    }),
    Story::new(HISTORY, "young", "All that is known.", |_| history("range=all", &Known::ALL, METRIC)),
    Story::new(HISTORY, "us", "Units of the US.", |_| history("", &Known::ALL, US)),
];

/// The first stations of the overview, one of each kind and then more of the usual one.
fn stations(count: usize) -> Vec<Facts> {
    let kinds = [
        warm("Harbour", 8.1),
        warm("Hay Barn", 12.9),
        warm("Glacier Hut", -12.6),
        warm("Quarry", 36.4),
        rooms::six(),
        rooms::soil(),
        rooms::rain(),
        marked::late(),
        marked::offline(),
        marked::clock_off(),
        bare("Nobody Yet"),
        warm(LONG, 18.4),
    ];
    let more = (kinds.len()..).map(|number| warm(&format!("Station {}", number + 1), number as f64 / 2.0 - 8.0));
    kinds.into_iter().chain(more).take(count).enumerate().map(|(number, facts)| card(facts, number)).collect()
}

/// Each second of them was not heard for three hours.
fn some_silent(mut stations: Vec<Facts>) -> Vec<Facts> {
    for facts in stations.iter_mut().step_by(2) {
        *facts = marked::older(facts.clone(), &[], 3 * HOUR_MS);
    }
    stations
}

/// Stations that measure nothing outdoors, or no temperature.
fn indoors() -> Vec<Facts> {
    [rooms::six(), rooms::soil(), rooms::rain(), rooms::air()]
        .into_iter()
        .enumerate()
        .map(|(number, facts)| card(facts, number))
        .collect()
}

/// A place of its own within some 40 km: the same for the same number, and not on a line.
fn place(number: usize) -> Option<Coordinates> {
    let part = |step: usize| (number * step % 60) as f64 / 60.0;
    Coordinates::new(52.35 + 0.35 * part(23), 13.1 + 0.6 * part(11))
}

/// A station as the overview knows it: with a name of its own in addresses, at a place of its own, and in longer buckets.
fn card(mut facts: Facts, number: usize) -> Facts {
    let mut station = (*facts.station).clone();
    station.coordinates = place(number);
    if let Ok(slug) = Slug::new(&format!("station-{number}")) {
        station.slug = slug;
    }
    facts.station = Arc::new(station);
    let newest = facts.series.buckets.last().map(|bucket| bucket.start);
    facts.series = Series::ending(NOW, SPARK_BUCKET_MS);
    let value = facts.main(Quantity::Temperature).map(|latest| latest.value);
    if let Some((newest, value)) = newest.zip(value) {
        let mut buckets = course(&facts.series, went(Quantity::Temperature));
        buckets.retain(|bucket| bucket.start <= newest);
        facts.series.buckets = ending(buckets, value);
    }
    Facts { courses: Vec::new(), ..facts }
}

/// The overview of those stations out of `all`; a search has found as many as there are.
fn overview(query: &str, shown: &[Facts], all: usize, preference: Preference) -> String {
    let asked = asked::Asked::read(query);
    let fitting = if asked.is_narrow() { shown.len() } else { all };
    // They are sorted by name, and those that are silent come last.
    let mut sorted = shown.to_vec();
    sorted.sort_by_key(|facts| facts.station.name.to_lowercase());
    let (heard, silent): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|facts| facts.state(NOW).is_heard());
    let listing = Listing::of(&asked, fitting, all).0.with_heard(heard.len());
    let sheets: Vec<_> = heard.into_iter().chain(silent).map(|facts| Arc::new(Sheet::new(facts))).collect();
    printed(&Overview::of(&sheets, listing, CURSOR.to_owned(), NOW, preference, &address()))
}

/// What is known of a station's past.
#[derive(Clone, Copy)]
struct Known {
    has_any: bool,
    is_one: bool,
    has_gap: bool,
    /// The length of a span, ms.
    length_ms: i64,
}

impl Known {
    const ALL: Self = Self { has_any: true, is_one: false, has_gap: false, length_ms: 20 * MINUTE_MS };
    const NOTHING: Self = Self { has_any: false, ..Self::ALL };

    fn has(&self, quantity: Quantity) -> bool {
        use Quantity::*;
        let rich = [Temperature, DewPoint, WindSpeed, WindGust, Precipitation, SeaLevelPressure, SolarRadiation];
        self.has_any && if self.is_one { quantity == Temperature } else { rich.contains(&quantity) }
    }
}

fn history(query: &str, known: &Known, preference: Preference) -> String {
    let station = bare("Town Hall").station;
    let others = [("harbour", "Harbour"), ("hay-barn", "Hay Barn")].map(|(slug, name)| (slug.into(), name.into()));
    let around = Around { station: &station, now: NOW, preference, cursor: CURSOR.to_owned(), others: others.into() };
    let asked = match Asked::read(query) {
        Ok(asked) => asked,
        Err(why) => return printed(&HistoryPage::refused(&Asked::default(), &why, around)),
    };
    let first = day::date_at(&station.zone, NOW).checked_sub_days(chrono::Days::new(3));
    let window = match asked.window(&station.zone, NOW, first) {
        Ok(window) => window,
        Err(why) => return printed(&HistoryPage::refused(&asked, &why, around)),
    };
    let silent = window.from.plus(DAY_MS)..window.from.plus(2 * DAY_MS);
    let starts = || (0..).map(|n| window.from.plus(n * known.length_ms)).take_while(|at| *at < window.to);
    let is_known = |at: &Timestamp| {
        !(known.has_gap && silent.contains(at)) && (!known.is_one || *at == window.from.plus(5 * known.length_ms))
    };
    let strand = |quantity: Quantity, whose: Whose, more: f64| {
        let spans = starts().filter(is_known).map(|at| span(quantity, at, known.length_ms, more)).collect();
        Strand { quantity, whose, spans, ends: None }
    };
    let strands = groups(|quantity| known.has(quantity)).into_iter().map(|group| {
        let mut strands: Vec<_> = group.quantities.iter().map(|one| strand(*one, Whose::Own, 0.0)).collect();
        if asked.last_year {
            strands.push(strand(group.quantities[0], Whose::LastYear, 1.0));
        }
        for place in 0..asked.with.len() {
            strands.push(strand(group.quantities[0], Whose::Other(place, "Harbour".to_owned()), -1.0));
        }
        Strands { group, strands }
    });
    let groups = strands.collect();
    let is_rich = known.has(Quantity::WindSpeed);
    let indoor = SensorName::new("indoor").ok();
    let last = day::date_at(&station.zone, NOW);
    let past = Past {
        sensors: if is_rich { [SensorName::main()].into_iter().chain(indoor).collect() } else { Vec::new() },
        sensor: SensorName::main(),
        others: Vec::new(),
        window,
        groups,
        wind: if is_rich { (0..90).map(wind).collect() } else { Vec::new() },
        days: if is_rich { (0..300).rev().map(|ago| day_of(last, ago)).collect() } else { Vec::new() },
        calendar: is_rich.then(|| (last - chrono::Days::new(365), last)),
        station: Arc::clone(&station),
    };
    printed(&HistoryPage::of(&past, &asked, around))
}

fn span(quantity: Quantity, from: Timestamp, length_ms: i64, more: f64) -> Span {
    let middle = match quantity {
        Quantity::SeaLevelPressure => 1_010.0,
        Quantity::SolarRadiation => 300.0,
        Quantity::Precipitation | Quantity::DewPoint => 3.0,
        Quantity::WindGust => 12.0,
        _ => 8.0,
    };
    let days = from.0 as f64 / DAY_MS as f64;
    let mean = middle + more + 2.0 * (days * TAU).sin() + (days / 365.25 * TAU).cos();
    let fell = if from.0 % (7 * HOUR_MS) < HOUR_MS { 0.5 } else { 0.0 };
    let amount = (quantity == Quantity::Precipitation).then_some(fell);
    Span { from, to: from.plus(length_ms), mean, min: mean - 0.5, max: mean + 0.5, count: 4, amount }
}

fn wind(number: u32) -> Wind {
    Wind { from_degrees: f64::from(number) * 2.0, speed: f64::from(number) / 6.0, length_ms: 10 * MINUTE_MS }
}

fn day_of(last: chrono::NaiveDate, ago: u64) -> Day {
    let mean = 8.0 - ago as f64 / 10.0;
    Day {
        date: last - chrono::Days::new(ago),
        mean,
        low: mean - 4.0,
        low_at: NOW,
        high: mean + 5.0,
        high_at: NOW,
        count: 144,
        hours: 24,
    }
}
