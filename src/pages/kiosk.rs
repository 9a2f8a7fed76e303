//! A station on a screen in a hall or on a wall: everything on it is live, nobody touches it, and it stays right for weeks.
//! Nothing here sets or reads a cookie; the units stand in the address.

use super::chart::Chart;
use super::courses::{self, Course};
use super::desk::Desk;
use super::facts::Facts;
use super::fault::Fault;
use super::hero::Hero;
use super::lead::{self, Datastream};
use super::names::called;
use super::night::Night;
use super::page::Page;
use super::sunlight::Sunlight;
use super::table::Row;
use super::tiles::{self, Tile, Wind};
use super::views::Frame;
use super::{clock, reads, state, units};
use askama::Template;
use askama_web::WebTemplate;
use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use weather::preference::Preference;
use weather::time::Timestamp;

/// The routes, for `/`.
pub(super) fn routes() -> Vec<Route> {
    routes![kiosk]
}

/// `/kiosk/<slug>`: one station, as large as the screen.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "kiosk.html")]
pub struct Kiosk {
    frame: Frame,
    slug: String,
    name: String,
    /// `light`, `dark`; empty: as the system is.
    theme: &'static str,
    /// The day on the station's clock.
    day: String,
    hero: Hero,
    /// When it was dark in the pictures.
    night: Night,
    wind: Wind,
    panels: Vec<Panel>,
    chart: Option<Chart>,
    /// What the chart leaves out is not told on a wall, where nobody can ask more.
    marked: &'static str,
    /// Nor is there a table.
    rows: Vec<Row>,
    sunrise: String,
    sunset: String,
    /// What is to be said of the sun in their place.
    sun_note: String,
}

/// A value, and how it went.
#[derive(Debug)]
struct Panel {
    /// What it is called beside those of other sensors.
    title: String,
    tile: Tile,
    course: Option<Course>,
}

impl Kiosk {
    /// A name of more characters has no place in one line.
    const LINE_CHARS: usize = 26;

    /// The page of this station.
    pub fn of(facts: &Facts, cursor: String, now: Timestamp, preference: Preference) -> Self {
        let station = &facts.station;
        let hero = Hero::leading(facts, now, preference);
        let sun = Sunlight::of(station, now);
        let (_, left_out) = tiles::groups(facts, &[], now, preference);
        let state = state::station(facts, &left_out, sun.as_ref(), now);
        let mut courses = courses::courses(facts, now, preference);
        let panel = |of: Datastream| {
            let tile = tiles::tile_of(facts, &of, now, preference)?;
            let course = courses.iter().position(|course| course.key == tile.key);
            Some(Panel {
                title: called(&of.sensor, of.quantity),
                course: course.map(|place| courses.swap_remove(place)),
                tile,
            })
        };
        let panels = lead::small(&facts.latest, now).into_iter().filter_map(panel).collect();
        let [sunrise, sunset, sun_note] = sun.as_ref().map(|sun| sun.today(station, now)).unwrap_or_default();
        Self {
            frame: Frame::still(&hero.title(&station.name), &format!("/kiosk/{}", station.slug), now, preference)
                .live(vec![station.slug.as_str()], &[state], cursor, now)
                .local(&station.zone, now),
            slug: station.slug.to_string(),
            name: station.name.clone(),
            theme: sun.as_ref().map_or("", |sun| sun.theme(now)),
            day: clock::day(&station.zone, now),
            night: Night::of(sun.as_ref(), facts),
            wind: Wind::of(facts, now, preference),
            panels,
            chart: courses::large(facts, preference),
            marked: "",
            rows: Vec::new(),
            hero,
            sunrise,
            sunset,
            sun_note,
        }
    }
}

#[derive(Responder)]
enum Answer {
    Page(Box<Page<Kiosk>>),
    /// The station was called so before.
    Renamed(Box<Page<Redirect>>),
}

#[get("/kiosk/<slug>?<units>")]
async fn kiosk(slug: &str, units: Option<&str>, origin: &Origin<'_>, desk: Desk<'_>) -> Result<Answer, Fault> {
    let preference = units::asked(units).map_err(Fault::bad_request)?;
    let station = desk.station(slug).await?;
    if station.slug.as_str() != slug {
        let query = origin.query().map_or_else(String::new, |query| format!("?{query}"));
        let to = Redirect::permanent(format!("/kiosk/{}{query}", station.slug));
        return Ok(Answer::Renamed(Box::new(Page(to))));
    }
    // The cursor is read first, so that the page's scripts miss no news that comes while the page is made.
    let (cursor, now) = (desk.newest.read(), clock::now());
    let facts = reads::station(desk.storage, desk.sheets, &station, &cursor, now).await?;
    Ok(Answer::Page(Box::new(Page(Kiosk::of(&facts, cursor, now, preference)))))
}
