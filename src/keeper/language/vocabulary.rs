//! The words that mean something here.

use weather::quantity::{Quantity, Words};

/// Words that ask for the lowest.
pub const LOWEST: &[&str] = &["lowest", "low", "lows", "min", "minimum", "coldest", "coolest", "least", "driest"];
/// Words that ask for the highest.
pub const HIGHEST: &[&str] = &[
    "highest",
    "high",
    "highs",
    "max",
    "maximum",
    "peak",
    "warmest",
    "hottest",
    "strongest",
    "windiest",
    "most",
    "sunniest",
    "fastest",
    "biggest",
];
/// Words that ask for the average.
pub const AVERAGE: &[&str] = &["average", "mean", "avg"];
/// Words for becoming less.
pub const FALLING: &[&str] = &["falling", "dropping", "sinking", "decreasing", "cooling"];
/// Words for becoming more.
pub const RISING: &[&str] = &["rising", "climbing", "increasing", "warming"];
/// Words for a change of either kind.
pub const CHANGING: &[&str] = &["trend", "tendency", "changing", "change", "changed", "steady", "stable"];
/// Words that compare with somewhere else.
pub const COMPARE: &[&str] = &["compare", "compared", "comparison", "versus", "vs", "difference", "against"];
/// Words that ask to be told.
pub const WARN: &[&str] = &["warn", "warning", "alert", "alarm", "notify", "tell", "ping", "inform", "remind", "wake"];
/// Words for a limit's lower side.
pub const BELOW: &[&str] = &["below", "under", "beneath"];
/// Words for its upper side.
pub const ABOVE: &[&str] = &["above", "over", "exceeds", "exceed", "exceeding", "beyond", "reaches", "hits"];
/// Words that make a side of a limit with a `than`: below.
pub const LESS: &[&str] = &["less", "lower", "colder", "cooler", "fewer", "drier", "weaker"];
/// Above.
pub const MORE: &[&str] = &["more", "higher", "warmer", "hotter", "greater", "stronger", "windier"];
/// Words that begin a question.
pub const QUESTION: &[&str] = &[
    "is", "was", "has", "have", "did", "does", "do", "how", "what", "whats", "when", "whens", "will", "are", "were",
    "which", "where", "hows", "had",
];
/// Words for what is to come.
pub const FUTURE: &[&str] =
    &["tomorrow", "forecast", "forecasts", "will", "predict", "prediction", "tomorrows", "outlook"];
/// Greetings.
pub const HELLO: &[&str] =
    &["hello", "hi", "hey", "greetings", "howdy", "moin", "servus", "hallo", "morning", "evening"];
/// Thanks.
pub const THANKS: &[&str] =
    &["thanks", "thank", "thx", "cheers", "ty", "great", "cool", "nice", "ok", "okay", "perfect"];
/// Partings.
pub const BYE: &[&str] = &["bye", "goodbye", "cya", "goodnight"];
/// Words that ask for help.
pub const HELP: &[&str] = &["help", "commands", "usage", "examples"];
/// Words that take an alert back.
pub const FORGET: &[&str] = &["forget", "delete", "remove", "cancel", "stop"];
/// Words for alerts.
pub const ALERTS: &[&str] = &["alerts", "alert", "warnings", "warning", "rules", "rule", "alarms", "alarm"];
/// Words for falling silent.
pub const SILENT: &[&str] =
    &["silent", "silence", "offline", "quiet", "dead", "down", "stops", "disappears", "unreachable"];
/// Words that ask whether somebody is there.
pub const ALIVE: &[&str] = &["alive", "awake", "working", "online", "running", "okay", "there"];

/// Words that the grammar looks for one by one.
const OTHERS: &[&str] = &[
    "today",
    "yesterday",
    "tonight",
    "night",
    "week",
    "month",
    "year",
    "since",
    "hours",
    "hour",
    "minutes",
    "days",
    "weeks",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "feels",
    "windchill",
    "chill",
    "everything",
    "station",
    "knots",
    "percent",
    "minus",
    "direction",
    "coming",
    "weather",
    "report",
    "reading",
    "last",
    "soil",
    "moisture",
    "range",
    "indoor",
    "outdoor",
    "inside",
    "outside",
    "summary",
    "afternoon",
    "index",
    "quality",
    "table",
    "tables",
    "words",
    "snowing",
    "snowed",
    "snowy",
    "zero",
    "three",
    "seven",
    "eight",
    // Nobody means the words above by these.
    "there",
    "where",
    "these",
    "those",
    "their",
    "about",
    "other",
    "could",
    "would",
    "should",
    "think",
    "thing",
    "right",
    "light",
    "sight",
    "might",
    "hello",
    "house",
    "horse",
    "thanks",
    "while",
    "white",
    "start",
    "state",
    "street",
    "wait",
    "train",
    "grain",
    "brain",
    "drain",
    "seen",
    "being",
    "please",
    "place",
    "never",
    "harbour",
    "harbor",
    "tower",
    "lower",
    "power",
    "shower",
    "garden",
    "field",
    "world",
    "first",
    "worst",
    "forest",
];

/// All words that mean something.
pub fn known() -> impl Iterator<Item = &'static str> {
    let lists = [
        LOWEST, HIGHEST, AVERAGE, FALLING, RISING, CHANGING, COMPARE, WARN, BELOW, ABOVE, LESS, MORE, QUESTION, FUTURE,
        HELLO, THANKS, BYE, HELP, FORGET, ALERTS, SILENT, ALIVE, OTHERS,
    ];
    let names = Quantity::all().flat_map(|quantity| quantity.keeper().names);
    let of_quantities = names.filter_map(|name| match name.words {
        Words::Any(words) => Some(words.split(' ')),
        Words::Each(..) | Words::Phrase(_) | Words::Numbered(..) => None,
    });
    lists.into_iter().flatten().copied().chain(of_quantities.flatten())
}

/// True if a word means something here.
pub fn is_known(word: &str) -> bool {
    known().any(|known| known == word)
}
