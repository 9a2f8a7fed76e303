//! What a text asks for.

use super::almanac;
use super::intent::{Intent, Limit};
use super::refuse;
use crate::keeper::alerts::parse;
use crate::keeper::language::dates;
use crate::keeper::language::measure::Measure;
use crate::keeper::language::period::Period;
use crate::keeper::language::tokens::Tokens;
use crate::keeper::language::topic::{self, Context, Topic};
use crate::keeper::language::units;
use crate::keeper::language::vocabulary::*;
use crate::storage::Side;
use weather::day;
use weather::quantity::Quantity;
use weather::station::SensorName;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use weather::units::Unit;

/// Pressure changes are judged over this, as sailors do.
const PRESSURE_BACK_MS: i64 = 3 * HOUR_MS;

/// Reads a text.
pub fn understand(text: &str, context: &Context) -> Intent {
    let tokens = Tokens::of(text);
    let today = day::date_at(&context.here.zone, context.now);
    let read = Reading { tokens: &tokens, context, period: dates::find(&tokens, today) };
    if let Some(almanac) = almanac::asked(&tokens, context) {
        return almanac;
    }
    if let Some(cannot) = refuse::refuse(text, &tokens, context) {
        return cannot;
    }
    if let Some(command) = parse::command(&tokens, context) {
        return Intent::Alert(command);
    }
    let understood = read
        .forecast()
        .or_else(|| read.alive())
        .or_else(|| read.last())
        .or_else(|| read.compare())
        .or_else(|| read.trend())
        .or_else(|| read.beyond())
        .or_else(|| read.past())
        .or_else(|| read.now())
        .or_else(|| read.manners());
    of_a_state(understood.unwrap_or(Intent::Lost))
}

/// A state has no highest, no mean and no trend: who asks so means how it is, "is the battery low?".
fn of_a_state(intent: Intent) -> Intent {
    match intent {
        Intent::Range { topic, period, .. } | Intent::Mean { topic, period } if topic.quantity.states().is_some() => {
            if period == Period::Today {
                return Intent::Now(topic);
            }
            let called = topic.quantity.keeper().called;
            Intent::Cannot(format!("I can say how the {called} is now, but not how it was {}.", period.name()))
        }
        Intent::Trend { topic, .. } if topic.quantity.states().is_some() => Intent::Now(topic),
        other => other,
    }
}

struct Reading<'a> {
    tokens: &'a Tokens,
    context: &'a Context,
    period: Option<Period>,
}

