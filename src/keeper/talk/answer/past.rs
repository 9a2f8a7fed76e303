//! How it was.

use super::now::DRY_MM;
use super::{Answering, LOOK_BACK_DAYS};
use crate::keeper::language::clock;
use crate::keeper::language::facts::{self, Found};
use crate::keeper::language::measure;
use crate::keeper::language::period::{Period, Stretch};
use crate::keeper::language::sentence::{self, what};
use crate::keeper::language::topic::Topic;
use crate::keeper::talk::intent::Limit;
use crate::storage::{Extreme, Side};
use chrono::NaiveDate;
use weather::day;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::units::Unit;

/// Low and high with the times of their first occurrence.
struct LowHigh {
    low: (f64, Timestamp),
    high: (f64, Timestamp),
}

impl LowHigh {
    fn of<'a>(extremes: impl Iterator<Item = &'a Extreme>) -> Option<Self> {
        extremes.fold(None, |known: Option<Self>, e| {
            let (low, high) = ((e.low, e.low_at), (e.high, e.high_at));
            Some(match known {
                None => Self { low, high },
                Some(known) => Self {
                    low: if low.0 < known.low.0 { low } else { known.low },
                    high: if high.0 > known.high.0 { high } else { known.high },
                },
            })
        })
    }
}

impl Answering<'_> {
    fn low_high(&self) -> Option<LowHigh> {
        match &self.facts.found {
            Found::Days(days) => LowHigh::of(days.iter().map(|(_, extreme)| extreme)),
            Found::Within(extreme) => LowHigh::of(extreme.iter()),
            _ => None,
        }
    }

    /// A time within a period: of a single day, the clock alone.
    fn within(&self, period: Period, at: Timestamp) -> String {
        let zone = &self.context.here.zone;
        match period.stretch(zone, self.context.now) {
            Stretch::Days(from, to) if from == to => clock::at(zone, at, at),
            _ => self.at(at),
        }
    }

    pub(super) fn range(&self, topic: &Topic, side: Option<Side>, period: Period) -> String {
        let Some(LowHigh { low, high }) = self.low_high() else { return self.nothing(topic, period) };
        let value = |(value, at)| format!("{} {}", self.text(topic.quantity, value), self.within(period, at));
        let called = what(&topic.sensor, topic.quantity);
        let of_it = if sentence::is_it(&topic.sensor, topic.quantity) { String::new() } else { format!(" {called}") };
        let name = period.name();
        let gap = self.gap(period);
        match side {
            Some(Side::Below) => format!("Lowest{of_it} {name}: {}.{gap}", value(low)),
            Some(Side::Above) => format!("{}{of_it} {name}: {}.{gap}", highest(topic.quantity), value(high)),
            None => {
                let called = sentence::capital(&called);
                format!("{called} {name}: lowest {}, highest {}.{gap}", value(low), value(high))
            }
        }
    }

    /// How many of a period's days are known, unless all of them are.
    fn gap(&self, period: Period) -> String {
        let Found::Days(days) = &self.facts.found else { return String::new() };
        let Stretch::Days(from, to) = period.stretch(&self.context.here.zone, self.context.now) else {
            return String::new();
        };
        if let (true, Some((first, _))) = (period.is_ever(), days.first()) {
            return format!(" My records begin on {}.", clock::date(*first));
        }
        let wanted = (to - from).num_days() + 1;
        if days.len() as i64 >= wanted {
            String::new()
        } else {
            format!(" I have readings of {} of the {wanted} days.", days.len())
        }
    }

    fn nothing(&self, topic: &Topic, period: Period) -> String {
        let what = what(&topic.sensor, topic.quantity);
        let last = self.facts.latest(topic).map_or(String::new(), |latest| {
            let value = self.text(topic.quantity, latest.value);
            format!(" My last reading is from {}: {value}.", self.bare(latest.observed_at))
        });
        format!("I have no reading of the {what} {}.{last}", period.name())
    }

    pub(super) fn mean(&self, topic: &Topic, period: Period) -> String {
        let Found::Buckets(buckets) = &self.facts.found else { return self.nothing(topic, period) };
        let count: f64 = buckets.iter().map(|bucket| f64::from(bucket.count)).sum();
        if count <= 0.0 {
            return self.nothing(topic, period);
        }
        let mean = buckets.iter().map(|bucket| bucket.mean * f64::from(bucket.count)).sum::<f64>() / count;
        let what = what(&topic.sensor, topic.quantity);
        format!("Average {what} {}: {}, of {count} readings.", period.name(), self.text(topic.quantity, mean))
    }

    pub(super) fn rain(&self, topic: &Topic, period: Period, whether: bool) -> String {
        if topic.quantity == Quantity::PrecipitationHour {
            return self.rain_of_the_past_hour(topic, period);
        }
        let (sum, most) = match &self.facts.found {
            Found::Days(days) if !days.is_empty() => {
                let wettest = days.iter().max_by(|a, b| a.1.high.total_cmp(&b.1.high));
                let sum: f64 = days.iter().map(|(_, extreme)| extreme.high).sum();
                (sum, wettest.filter(|_| days.len() > 1).map(|(date, extreme)| (*date, extreme.high)))
            }
            Found::Buckets(buckets) if !buckets.is_empty() => (facts::rain(buckets), None),
            _ => return self.nothing(topic, period),
        };
        let name = period.name();
        let gap = self.gap(period);
        if sum < DRY_MM {
            return format!("No rain {name}.{gap}");
        }
        let amount = self.text(Quantity::Precipitation, sum);
        let most = most.filter(|(_, high)| *high < sum).map_or(String::new(), |(date, high)| {
            format!(", most of it on {} ({})", clock::date(date), self.text(Quantity::Precipitation, high))
        });
        if whether { format!("Yes, {amount} {name}{most}.{gap}") } else { format!("Rain {name}: {amount}{most}.{gap}") }
    }

    /// The answer of a gauge that knows nothing else, whatever was asked for.
    fn rain_of_the_past_hour(&self, topic: &Topic, period: Period) -> String {
        let Some(latest) = self.facts.latest(topic) else { return self.never(topic) };
        let known = match period {
            Period::LastMinutes(60) => "I know only an amount".to_owned(),
            other => format!("I know only the rain of the past hour, not how much fell {}", other.name()),
        };
        self.past_hour(topic, latest, &known)
    }

    pub(super) fn beyond(&self, topic: &Topic, limit: Limit, period: Option<Period>) -> String {
        let side = if limit.side == Side::Below { "below" } else { "above" };
        let said = measure::limit_text(limit.value, limit.unit);
        let beyond = |value: f64| if limit.side == Side::Below { value < limit.value } else { value > limit.value };
        let Some(period) = period else {
            let Some(latest) = self.facts.latest(topic) else { return self.never(topic) };
            let verdict = if beyond(latest.value) { "Yes" } else { "No" };
            let sentence = self.sentence(topic, latest);
            // An old value is no answer to what is now.
            return if sentence.starts_with("My last") { sentence } else { format!("{verdict}. {sentence}") };
        };
        let Some(LowHigh { low, high }) = self.low_high() else { return self.nothing(topic, period) };
        let (word, (value, at)) = if limit.side == Side::Below { ("lowest", low) } else { ("highest", high) };
        let value_text = self.text_in(topic.quantity, value, limit.unit);
        let (name, when) = (period.name(), self.within(period, at));
        let verdict = if beyond(value) { format!("Yes, {side} {said}") } else { format!("No, not {side} {said}") };
        format!("{verdict} {name}: the {word} was {value_text} {when}.{}", self.gap(period))
    }

    pub(super) fn last_beyond(&self, topic: &Topic, limit: Limit) -> String {
        let side = if limit.side == Side::Below { "below" } else { "above" };
        let said = measure::limit_text(limit.value, limit.unit);
        let subject = self.subject(topic);
        match &self.facts.found {
            Found::Newest(Some((at, value)), _) => {
                let value = self.text_in(topic.quantity, *value, limit.unit);
                let newest = self.facts.latest(topic).map(|latest| latest.observed_at);
                if newest == Some(*at) && self.freshness(*at) < weather::freshness::Freshness::Offline {
                    return format!("{subject} is {side} {said} right now: {value} {}.", self.at(*at));
                }
                format!("{subject} was last {side} {said} {}: {value}.", self.at(*at))
            }
            Found::Newest(None, first) => format!("{subject} was not {side} {said} {}.", self.looked_back(*first)),
            _ => self.never(topic),
        }
    }

    pub(super) fn last_rain(&self, topic: &Topic) -> String {
        let newest = match &self.facts.found {
            Found::Days(days) => {
                let wet = days.iter().rev().find(|(_, extreme)| extreme.high >= DRY_MM);
                wet.map(|(date, extreme)| (extreme.high_at, Some((*date, extreme.high))))
            }
            Found::Newest(newest, _) => newest.map(|(at, _)| (at, None)),
            _ => None,
        };
        match newest {
            Some((at, day)) => {
                let amount = day.map_or(String::new(), |(date, amount)| {
                    let amount = self.text(Quantity::Precipitation, amount);
                    let today = day::date_at(&self.context.here.zone, self.context.now) == date;
                    if today { format!("; {amount} today") } else { format!("; {amount} on that day") }
                });
                if topic.quantity == Quantity::PrecipitationHour {
                    return format!("It last rained within the hour before {}.", self.bare(at));
                }
                format!("It last rained {}{amount}.", self.at(at))
            }
            None if self.facts.latest(topic).is_none() => self.never(topic),
            None => {
                let first = match &self.facts.found {
                    Found::Newest(_, first) => *first,
                    Found::Days(days) => days.first().map(|(date, _)| *date),
                    _ => None,
                };
                format!("I have seen no rain {}.", self.looked_back(first))
            }
        }
    }

    /// How far back was looked: to the first day that is known, a year at most.
    fn looked_back(&self, first: Option<NaiveDate>) -> String {
        let today = day::date_at(&self.context.here.zone, self.context.now);
        match first {
            Some(first) if (today - first).num_days() < LOOK_BACK_DAYS as i64 => {
                format!("since my records begin, on {}", clock::date(first))
            }
            _ => format!("in the last {LOOK_BACK_DAYS} days"),
        }
    }
}

fn highest(quantity: Quantity) -> &'static str {
    if quantity.unit() == Unit::MetrePerSecond { "Strongest" } else { "Highest" }
}
