//! Which record a value beats, and what is said of it. Pure.

use crate::keeper::language::clock;
use chrono::{Datelike, NaiveDate};
use weather::climate::news::{Among, Of};
use weather::climate::records::Record;
use weather::climate::spell::WET_FROM_MM;
use weather::climate::{Day, Days, within};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::zone::Zone;

/// So many days of the year must be known before a record of the year is told: in January each second day is one.
pub(super) const YEAR_DAYS_MIN: usize = 30;
/// So many days must be known before a record of all days is told: with fewer, the first summer and the first winter are full of them.
pub(super) const EVER_DAYS_MIN: usize = 365;
/// What records are told of. The main sensor's, each with its quantity.
pub(super) const KINDS: [(Of, Quantity); 4] = [
    (Of::Highest, Quantity::Temperature),
    (Of::Lowest, Quantity::Temperature),
    (Of::Gust, Quantity::WindGust),
    (Of::Wettest, Quantity::Precipitation),
];

/// A record that stood before a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Former {
    /// Of what.
    pub of: Of,
    /// Among which days.
    pub among: Among,
    /// The value, and when.
    pub record: Record,
}

/// The records that stood before a day, of a station that is known for long enough.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Standing(Vec<Former>);

impl Standing {
    /// The records of all days before `today`, and of those of its year.
    pub(crate) fn of(days: &Days, today: NaiveDate) -> Self {
        let yesterday = today.pred_opt().unwrap_or(today);
        let new_year = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        let mut standing = Vec::new();
        for (of, quantity) in KINDS {
            let days = match quantity {
                Quantity::Precipitation => &days.rain,
                Quantity::WindGust => &days.gust,
                _ => &days.temperature,
            };
            let stretches = [(Among::Ever, NaiveDate::MIN, EVER_DAYS_MIN), (Among::Year, new_year, YEAR_DAYS_MIN)];
            for (among, from, least) in stretches {
                let days = if from > yesterday { &[][..] } else { within(days, (from, yesterday)) };
                let best = days.iter().map(|day| extreme(of, day));
                let best = best.reduce(|best, next| if is_beyond(of, next.value, best.value) { next } else { best });
                standing.extend(best.filter(|_| days.len() >= least).map(|record| Former { of, among, record }));
            }
        }
        Self(standing)
    }

    /// The greatest record that a value beats. A tie is no record, and a day that is not wet is not the wettest.
    pub(crate) fn beaten(&self, of: Of, value: f64) -> Option<&Former> {
        let counts = of != Of::Wettest || value >= WET_FROM_MM;
        self.0.iter().find(|former| counts && former.of == of && is_beyond(of, value, former.record.value))
    }
}

/// What a day is in a record's eyes.
pub(super) fn extreme(of: Of, day: &Day) -> Record {
    let (value, at) = if of == Of::Lowest { (day.low, day.low_at) } else { (day.high, day.high_at) };
    Record { value, date: day.date, at }
}

fn is_beyond(of: Of, new: f64, old: f64) -> bool {
    if of == Of::Lowest { new < old } else { new > old }
}

