//! The pages: HTML that works without scripts, and the files that it needs.

mod asked;
mod asset;
mod assets;
mod chart;
mod clock;
mod conversation;
mod courses;
mod day;
mod desk;
mod embed;
mod facts;
mod fault;
mod height;
mod hero;
pub mod history;
mod indoors;
mod kiosk;
mod lab;
mod lead;
mod listing;
mod made;
mod marks;
mod month;
mod names;
mod night;
mod ours;
mod overview;
mod page;
mod past;
mod reads;
mod records;
mod rooms;
mod roster;
mod row_state;
mod scripts;
mod settings;
mod sheet;
mod sheets;
mod sketch;
mod state;
#[cfg(debug_assertions)]
pub mod storybook;
mod style;
mod sunlight;
mod table;
mod talk;
mod tiles;
mod today;
mod units;
pub mod views;
mod warmth;

pub use crate::web::address::Address;
pub use asked::Asked;
pub use assets::build;
pub use conversation::Conversation;
pub use facts::{Facts, Series};
pub use kiosk::Kiosk;
pub use lab::LabPage;
pub use lead::Datastream;
pub use listing::{Listing, PAGE_STATIONS, TABLE_STATIONS};
pub use month::{MonthPage, month_text};
pub use overview::Overview;
pub use page::Page;
pub use past::{Past, Years};
pub use records::RecordsPage;
pub use scripts::{Joined, plan};
pub use settings::SettingsPage;
pub use sheet::Sheet;
pub use sheets::Sheets;
pub use style::{CONTENT_SECURITY_POLICY, Style};

use crate::storage::words::Visitor;
use crate::web::{self, client};
use asset::Asset;
use clock::now;
use desk::Desk;
use fault::Fault;
use rocket::data::{Limits, ToByteUnit};
use rocket::http::uri::Origin;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::Redirect;
use rocket::{Catcher, Responder, Route, State, catchers, get, routes};
use std::convert::Infallible;
use std::path::PathBuf;
use views::StationPage;
use weather::station::Slug;
use weather::time::MINUTE_MS;
use weather::{freshness, wind};

/// The length of a bucket in a station's chart, ms: 144 buckets make a line that still shows a shower.
pub const CHART_BUCKET_MS: i64 = 10 * MINUTE_MS;
/// The length of a bucket in an overview's sparkline, ms: 48 buckets fill a card's width.
pub const SPARK_BUCKET_MS: i64 = 30 * MINUTE_MS;

/// The largest form, KiB: the longest word in any script, percent-encoded, with room to spare.
const FORM_MAX_KIB: u32 = 16;

/// The routes of all pages, for `/`. They need a `Storage`, [`Sheets`], a [`Past`], a `NewestCursor` and a `Keeper` in Rocket's
/// state; the lab's page also needs the channel.
pub fn routes() -> Vec<Route> {
    let own = routes![stations, station, file, favicon];
    let of_a_station = [history::routes(), records::routes(), month::routes()].concat();
    [own, settings::routes(), talk::routes(), of_a_station, lab::routes(), embed::routes(), kiosk::routes()].concat()
}

/// The largest form, for Rocket's `limits`.
pub fn limits() -> Limits {
    Limits::default().limit("form", FORM_MAX_KIB.kibibytes())
}

/// The catchers for `/`: pages for people, problem+json below the addresses of programs.
pub fn catchers() -> Vec<Catcher> {
    catchers![fault::any]
}

#[get("/")]
async fn stations(
    asked: Asked,
    sheets: &State<Sheets>,
    desk: Desk<'_>,
    visitor: Visitor,
) -> Result<Page<Overview>, Fault> {
    desk.keeper.visit(&visitor);
    let (cursor, now) = (desk.newest.read(), now());
    let (shown, listing) = reads::listed(desk.storage, sheets, &asked, &cursor, now).await?;
    let page = Overview::of(&shown, listing, cursor, now, desk.preference, &desk.address);
    Ok(Page(page.signed(Some(&visitor)).read_by(desk.for_reader(None))))
}