impl Reading<'_> {
    /// The intent of a question about a quantity, if the station has it.
    fn about(&self, quantity: Quantity, intent: impl FnOnce(Topic) -> Intent) -> Option<Intent> {
        let topic = self.context.topic(quantity, self.tokens);
        Some(topic.map_or(Intent::Missing(quantity), intent))
    }

    /// The intent of a question about rain. A station without a counter may tell the past hour, which answers less.
    fn about_rain(&self, intent: impl FnOnce(Topic) -> Intent) -> Intent {
        let topic = |quantity| self.context.topic(quantity, self.tokens);
        let gauge = topic(Quantity::Precipitation).or_else(|| topic(Quantity::PrecipitationHour));
        gauge.map_or(Intent::Missing(Quantity::Precipitation), intent)
    }

    fn quantity(&self) -> Option<Quantity> {
        topic::quantity(self.tokens)
    }

    fn forecast(&self) -> Option<Intent> {
        let ahead =
            self.tokens.any(FUTURE) || self.tokens.phrase(&["going", "to"]) || self.tokens.phrase(&["next", "week"]);
        ahead.then_some(Intent::Forecast)
    }

    fn alive(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let you = tokens.any(&["you", "station", "sensor", "sensors"]);
        let asked = (tokens.phrase(&["are", "you"]) || you && tokens.any(&["is", "still"])) && tokens.any(ALIVE)
            || tokens.phrase(&["how", "are", "you"])
            || tokens.phrase(&["still", "there"])
            || tokens.any(&["hows"]) && tokens.any(&["station", "things", "life", "it"]) && self.quantity().is_none()
            || tokens.any(&["last", "latest", "newest"])
                && tokens.any(&["report", "reading", "reported", "update", "updated", "measurement"])
                && self.quantity().is_none()
            || tokens.at(0) == Some("status");
        asked.then_some(Intent::HowAreYou)
    }

    /// "When was it last below zero?", "last frost?", "when did it last rain?"
    fn last(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let place = tokens.find(&["last"])?;
        let of_a_period = tokens.at(place + 1).is_some_and(|next| matches!(next, "week" | "month" | "year" | "night"));
        let asked = tokens.any(&["when", "whens", "time"])
            || tokens.phrase(&["last", "rain"])
            || tokens.phrase(&["last", "frost"]);
        if !asked || of_a_period {
            return None;
        }
        if let Some((side, measure)) = parse::limit(tokens) {
            if let Some(unit) = units::foreign(tokens, self.context) {
                return Some(Intent::Cannot(format!("I do not know the unit \"{unit}\".")));
            }
            let quantity = self.quantity().or_else(|| measure.implied()).unwrap_or(Quantity::Temperature);
            return self.about(quantity, |topic| match self.limit(side, measure, &topic) {
                Some(limit) => Intent::LastBeyond { topic, limit },
                None => Intent::Lost,
            });
        }
        match self.quantity()? {
            Quantity::Precipitation | Quantity::PrecipitationRate => Some(self.about_rain(Intent::LastRain)),
            Quantity::Temperature if parse::is_frost(tokens) => {
                self.about(Quantity::Temperature, |topic| Intent::LastBeyond { topic, limit: self.frost() })
            }
            _ => None,
        }
    }

    /// "Compare with harbour", "warmer than at the harbour?"
    fn compare(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let asked = tokens.any(COMPARE);
        let than = tokens.any(&["than", "like"]) && tokens.any(LESS) | tokens.any(MORE);
        let elsewhere = tokens.find(&["at", "in", "than", "with", "to", "vs", "versus"]).is_some();
        let other = self.context.station(tokens, asked || than);
        let meant = asked || (other.is_some() && (than || elsewhere));
        let of_time = other.is_none() && self.period.is_some();
        (meant && !of_time).then(|| Intent::Compare { other: other.cloned(), quantity: self.quantity() })
    }

    /// "Pressure falling?", "is it getting colder?", "warmer than yesterday?"
    fn trend(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let comparing = tokens.any(LESS) || tokens.any(MORE) || tokens.any(COMPARE);
        let yesterday = matches!(self.period, Some(Period::Yesterday)) && comparing;
        let asked = tokens.any(FALLING)
            || tokens.any(RISING)
            || tokens.any(CHANGING)
            || (comparing && tokens.any(&["getting", "becoming", "get"]))
            || tokens.phrase(&["going", "up"])
            || tokens.phrase(&["going", "down"]);
        if !(asked || yesterday) || parse::limit(tokens).is_some() {
            return None;
        }
        let quantity = self.quantity().unwrap_or(Quantity::Temperature);
        let today = day::date_at(&self.context.here.zone, self.context.now);
        let asked_ms = match self.period {
            None | Some(Period::Today) => None,
            Some(Period::LastMinutes(minutes)) if minutes % 60 == 0 => Some(i64::from(minutes) * MINUTE_MS),
            Some(Period::Yesterday) if yesterday => Some(DAY_MS),
            Some(Period::SinceDate(date)) if Some(date) == today.pred_opt() => Some(DAY_MS),
            Some(_) => {
                let why =
                    "I tell how a value changes within hours (\"in the last 6 hours\") and since this time yesterday.";
                return Some(Intent::Cannot(why.to_owned()));
            }
        };
        self.about(quantity, |topic| {
            let usual_ms = if topic.quantity.unit() == Unit::Hectopascal { PRESSURE_BACK_MS } else { HOUR_MS };
            Intent::Trend { topic, back_ms: asked_ms.unwrap_or(usual_ms) }
        })
    }

    /// "Is it below 0?", "was it above 30 yesterday?", "did it freeze last night?"
    fn beyond(&self) -> Option<Intent> {
        let tokens = self.tokens;
        if tokens.any(LOWEST) || tokens.any(HIGHEST) {
            return None;
        }
        let was = tokens.any(&["was", "did", "has", "were", "had"]);
        let period = self.period.or(was.then_some(Period::Today));
        if let Some((side, measure)) = parse::limit(tokens) {
            if let Some(unit) = units::foreign(tokens, self.context) {
                return Some(Intent::Cannot(format!("I do not know the unit \"{unit}\".")));
            }
            let quantity = self.quantity().or_else(|| measure.implied()).unwrap_or(Quantity::Temperature);
            return self.about(quantity, |topic| match self.limit(side, measure, &topic) {
                Some(limit) => Intent::Beyond { topic, limit, period },
                None => Intent::Lost,
            });
        }
        if !parse::is_frost(tokens) {
            return None;
        }
        self.about(Quantity::Temperature, |topic| Intent::Beyond { topic, limit: self.frost(), period })
    }

    fn limit(&self, side: Side, measure: Measure, topic: &Topic) -> Option<Limit> {
        let preference = self.context.preference;
        let value = measure.canonical(topic.quantity, preference)?;
        Some(Limit { side, value, unit: measure.spoken(topic.quantity, preference) })
    }

    fn frost(&self) -> Limit {
        Limit { side: Side::Below, value: 0.0, unit: self.context.preference.unit(Quantity::Temperature) }
    }

    /// Questions with a period, a superlative or an average in them.
    fn past(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let how = |words: &[&str]| tokens.find(words).is_some_and(|at| at > 0 && tokens.at(at - 1) == Some("how"));
        let superlative = |words: &[&str]| tokens.any(words) && (self.period.is_some() || !how(words));
        let side = match (superlative(LOWEST), superlative(HIGHEST)) {
            (true, false) => Some(Side::Below),
            (false, true) => Some(Side::Above),
            _ => None,
        };
        let extreme = side.is_some() || (superlative(LOWEST) && superlative(HIGHEST)) || tokens.any(&["range"]);
        let mean = tokens.any(AVERAGE);
        let quantity = self.quantity();
        let rain = matches!(quantity, Some(Quantity::Precipitation));
        if rain && !tokens.any(&["now", "currently"]) {
            let whether = tokens.any(&["did", "does", "has", "was"]) && !tokens.any(&["much", "total"]);
            let now = self.period.is_none() && tokens.any(&["is", "raining", "rains"]);
            let period = self.period.unwrap_or(Period::Today);
            return (!now).then(|| {
                self.about_rain(|topic| match topic.quantity {
                    Quantity::PrecipitationRate => Intent::Range { topic, side: Some(Side::Above), period },
                    _ => Intent::Rain { topic, period, whether },
                })
            });
        }
        let was = tokens.any(&["was", "did", "were", "had"]);
        if !(extreme || mean || self.period.is_some() || (was && quantity.is_some())) {
            return None;
        }
        let of_the_day_only = matches!(self.period, None | Some(Period::Today)) && !(extreme || mean || was);
        if of_the_day_only || (quantity.is_none() && !extreme && !mean && !was && self.period.is_none()) {
            return None;
        }
        if quantity.is_some_and(Quantity::is_circular) {
            return Some(Intent::Lost);
        }
        let period = self.period.unwrap_or(Period::Today);
        let quantity = match quantity {
            // The strongest wind is a gust.
            Some(Quantity::WindSpeed) if !mean && self.context.has(Quantity::WindGust) => Quantity::WindGust,
            Some(quantity) => quantity,
            None => Quantity::Temperature,
        };
        let side = side.or(quantity.keeper().peaks.then_some(Side::Above));
        self.about(
            quantity,
            |topic| {
                if mean { Intent::Mean { topic, period } } else { Intent::Range { topic, side, period } }
            },
        )
    }

    fn now(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let feels = tokens.any(&["feel", "feels", "windchill", "chill", "apparent", "wbgt", "globe"])
            || tokens.phrase(&["heat", "index"])
            || tokens.phrase(&["heat", "stress"]);
        if feels {
            return Some(Intent::FeelsLike);
        }
        // "Cool!" and "nice" are no questions.
        let polite = tokens.all.len() <= 2 && tokens.at(0).is_some_and(|word| THANKS.contains(&word));
        match self.quantity() {
            Some(Quantity::DewPoint) if self.computes_dew_point() => Some(Intent::DewPoint),
            Some(Quantity::Precipitation) if !polite => Some(self.about_rain(Intent::Now)),
            Some(quantity) if !polite => self.about(quantity, Intent::Now),
            None if tokens.any(&["weather", "conditions", "everything", "summary", "overview"]) => {
                Some(Intent::Weather)
            }
            None if tokens.any(&["outside", "outdoors"]) && tokens.any(QUESTION) => Some(Intent::Weather),
            _ => None,
        }
    }

    fn computes_dew_point(&self) -> bool {
        let main = |quantity| self.context.known.contains(&(SensorName::main(), quantity));
        self.context.sensor(self.tokens).is_none()
            && !self.context.has(Quantity::DewPoint)
            && main(Quantity::Temperature)
            && main(Quantity::Humidity)
    }

    fn manners(&self) -> Option<Intent> {
        let tokens = self.tokens;
        let help = tokens.any(HELP)
            || tokens.phrase(&["what", "can", "you"])
            || tokens.phrase(&["what", "can", "i"])
            || tokens.phrase(&["what", "do", "you"]);
        if help {
            return Some(Intent::Help);
        }
        if tokens.phrase(&["who", "are", "you"])
            || tokens.phrase(&["your", "name"])
            || tokens.phrase(&["what", "are", "you"])
        {
            return Some(Intent::WhoAreYou);
        }
        if tokens.any(&["time", "clock", "oclock"]) && tokens.any(&["what", "whats", "local"]) {
            return Some(Intent::Clock);
        }
        if tokens.any(HELLO) || tokens.phrase(&["good", "afternoon"]) {
            return Some(Intent::Hello);
        }
        if tokens.any(THANKS) {
            return Some(Intent::Thanks);
        }
        tokens.any(BYE).then_some(Intent::Bye)
    }
}
