//! From what is known to a sentence.

mod almanac;
mod compare;
mod now;
mod past;

use super::intent::Intent;
use crate::keeper::language::facts::Facts;
use crate::keeper::language::period::{Period, Stretch};
use crate::keeper::language::sentence::{is_it, what};
use crate::keeper::language::suggest::try_asking;
use crate::keeper::language::topic::{Context, Topic};
use crate::keeper::language::{clock, measure, wrong_clock};
use crate::storage::Latest;
use weather::day;
use weather::freshness::{self, Freshness};
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::units::Unit;

pub use now::{RAIN_NOW_MIN, TREND_BUCKET_MS};

/// The answer to everything but what concerns alerts. There always is one.
pub fn answer(intent: &Intent, facts: &Facts, context: &Context) -> String {
    let it = Answering { facts, context };
    let text = it.answer(intent);
    match facts.clock.filter(|_| it.is_about_now(intent)) {
        Some(clock) => format!("{text} {}", wrong_clock::beside_now(clock)),
        None => text,
    }
}

/// Days that "when was it last" looks back.
pub const LOOK_BACK_DAYS: u64 = 366;

struct Answering<'a> {
    facts: &'a Facts,
    context: &'a Context,
}

impl Answering<'_> {
    fn answer(&self, intent: &Intent) -> String {
        let name = &self.context.here.name;
        match intent {
            Intent::Hello => format!("Hello! I keep {name}. {}", self.temperature_or_state()),
            Intent::Help => {
                format!("Ask me about the weather at {name}, now or in the past. {}", try_asking(self.context))
            }
            Intent::Thanks => "You are welcome.".to_owned(),
            Intent::Bye => "See you!".to_owned(),
            Intent::WhoAreYou => {
                format!("I keep {name}: a small program that reads its instruments. {}", try_asking(self.context))
            }
            Intent::Clock => format!(
                "On my clock it is {}.",
                clock::bare(&self.context.here.zone, self.context.now, self.context.now)
            ),
            Intent::Forecast => {
                format!("I only know what I have measured, nothing of what is to come. {}", try_asking(self.context))
            }
            Intent::HowAreYou => self.state(),
            Intent::Weather => self.weather(),
            Intent::Now(topic) => self.now(topic),
            Intent::FeelsLike => self.feels_like(),
            Intent::DewPoint => self.dew_point(),
            Intent::Range { topic, side, period } => self.range(topic, *side, *period),
            Intent::Mean { topic, period } => self.mean(topic, *period),
            Intent::Rain { topic, period, whether } => self.rain(topic, *period, *whether),
            Intent::Trend { topic, back_ms } => self.trend(topic, *back_ms),
            Intent::Beyond { topic, limit, period } => self.beyond(topic, *limit, *period),
            Intent::LastBeyond { topic, limit } => self.last_beyond(topic, *limit),
            Intent::LastRain(topic) => self.last_rain(topic),
            Intent::Count { kind, period } => self.count(*kind, *period),
            Intent::NewRecords => self.new_records(),
            Intent::Sun { asked, date } => self.sun(*asked, *date),
            Intent::Moon(date) => self.moon(*date),
            Intent::Compare { other, quantity } => self.compare(other.as_deref(), *quantity),
            Intent::Missing(quantity) => {
                format!("I do not measure that: I have no {}. {}", quantity.keeper().called, try_asking(self.context))
            }
            Intent::Cannot(reason) => reason.clone(),
            Intent::Alert(_) | Intent::Lost => format!("I did not understand that. {}", try_asking(self.context)),
        }
    }

    /// Whether it is a question about now, or about a stretch of time that ends now.
    fn is_about_now(&self, intent: &Intent) -> bool {
        let now = self.context.now;
        let ends_now = |period: Period| match period.stretch(&self.context.here.zone, now) {
            Stretch::Days(_, to) => to >= day::date_at(&self.context.here.zone, now),
            Stretch::Hours(_, to) => to >= now,
        };
        match intent {
            Intent::Range { period, .. } | Intent::Mean { period, .. } | Intent::Rain { period, .. } => {
                ends_now(*period)
            }
            Intent::Beyond { period, .. } => period.is_none_or(ends_now),
            Intent::Hello
            | Intent::HowAreYou
            | Intent::Weather
            | Intent::Now(_)
            | Intent::FeelsLike
            | Intent::DewPoint
            | Intent::Trend { .. }
            | Intent::LastBeyond { .. }
            | Intent::LastRain(_)
            | Intent::Compare { .. } => true,
            _ => false,
        }
    }

    /// A value in the visitor's units.
    fn text(&self, quantity: Quantity, canonical: f64) -> String {
        self.context.preference.text(quantity, canonical)
    }

    /// A value in a unit that was asked in.
    fn text_in(&self, quantity: Quantity, canonical: f64, unit: Unit) -> String {
        measure::text(quantity, canonical, unit, self.context.preference)
    }

    /// `at 14:20`, `yesterday at 14:20`.
    fn at(&self, at: Timestamp) -> String {
        clock::at(&self.context.here.zone, at, self.context.now)
    }

    /// The same behind `since`, `from`, or in brackets.
    fn bare(&self, at: Timestamp) -> String {
        clock::bare(&self.context.here.zone, at, self.context.now)
    }

    fn freshness(&self, at: Timestamp) -> Freshness {
        Freshness::of(Some(at), self.context.now, self.facts.interval_ms)
    }

    /// `12 s ago`.
    fn ago(&self, at: Timestamp) -> String {
        freshness::ago(at, self.context.now)
    }

    /// `It` for the temperature outside, else `The humidity`.
    fn subject(&self, topic: &Topic) -> String {
        if is_it(&topic.sensor, topic.quantity) {
            return "It".to_owned();
        }
        format!("The {}", what(&topic.sensor, topic.quantity))
    }

    /// The value as a whole sentence that does not show old as new.
    fn sentence(&self, topic: &Topic, latest: &Latest) -> String {
        let value = self.text(topic.quantity, latest.value);
        let subject = self.subject(topic);
        match self.freshness(latest.observed_at) {
            Freshness::Live => format!("{subject} is {value} {}.", self.at(latest.observed_at)),
            Freshness::Stale => format!("My last reading is from {}: {value}.", self.bare(latest.observed_at)),
            _ => {
                let subject = subject.to_lowercase();
                let since = self.bare(latest.observed_at);
                format!(
                    "My last reading is from {since}, {}: then {subject} was {value}.",
                    self.ago(latest.observed_at)
                )
            }
        }
    }

    /// When there is no value of a datastream at all.
    fn never(&self, topic: &Topic) -> String {
        format!("I have no reading of the {} yet.", what(&topic.sensor, topic.quantity))
    }
}
