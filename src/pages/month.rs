//! A month of a station, day by day: `/s/<slug>/climate/2026-06`, and the same with `.txt` for programs.

mod text;

pub use text::month_text;

use super::clock;
use super::desk::Desk;
use super::fault::Fault;
use super::page::Page;
use super::past::Years;
use super::records::{Shown, base_c, degrees};
use super::views::Frame;
use crate::storage::words::Visitor;
use askama::Template;
use askama_web::WebTemplate;
use chrono::{Datelike, NaiveDate};
use rocket::http::ContentType;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use weather::climate::means;
use weather::climate::month::{DayFigures, Table};
use weather::climate::records::Record;
use weather::preference::{Numbers, Preference};
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::wind;

/// The routes, for `/`.
pub(crate) fn routes() -> Vec<Route> {
    routes![this_month, month]
}

/// Nobody has kept weather before, and no calendar of ours goes further.
const YEARS: std::ops::RangeInclusive<i32> = 1700..=2200;

/// Reads `2026-06`: the month's first day.
pub(super) fn read(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let is_form = year.len() == 4 && month.len() == 2 && [year, month].concat().bytes().all(|b| b.is_ascii_digit());
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    NaiveDate::from_ymd_opt(year, month, 1).filter(|_| is_form && YEARS.contains(&year))
}

/// The page of a month.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "month.html")]
pub struct MonthPage {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    /// `June 2026`.
    title: String,
    /// `2026-06`.
    month: String,
    /// The month before, and the one after: addresses and names; empty beyond what is known.
    before: (String, String),
    after: (String, String),
    /// Units of temperature, rain and wind.
    units: [&'static str; 3],
    /// The base of degree days.
    base: String,
    /// Why figures are in brackets; empty if none are.
    brackets: &'static str,
    lines: Vec<DayLine>,
    whole: Option<DayLine>,
}

/// A day, or the month, as it is printed; what is not known is empty.
#[derive(Debug)]
struct DayLine {
    day: String,
    /// Mean, high and its time, low and its time, heating, cooling, rain, wind, gust and its time, direction.
    cells: [String; 12],
}

/// Said of months of which too little is known.
const BRACKETS: &str = "Figures in brackets are of a month with readings of less than 80 % of its days.";

impl MonthPage {
    /// The page of the month that begins on that day. `known_from` is the first day of which anything is known.
    pub fn of(
        years: &Years,
        first: NaiveDate,
        known_from: Option<NaiveDate>,
        now: Timestamp,
        preference: Preference,
    ) -> Self {
        let (station, calendar) = (&years.station, years.calendar(now));
        let table = Table::of(&years.days, first, base_c(preference), &calendar);
        let shown = Shown { zone: &station.zone, today: calendar.today, preference };
        let month = first.format("%Y-%m").to_string();
        let title = first.format("%B %Y").to_string();
        let link = |date: Option<NaiveDate>| {
            let is_known = |date: &NaiveDate| {
                known_from.is_some_and(|from| means::dates(*date).1 >= from) && *date <= calendar.today
            };
            date.map(|date| means::dates(date).0).filter(is_known).map_or_else(Default::default, |date| {
                (format!("/s/{}/climate/{}", station.slug, date.format("%Y-%m")), date.format("%B %Y").to_string())
            })
        };
        let is_empty = table.is_empty();
        Self {
            frame: Frame::still(
                &format!("{title} – {}", station.name),
                &format!("/s/{}/climate/{month}", station.slug),
                now,
                preference,
            )
            .local(&station.zone, now),
            slug: station.slug.to_string(),
            name: station.name.clone(),
            zone: station.zone.name().to_owned(),
            before: link(first.pred_opt()),
            after: link(means::dates(first).1.succ_opt()),
            units: [Quantity::Temperature, Quantity::Precipitation, Quantity::WindSpeed]
                .map(|quantity| preference.unit(quantity).symbol()),
            base: preference.text(Quantity::Temperature, base_c(preference)),
            brackets: if is_empty || table.complete && table.rain_complete { "" } else { BRACKETS },
            lines: if is_empty { Vec::new() } else { table.lines.iter().map(|line| day(line, &shown)).collect() },
            whole: (!is_empty).then(|| whole(&table, &shown)),
            title,
            month,
        }
    }