/// `ask` is a suggestion on its way into the field.
/// The page of a station, or the way to it.
#[derive(Responder)]
enum StationAnswer {
    Page(Box<Page<StationPage>>),
    /// The station was called so before.
    Renamed(Box<Page<Redirect>>),
}

#[get("/s/<slug>?<ask>")]
async fn station(
    slug: &str,
    ask: Option<&str>,
    origin: &Origin<'_>,
    desk: Desk<'_>,
    visitor: Visitor,
) -> Result<StationAnswer, Fault> {
    let station = desk.station(slug).await?;
    if station.slug.as_str() != slug {
        let query = origin.query().map_or_else(String::new, |query| format!("?{query}"));
        let to = format!("/s/{}{query}", station.slug);
        return Ok(StationAnswer::Renamed(Box::new(Page(Redirect::permanent(to)))));
    }
    // The page is to show the alerts that rang while the visitor was away.
    desk.keeper.visited(&visitor).await;
    let page = desk.page(&station, Some(&visitor), |panel| panel.with_draft(ask.unwrap_or_default())).await?;
    Ok(StationAnswer::Page(Box::new(Page(page))))
}

/// How the visitor's browser reached this server.
struct Scheme {
    is_https: bool,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Scheme {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let options = request.rocket().state::<web::Options>();
        Outcome::Success(Self { is_https: options.is_some_and(|options| client::is_https(request, options)) })
    }
}

/// The path to go back to, if it is a page of ours; else the overview. A visitor is never sent to another site.
fn local_path(back: &str) -> String {
    if let Some(query) = back.strip_prefix("/?") {
        return Asked::read(query).path();
    }
    let below = back.strip_prefix("/s/");
    if let Some((slug, rest)) = below.and_then(|below| below.split_once('/'))
        && let Ok(slug) = Slug::new(slug)
        && let Some(path) = history::local_path(&slug, rest)
    {
        return path;
    }
    let ours = matches!(back, "/lab" | "/settings") || below.is_some_and(is_of_a_station);
    if ours { back.to_owned() } else { "/".to_owned() }
}

/// True for what stands behind `/s/` in the path of a page.
fn is_of_a_station(path: &str) -> bool {
    let (slug, rest) = path.split_once('/').unwrap_or((path, ""));
    let is_there = match rest.strip_prefix("climate/") {
        Some(month) => month::read(month).is_some(),
        None => matches!(rest, "" | "records") && !path.ends_with('/'),
    };
    is_there && Slug::new(slug).is_ok()
}

#[get("/static/<build>/<path..>")]
fn file(build: &str, path: PathBuf, joined: &State<Joined>) -> Option<Asset> {
    Asset::find(path.to_str()?, build, joined)
}

#[get("/favicon.svg")]
fn favicon(joined: &State<Joined>) -> Option<Asset> {
    Asset::find("icons/favicon.svg", "", joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(local_path("/s/town-hall"), "/s/town-hall");
        assert_eq!(local_path("/?page=2&sort=heard&x=//evil.example"), "/?sort=heard&page=2");
        assert_eq!(local_path("/s/hut/history?range=7d&x=//evil.example"), "/s/hut/history?range=7d");
        assert_eq!(local_path("/s/hut/history?from=evil"), "/s/hut/history");
        assert_eq!(local_path("/s/town-hall/records"), "/s/town-hall/records");
        assert_eq!(local_path("/s/town-hall/climate/2026-06"), "/s/town-hall/climate/2026-06");
        for elsewhere in [
            "/s/hut/elsewhere",
            "/s/../history",
            "/s/hut/history//evil.example",
            "/s/town-hall/records/",
            "/s/town-hall/",
            "/s/town-hall/climate/2026-13",
            "/s/town-hall/climate//evil.example",
            "/s/../records",
            "//evil.example",
            "/?//evil.example",
            "https://evil.example",
            "/\\evil",
            "/s/..",
            "/s/a\r\nSet-Cookie: x",
            "",
            "s",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
