//! What a text can ask for.

use crate::keeper::alerts::parse::Command;
use crate::keeper::language::period::Period;
use crate::keeper::language::topic::Topic;
use crate::storage::Side;
use chrono::NaiveDate;
use std::sync::Arc;
use weather::climate::counts::Kind;
use weather::quantity::Quantity;
use weather::station::Station;
use weather::units::Unit;

/// What somebody wants to know, or have done.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    /// They greet.
    Hello,
    /// They ask what they can ask.
    Help,
    /// They thank.
    Thanks,
    /// They leave.
    Bye,
    /// They ask how the station is: whether it reports.
    HowAreYou,
    /// They ask who speaks.
    WhoAreYou,
    /// They ask for the time there.
    Clock,
    /// They ask about what is to come.
    Forecast,
    /// They ask for everything.
    Weather,
    /// A value now.
    Now(Topic),
    /// What it feels like.
    FeelsLike,
    /// The dew point now, of a station that does not send one.
    DewPoint,
    /// Lowest, highest, or both, of a period.
    Range {
        /// Of what.
        topic: Topic,
        /// Which of both; none: both.
        side: Option<Side>,
        /// When.
        period: Period,
    },
    /// The mean of a period.
    Mean {
        /// Of what.
        topic: Topic,
        /// When.
        period: Period,
    },
    /// How much it rained.
    Rain {
        /// Whose gauge.
        topic: Topic,
        /// When.
        period: Period,
        /// True if they asked whether, not how much.
        whether: bool,
    },
    /// How a value changes.
    Trend {
        /// Which.
        topic: Topic,
        /// Against how long ago, ms.
        back_ms: i64,
    },
    /// Whether a value is, or was, beyond a limit.
    Beyond {
        /// Which.
        topic: Topic,
        /// Beyond what.
        limit: Limit,
        /// When; none: now.
        period: Option<Period>,
    },
    /// When a value was last beyond a limit.
    LastBeyond {
        /// Which.
        topic: Topic,
        /// Beyond what.
        limit: Limit,
    },
    /// When it last rained.
    LastRain(Topic),
    /// How many days were of a kind.
    Count {
        /// Which kind.
        kind: Kind,
        /// When.
        period: Period,
    },
    /// Which records fell today.
    NewRecords,
    /// The sun on a day.
    Sun {
        /// What of it.
        asked: OfSun,
        /// Which day.
        date: NaiveDate,
    },
    /// The moon on a day.
    Moon(NaiveDate),
    /// What another station says.
    Compare {
        /// Which one; none if it is not known.
        other: Option<Arc<Station>>,
        /// What of it; none: what both have.
        quantity: Option<Quantity>,
    },
    /// About something that the station does not measure.
    Missing(Quantity),
    /// It cannot be answered, and why.
    Cannot(String),
    /// About alerts.
    Alert(Command),
    /// Not understood.
    Lost,
}

/// What somebody wants to know of the sun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfSun {
    /// When it rises.
    Rise,
    /// When it sets.
    Set,
    /// When it gets light, and dark.
    Twilight,
    /// How long it is up.
    Length,
}

/// A limit as it was said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Beyond which side.
    pub side: Side,
    /// Canonical.
    pub value: f64,
    /// The unit it was said in.
    pub unit: Unit,
}
