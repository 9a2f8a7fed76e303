//! Records as a table, and this day in other years.

use super::COLUMNS;
use crate::pages::clock;
use chrono::{Datelike, NaiveDate};
use weather::climate::period::Period;
use weather::climate::records::{Record, Records};
use weather::climate::season::Season;
use weather::climate::spell::Spell;
use weather::climate::{Calendar, Days, anniversary};
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::units::{Unit, format_half_up};
use weather::zone::Zone;

/// How figures are printed: on the station's clock, in the visitor's units.
pub(crate) struct Shown<'a> {
    pub zone: &'a Zone,
    pub today: NaiveDate,
    pub preference: Preference,
}

/// So many seasons have a column: a year.
const SEASONS: usize = 4;

impl Shown<'_> {
    /// A date as short as it can be: `3 Jun`, or `3 Jun 2024` of another year; nothing of today.
    pub(crate) fn date(&self, date: NaiveDate) -> String {
        if date == self.today {
            return String::new();
        }
        date.format(if date.year() == self.today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
    }

    /// The same with the time: `14:35`, or `3 Jun, 14:35`.
    pub(crate) fn moment(&self, date: NaiveDate, at: Timestamp) -> String {
        let time = clock::hour_minute(self.zone, at);
        match self.date(date) {
            date if date.is_empty() => time,
            date => format!("{date}, {time}"),
        }
    }

    fn value(&self, quantity: Quantity, record: Option<Record>) -> Cell {
        record.map_or_else(Cell::default, |Record { value, date, at }| Cell {
            value: self.preference.text(quantity, value),
            when: self.moment(date, at),
        })
    }

    fn sum(&self, mm: Option<f64>) -> Cell {
        let value = mm.map_or_else(String::new, |mm| self.preference.text(Quantity::Precipitation, mm));
        Cell { value, when: String::new() }
    }

    fn amount(&self, record: Option<Record>) -> Cell {
        record.map_or_else(Cell::default, |Record { value, date, .. }| Cell {
            value: self.preference.text(Quantity::Precipitation, value),
            when: self.date(date),
        })
    }

    fn spell(&self, spell: Option<Spell>) -> Cell {
        spell.map_or_else(Cell::default, |Spell { days, from, to }| Cell {
            value: if days == 1 { "1 day".to_owned() } else { format!("{days} days") },
            when: match (from == to, from.year() == to.year()) {
                (true, _) => self.date(to),
                (_, true) => format!("{} – {}", from.format("%-d %b"), self.spell_end(to)),
                _ => format!("{} – {}", from.format("%-d %b %Y"), self.spell_end(to)),
            },
        })
    }

    fn spell_end(&self, to: NaiveDate) -> String {
        match self.date(to) {
            today if today.is_empty() => "today".to_owned(),
            date => date,
        }
    }
}

/// A record in a column; empty where there is none.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub value: String,
    pub when: String,
}

/// A record in all columns.
#[derive(Debug)]
pub(crate) struct Row {
    pub name: &'static str,
    pub cells: Vec<Cell>,
}

/// Records by period.
#[derive(Debug)]
pub(crate) struct RecordTable {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

impl RecordTable {
    /// Of today up to ever.
    pub(crate) fn of(days: &Days, calendar: &Calendar, shown: &Shown<'_>) -> Self {
        // A month, a season or a year that begins today is more than a day: it has its wettest day like the others.
        let is_day = |period: Period| matches!(period, Period::Today | Period::Yesterday);
        let columns = COLUMNS.map(|period| (period.title(calendar), period.dates(calendar), is_day(period)));
        Self::between(days, calendar, shown, columns.into())
    }

    /// Of this season and those before it, the newest first.
    pub(crate) fn of_seasons(days: &Days, calendar: &Calendar, shown: &Shown<'_>) -> Self {
        let seasons = std::iter::successors(Some(Season::of(calendar.today)), |season| Some(season.before()));
        let columns = seasons.take(SEASONS).map(|season| (season.name(calendar.half), (season.from, season.to), false));
        Self::between(days, calendar, shown, columns.collect())
    }