    /// The same with what the frame gets from the request.
    fn framed(self, desk: &Desk<'_>, visitor: &Visitor) -> Self {
        Self { frame: self.frame.signed(Some(visitor)).read_by(desk.for_reader(None)), ..self }
    }
}

fn number(shown: &Shown<'_>, quantity: Quantity, value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| shown.preference.number(quantity, value))
}

fn compass(degrees: Option<f64>) -> String {
    degrees.map_or_else(String::new, |degrees| wind::compass(degrees).to_owned())
}

fn of_kelvins(shown: &Shown<'_>, kelvins: Option<f64>) -> String {
    kelvins.map_or_else(String::new, |kelvins| degrees(kelvins, shown.preference))
}

fn day(line: &DayFigures, shown: &Shown<'_>) -> DayLine {
    let timed = |quantity, record: Option<(f64, Timestamp)>| {
        record.map_or_else(Default::default, |(value, at)| {
            (shown.preference.number(quantity, value), clock::hour_minute(shown.zone, at))
        })
    };
    let temperature = line.temperature;
    let (high, high_at) = timed(Quantity::Temperature, temperature.map(|day| (day.high, day.high_at)));
    let (low, low_at) = timed(Quantity::Temperature, temperature.map(|day| (day.low, day.low_at)));
    let (gust, gust_at) = timed(Quantity::WindGust, line.gust.map(|gust| (gust.value, gust.at)));
    DayLine {
        day: line.date.day().to_string(),
        cells: [
            number(shown, Quantity::Temperature, temperature.map(|day| day.mean)),
            high,
            high_at,
            low,
            low_at,
            of_kelvins(shown, line.heating),
            of_kelvins(shown, line.cooling),
            number(shown, Quantity::Precipitation, line.rain),
            number(shown, Quantity::WindSpeed, line.wind),
            gust,
            gust_at,
            compass(line.direction),
        ],
    }
}

/// The line of the month: its extremes have days instead of times.
fn whole(table: &Table, shown: &Shown<'_>) -> DayLine {
    let dated = |quantity, record: Option<Record>| {
        record.map_or_else(Default::default, |record| {
            (shown.preference.number(quantity, record.value), record.date.format("%-d %b").to_string())
        })
    };
    let bracketed = |text: String, complete: bool| if complete || text.is_empty() { text } else { format!("({text})") };
    let of_temperature = |text| bracketed(text, table.complete);
    let (high, high_on) = dated(Quantity::Temperature, table.highest);
    let (low, low_on) = dated(Quantity::Temperature, table.lowest);
    let (gust, gust_on) = dated(Quantity::WindGust, table.gust);
    DayLine {
        day: "Month".to_owned(),
        cells: [
            of_temperature(number(shown, Quantity::Temperature, table.mean)),
            high,
            high_on,
            low,
            low_on,
            of_temperature(of_kelvins(shown, table.heating)),
            of_temperature(of_kelvins(shown, table.cooling)),
            bracketed(number(shown, Quantity::Precipitation, table.rain), table.rain_complete),
            number(shown, Quantity::WindSpeed, table.wind),
            gust,
            gust_on,
            compass(table.direction),
        ],
    }
}

/// The page, the text, or the way to the station's present name.
#[derive(Responder)]
enum Answer {
    Page(Box<Page<MonthPage>>),
    Text(Box<Page<(ContentType, String)>>),
    Elsewhere(Box<Page<Redirect>>),
}

#[get("/s/<slug>/climate")]
async fn this_month(slug: &str, desk: Desk<'_>) -> Result<Page<Redirect>, Fault> {
    let station = desk.station(slug).await?;
    let month = clock::local(&station.zone, clock::now()).format("%Y-%m");
    Ok(Page(Redirect::to(format!("/s/{}/climate/{month}", station.slug))))
}

/// `units` is for programs, which have no cookie: a name such as `metric` or `us-kn`.
#[get("/s/<slug>/climate/<month>?<units>")]
async fn month(
    slug: &str,
    month: &str,
    units: Option<&str>,
    origin: &Origin<'_>,
    desk: Desk<'_>,
    visitor: Visitor,
) -> Result<Answer, Fault> {
    let asked = units.map(Preference::named).transpose().map_err(|error| Fault::bad_request(error.to_string()))?;
    let station = desk.station(slug).await?;
    let (name, is_text) = month.strip_suffix(".txt").map_or((month, false), |name| (name, true));
    let no_month = || Fault::not_found("The address names no month. Write it as 2026-06, or 2026-06.txt for a text.");
    let first = read(name).ok_or_else(no_month)?;
    if station.slug.as_str() != slug {
        let query = origin.query().map_or_else(String::new, |query| format!("?{query}"));
        let to = format!("/s/{}/climate/{month}{query}", station.slug);
        return Ok(Answer::Elsewhere(Box::new(Page(Redirect::permanent(to)))));
    }
    let now = clock::now();
    let main = weather::station::SensorName::main();
    let (days, known_from, interval_ms) = tokio::try_join!(
        desk.storage.years(&station, means::dates(first)),
        desk.storage.first_day(station.id, &main),
        desk.storage.interval_ms(station.id)
    )?;
    let years = Years { station, days, interval_ms };
    let numbers = desk.preference.numbers;
    let preference = asked.map_or(desk.preference, |asked| asked.writing(numbers));
    Ok(match is_text {
        true => Answer::Text(Box::new(Page((
            ContentType::Plain,
            month_text(&years, first, now, preference.writing(Numbers::Point)),
        )))),
        false => {
            let page = MonthPage::of(&years, first, known_from, now, preference).framed(&desk, &visitor);
            Answer::Page(Box::new(Page(page)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_in_one_way() {
        assert_eq!(read("2026-06"), NaiveDate::from_ymd_opt(2026, 6, 1));
        for bad in
            ["2026-6", "2026-13", "2026-00", "26-06", "+026-06", "2026-06-01", "1699-12", "2201-01", "9999-01", "", "-"]
        {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }
}
