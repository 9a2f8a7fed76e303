//! The words that mean something here.

use weather::quantity::Quantity;

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

/// Which words name a quantity. The first row that fits wins, so the particular come before the general.
pub const QUANTITIES: &[(Quantity, &[&str])] = &[
    (Quantity::DewPoint, &["dew", "dewpoint"]),
    (Quantity::UvIndex, &["uv", "ultraviolet", "sunburn"]),
    (Quantity::Pm2_5, &["pm2.5", "pm25", "particulate", "particulates", "dust", "smoke", "particles"]),
    (Quantity::Pm10, &["pm10"]),
    (Quantity::Co2, &["co2", "carbon"]),
    (Quantity::BatteryVoltage, &["battery", "voltage", "volts"]),
    (Quantity::WindGust, &["gust", "gusts", "gusty", "gusting", "squall", "squalls"]),
    (
        Quantity::WindSpeed,
        &[
            "wind",
            "winds",
            "windy",
            "windspeed",
            "breeze",
            "breezy",
            "blowing",
            "calm",
            "stormy",
            "windiest",
            "windier",
        ],
    ),
    (Quantity::PrecipitationRate, &["rainrate"]),
    (
        Quantity::Precipitation,
        &[
            "rain",
            "rains",
            "rained",
            "raining",
            "rainy",
            "rainfall",
            "precipitation",
            "shower",
            "showers",
            "drizzle",
            "wet",
        ],
    ),
    (Quantity::SeaLevelPressure, &["pressure", "barometer", "barometric"]),
    (Quantity::Humidity, &["humidity", "humid", "moist", "muggy", "damp"]),
    (Quantity::SolarRadiation, &["solar", "radiation", "sun", "sunny", "sunshine", "bright", "sunniest"]),
    (
        Quantity::Temperature,
        &[
            "temperature",
            "temperatures",
            "temp",
            "temps",
            "thermometer",
            "cold",
            "colder",
            "coldest",
            "warm",
            "warmer",
            "warmest",
            "hot",
            "hotter",
            "hottest",
            "cool",
            "cooler",
            "coolest",
            "chilly",
            "mild",
            "frost",
            "frosty",
            "freeze",
            "freezes",
            "freezing",
            "froze",
            "heat",
            "degrees",
            "celsius",
            "fahrenheit",
            "warming",
            "cooling",
        ],
    ),
];

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

/// Words shorter than this are taken as they are typed: too many are one letter apart.
const CORRECTED_MIN_CHARS: usize = 5;

/// The word that was meant: itself if it is known, else the one known word that is a single slip away.
pub fn correct(typed: &str) -> &str {
    if typed.chars().count() < CORRECTED_MIN_CHARS || known().any(|word| word == typed) {
        return typed;
    }
    let mut close = known().filter(|word| word.len() >= CORRECTED_MIN_CHARS && is_one_slip(typed, word));
    match (close.next(), close.next()) {
        (Some(word), None) => word,
        (Some(word), Some(other)) if word == other => word,
        _ => typed,
    }
}

/// All words that mean something.
fn known() -> impl Iterator<Item = &'static str> {
    let lists = [
        LOWEST, HIGHEST, AVERAGE, FALLING, RISING, CHANGING, COMPARE, WARN, BELOW, ABOVE, LESS, MORE, QUESTION, FUTURE,
        HELLO, THANKS, BYE, HELP, FORGET, ALERTS, SILENT, ALIVE, OTHERS,
    ];
    lists.into_iter().chain(QUANTITIES.iter().map(|(_, words)| *words)).flatten().copied()
}

/// True if a word means something here.
pub fn is_known(word: &str) -> bool {
    known().any(|known| known == word)
}

/// True if one letter is wrong, missing, too many, or two neighbours have changed places.
pub fn is_one_slip(typed: &str, word: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        ([w, x, a @ ..], [y, z, b @ ..]) => w == z && x == y && a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_forgiven_and_two_are_not() {
        for (typed, word) in [
            ("temprature", "temperature"),
            ("temperatrue", "temperature"),
            ("humidty", "humidity"),
            ("yesterdday", "yesterday"),
            ("pressute", "pressure"),
            ("presure", "pressure"),
            ("lowst", "lowest"),
            ("wendsday", "wendsday"),
            ("rian", "rian"),
            ("harbour", "harbour"),
            ("brillig", "brillig"),
        ] {
            assert_eq!(correct(typed), word);
        }
    }

    #[test]
    fn a_known_word_is_never_corrected() {
        for word in known() {
            assert_eq!(correct(word), word);
        }
    }
}