/// `New record: 38.2 °C at 15:40 is the highest temperature ever measured here. The highest so far was 37.9 °C on Thu 25 Jul 2019.`
pub(super) fn sentence(new: &Record, former: &Former, zone: &Zone, now: Timestamp, preference: Preference) -> String {
    let quantity =
        KINDS.iter().find(|(of, _)| *of == former.of).map_or(Quantity::Temperature, |(_, quantity)| *quantity);
    let value = preference.text(quantity, new.value);
    let (most, what) = match former.of {
        Of::Highest => ("highest", "temperature"),
        Of::Lowest => ("lowest", "temperature"),
        Of::Gust => ("strongest", "gust"),
        Of::Wettest => ("most", "rain of a day"),
    };
    let (record, among) = match former.among {
        Among::Ever => ("New record", "ever measured here"),
        _ => ("New record of the year", "measured here this year"),
    };
    let fell = match former.of {
        // When rain had become so much says nothing: it goes on falling.
        Of::Wettest => format!("{value} so far today"),
        _ => format!("{value} {}", clock::at(zone, new.at, now)),
    };
    let before = preference.text(quantity, former.record.value);
    let day = clock::date(former.record.date);
    // In somebody's units both may look alike.
    let before = if before == value { "almost the same".to_owned() } else { before };
    format!("{record}: {fell} is the {most} {what} {among}. The {most} so far was {before} on {day}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// So many days up to yesterday, each between −1 and 20 °C; the first is beyond them all.
    fn days(count: u64, today: NaiveDate) -> Days {
        let day = |back: u64| {
            let first = f64::from(u8::from(back == count));
            Day {
                date: today - chrono::Days::new(back),
                mean: 10.0,
                low: -1.0 - first,
                low_at: Timestamp(0),
                high: 20.0 + first,
                high_at: Timestamp(0),
                hours: 24,
            }
        };
        let temperature: Vec<Day> = (1..=count).rev().map(day).collect();
        Days { rain: temperature.clone(), temperature, ..Days::default() }
    }

    #[test]
    fn a_record_falls_only_where_enough_days_are_known() {
        let today = date("2024-03-31");
        let beaten = |count, value| {
            Standing::of(&days(count, today), today).beaten(Of::Highest, value).map(|former| former.among)
        };
        for (count, value, among) in [
            (29, 30.0, None),
            (30, 30.0, Some(Among::Year)),
            (364, 30.0, Some(Among::Year)),
            (365, 30.0, Some(Among::Ever)),
            (365, 21.0, Some(Among::Year)),
            (365, 20.0, None),
        ] {
            assert_eq!(beaten(count, value), among, "{value} after {count} days");
        }
        assert_eq!(Standing::of(&days(30, date("2024-01-31")), date("2024-01-31")).0.len(), 3, "none of gusts");
        assert!(Standing::of(&days(364, date("2024-01-20")), date("2024-01-20")).0.is_empty(), "the year is too young");
        assert!(Standing::of(&days(364, date("2024-01-01")), date("2024-01-01")).0.is_empty(), "and here just begun");
    }

    #[test]
    fn a_low_is_beaten_from_below_and_rain_only_on_a_wet_day() {
        let today = date("2024-03-31");
        let mut days = days(400, today);
        let standing = Standing::of(&days, today);
        assert_eq!(standing.beaten(Of::Lowest, -2.0).map(|former| former.among), Some(Among::Year));
        assert_eq!(standing.beaten(Of::Lowest, -2.1).map(|former| former.record.value), Some(-2.0));
        assert_eq!(standing.beaten(Of::Lowest, 40.0), None);
        assert_eq!(standing.beaten(Of::Gust, 40.0), None, "nothing is known of gusts");
        days.rain.iter_mut().for_each(|day| day.high = 0.0);
        let dry = Standing::of(&days, today);
        assert_eq!(dry.beaten(Of::Wettest, 0.9), None);
        assert!(dry.beaten(Of::Wettest, 1.0).is_some());
    }

    #[test]
    fn today_is_not_held_against_itself() {
        let today = date("2024-03-31");
        let mut days = days(400, today);
        days.temperature.push(Day { date: today, high: 40.0, ..days.temperature[0] });
        assert!(Standing::of(&days, today).beaten(Of::Highest, 39.0).is_some());
    }

    #[test]
    fn a_sentence_says_what_it_was_before() {
        let zone = Zone::inside("Europe/Berlin").expect("a zone");
        let now = Timestamp(1_711_886_400_000);
        let said = |of, among, new: f64, old: f64, units: &str| {
            let new = Record { value: new, date: date("2024-03-31"), at: now };
            let record = Record { value: old, date: date("2019-07-25"), at: Timestamp(0) };
            sentence(&new, &Former { of, among, record }, &zone, now, Preference::default().read(units))
        };
        assert_eq!(
            said(Of::Highest, Among::Ever, 38.2, 37.9, "C-metric"),
            "New record: 38.2 °C at 14:00 is the highest temperature ever measured here. The highest so far was 37.9 °C on Thu 25 Jul 2019."
        );
        assert_eq!(
            said(Of::Lowest, Among::Year, -3.0, -2.9, "F-us"),
            "New record of the year: 26.6 °F at 14:00 is the lowest temperature measured here this year. The lowest so far was 26.8 °F on Thu 25 Jul 2019."
        );
        assert_eq!(
            said(Of::Wettest, Among::Ever, 48.2, 41.0, "C-metric"),
            "New record: 48.2 mm so far today is the most rain of a day ever measured here. The most so far was 41.0 mm on Thu 25 Jul 2019."
        );
        assert_eq!(
            said(Of::Gust, Among::Ever, 20.01, 20.0, "C-metric"),
            "New record: 20.0 m/s at 14:00 is the strongest gust ever measured here. The strongest so far was almost the same on Thu 25 Jul 2019."
        );
    }
}