    fn between(
        days: &Days,
        calendar: &Calendar,
        shown: &Shown<'_>,
        columns: Vec<(String, (NaiveDate, NaiveDate), bool)>,
    ) -> Self {
        // Of a single day the time is enough.
        let of = |dates: (NaiveDate, NaiveDate), is_day: bool| Column {
            records: Records::of(days, dates, calendar),
            is_day,
            shown: Shown { today: if is_day { dates.1 } else { shown.today }, ..*shown },
        };
        let of_columns: Vec<Column<'_>> = columns.iter().map(|(_, dates, is_day)| of(*dates, *is_day)).collect();
        let row = |(name, of_a_day, cell): &OfRow| Row {
            name,
            // One day has no wettest day and no spell.
            cells: of_columns
                .iter()
                .map(|column| if column.is_day && !of_a_day { Cell::default() } else { cell(column) })
                .collect(),
        };
        let rows = ROWS.iter().map(row).filter(|row| row.cells.iter().any(|cell| !cell.value.is_empty()));
        Self { rows: rows.collect(), columns: columns.into_iter().map(|(title, ..)| title).collect() }
    }
}

/// What a column is made of.
struct Column<'a> {
    records: Records,
    is_day: bool,
    shown: Shown<'a>,
}

/// A row: its name, whether a single day has such a record, and the cell.
type OfRow = (&'static str, bool, fn(&Column<'_>) -> Cell);

/// The rows in their order.
const ROWS: [OfRow; 11] = [
    ("Highest temperature", true, |of| of.shown.value(Quantity::Temperature, of.records.highest)),
    ("Lowest temperature", true, |of| of.shown.value(Quantity::Temperature, of.records.lowest)),
    ("Warmest night (highest low)", false, |of| of.shown.value(Quantity::Temperature, of.records.highest_low)),
    ("Coldest day (lowest high)", false, |of| of.shown.value(Quantity::Temperature, of.records.lowest_high)),
    ("Strongest gust", true, |of| of.shown.value(Quantity::WindGust, of.records.gust)),
    ("Rain in all", true, |of| of.shown.sum(of.records.rain)),
    ("Wettest day", false, |of| of.shown.amount(of.records.wettest)),
    ("Longest dry spell", false, |of| of.shown.spell(of.records.dry_spell)),
    ("Longest wet spell", false, |of| of.shown.spell(of.records.wet_spell)),
    ("Highest pressure", true, |of| of.shown.value(Quantity::SeaLevelPressure, of.records.highest_pressure)),
    ("Lowest pressure", true, |of| of.shown.value(Quantity::SeaLevelPressure, of.records.lowest_pressure)),
];

/// This day in another year.
#[derive(Debug)]
pub(crate) struct Then {
    pub year: i32,
    /// Low, high, mean, rain, gust; empty where nothing is known.
    pub cells: [String; 5],
}

impl Then {
    /// All of them, the newest first.
    pub(crate) fn of(days: &Days, shown: &Shown<'_>) -> Vec<Self> {
        let text = |quantity, value: Option<f64>| {
            value.map_or_else(String::new, |value| shown.preference.text(quantity, value))
        };
        let then = |then: anniversary::Then| Self {
            year: then.date.year(),
            cells: [
                text(Quantity::Temperature, then.temperature.map(|day| day.low)),
                text(Quantity::Temperature, then.temperature.map(|day| day.high)),
                text(Quantity::Temperature, then.temperature.map(|day| day.mean)),
                text(Quantity::Precipitation, then.rain),
                text(Quantity::WindGust, then.gust),
            ],
        };
        anniversary::of(days, shown.today).into_iter().map(then).collect()
    }
}

/// Degree days in the visitor's scale: a difference, so without an offset.
pub(crate) fn degrees(kelvins: f64, preference: Preference) -> String {
    let unit = if preference.is_fahrenheit() { Unit::Fahrenheit } else { Unit::Celsius };
    preference.written(format_half_up(unit.difference(kelvins), 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::climate::Day;

    #[test]
    fn on_the_first_day_of_a_month_and_of_a_season_both_have_the_same_wettest_day() {
        let first = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a date");
        let at = Timestamp(1_796_122_800_000);
        let rain = Day { date: first, mean: 4.2, low: 4.2, low_at: at, high: 4.2, high_at: at, hours: 12 };
        let days = Days { rain: vec![rain], ..Days::default() };
        let calendar = Calendar::of(first, None, None);
        let shown = Shown { zone: &Zone::UTC, today: first, preference: Preference::default() };
        let wettest = |table: &RecordTable| -> Vec<String> {
            let row = table.rows.iter().find(|row| row.name == "Wettest day").expect("a row");
            row.cells.iter().map(|cell| cell.value.clone()).collect()
        };
        let table = RecordTable::of(&days, &calendar, &shown);
        assert_eq!(wettest(&table)[..2], ["", ""], "a day alone has none: {:?}", table.columns);
        assert!(
            wettest(&table)[2..].iter().all(|value| value == "4.2 mm"),
            "{:?} {:?}",
            table.columns,
            wettest(&table)
        );
        assert_eq!(wettest(&RecordTable::of_seasons(&days, &calendar, &shown))[0], "4.2 mm");
    }
}
