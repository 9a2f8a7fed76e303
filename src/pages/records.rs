//! The records and the climate of a station: `/s/<slug>/records`.

mod figures;
mod kinds;
mod said;
mod sky;
mod years;

pub(crate) use figures::{Shown, degrees};
pub(crate) use years::base_c;

use super::clock;
use super::desk::Desk;
use super::fault::Fault;
use super::page::Page;
use super::past::Years;
use super::views::Frame;
use crate::storage::words::Visitor;
use askama::Template;
use askama_web::WebTemplate;
use figures::{RecordTable, Then};
use kinds::KindTable;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use sky::Sky;
use weather::climate::period::Period;
use weather::preference::Preference;
use weather::time::Timestamp;
use years::{DegreeYear, MonthTable};

/// The routes, for `/`.
pub(crate) fn routes() -> Vec<Route> {
    routes![records]
}

/// The page.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "records.html")]
pub struct RecordsPage {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    /// Of how many days anything is known, and since when; empty: of none.
    known: String,
    /// Whether that is a month at least: what is younger is told so.
    young: bool,
    records: RecordTable,
    seasons: RecordTable,
    /// Temperature and rain by month.
    months: Vec<MonthTable>,
    kinds: Vec<KindTable>,
    degree_years: Vec<DegreeYear>,
    /// The bases of degree days: of heating and cooling, and of growth.
    bases: [String; 2],
    /// `30 November`.
    date: String,
    thens: Vec<Then>,
    sky: Sky,
}

/// A station with fewer days than this is young: its records fall every week.
const YOUNG_DAYS: usize = 30;

impl RecordsPage {
    /// The page of these days.
    pub fn of(years: &Years, now: Timestamp, preference: Preference) -> Self {
        let (station, calendar) = (&years.station, years.calendar(now));
        let shown = Shown { zone: &station.zone, today: calendar.today, preference };
        let path = format!("/s/{}/records", station.slug);
        let title = format!("Records – {}", station.name);
        let count = said::count(&years.days);
        Self {
            frame: Frame::still(&title, &path, now, preference).local(&station.zone, now),
            slug: station.slug.to_string(),
            name: station.name.clone(),
            zone: station.zone.name().to_owned(),
            known: said::known(&years.days, count, preference.numbers),
            young: count < YOUNG_DAYS,
            records: RecordTable::of(&years.days, &calendar, &shown),
            seasons: RecordTable::of_seasons(&years.days, &calendar, &shown),
            months: years::months(years, &calendar, &shown),
            kinds: kinds::of(&years.days, &calendar, preference),
            degree_years: years::degree_years(&years.days, &calendar, preference),
            bases: years::bases(preference),
            date: calendar.today.format("%-d %B").to_string(),
            thens: Then::of(&years.days, &shown),
            sky: Sky::of(station, now),
        }
    }

    /// The same with what the frame gets from the request.
    fn framed(self, desk: &Desk<'_>, visitor: &Visitor) -> Self {
        Self { frame: self.frame.signed(Some(visitor)).read_by(desk.for_reader(None)), ..self }
    }
}

/// The page, or the way to the station's present name.
#[derive(Responder)]
enum Answer {
    Page(Box<Page<RecordsPage>>),
    Renamed(Box<Page<Redirect>>),
}

#[get("/s/<slug>/records")]
async fn records(slug: &str, desk: Desk<'_>, visitor: Visitor) -> Result<Answer, Fault> {
    let station = desk.station(slug).await?;
    if station.slug.as_str() != slug {
        let to = format!("/s/{}/records", station.slug);
        return Ok(Answer::Renamed(Box::new(Page(Redirect::permanent(to)))));
    }
    // The cursor is read first, so that no news is missed.
    let (cursor, now) = (desk.newest.read(), clock::now());
    let years = desk.past.years(desk.storage, &cursor, &station, now).await?;
    let page = RecordsPage::of(&years, now, desk.preference).framed(&desk, &visitor);
    Ok(Answer::Page(Box::new(Page(page))))
}

/// The periods that have a column of their own; the season stands beside other seasons.
const COLUMNS: [Period; 6] =
    [Period::Today, Period::Yesterday, Period::Month, Period::Year, Period::RainYear, Period::Ever];
