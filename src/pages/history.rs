//! The history page of a station, `/s/<slug>/history`: years of readings, and ways to look closer.

pub(crate) mod asked;
mod bars;
mod calendar;
mod figure;
pub mod groups;
mod look;
mod page;
mod past;
mod picture;
mod reads;
mod rose;
mod scale;
mod summary;
mod table;
mod ticks;
mod window;

pub use asked::{Asked, BadQuestion, Edge, Range, Stretch};
pub use page::{Around, HistoryPage};
pub use past::{Past, Strand, Strands, Whose, Wind};
pub use window::Window;

use super::clock;
use super::desk::Desk;
use super::fault::Fault;
use super::page::Page;
use crate::storage::POINTS_MAX;
use crate::storage::words::Visitor;
use figure::Figure;
use picture::Pictures;
use reads::{Error, Extent};
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header, Status};
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use std::sync::Arc;
use weather::station::{Slug, Station};

/// Spans of each series that scripts get at least: a picture of fewer says nothing. At most they get what storage gives.
const POINTS_MIN: u32 = 30;
/// So many stations may be chosen from; of more, the address can say which is laid over.
const OFFERED_MAX: usize = 200;

/// The history page's routes, for `/`.
pub(crate) fn routes() -> Vec<Route> {
    routes![history, csv, series]
}

/// The path below a station's of a history page to go back to; `None`: it is none.
pub(crate) fn local_path(slug: &Slug, rest: &str) -> Option<String> {
    let query = rest.strip_prefix("history")?;
    let query = if query.is_empty() { query } else { query.strip_prefix('?')? };
    Some(Asked::read(query).unwrap_or_default().path(slug))
}

/// The page of a station, or the way to it.
#[derive(Responder)]
enum Answer {
    Page(Box<Page<HistoryPage>>),
    /// The question makes no sense.
    Refused(Box<(Status, Page<HistoryPage>)>),
    /// The station was called so before.
    Renamed(Box<Page<Redirect>>),
}

#[get("/s/<slug>/history")]
async fn history(slug: &str, origin: &Origin<'_>, desk: Desk<'_>, visitor: Visitor) -> Result<Answer, Fault> {
    let station = desk.station(slug).await?;
    let query = origin.query().map_or("", |query| query.as_str());
    if station.slug.as_str() != slug {
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let to = format!("/s/{}/history{query}", station.slug);
        return Ok(Answer::Renamed(Box::new(Page(Redirect::permanent(to)))));
    }
    desk.keeper.visit(&visitor);
    // The cursor is read first, so that the page's scripts miss no news that comes while the page is made.
    let (cursor, now) = (desk.newest.read(), clock::now());
    let others = others(&desk, &station);
    let around = Around { station: &station, now, preference: desk.preference, cursor, others };
    let dress = |page: HistoryPage| Page(page.signed(Some(&visitor)).read_by(desk.for_reader(Some(&station))));
    let asked = Asked::read(query);
    let past = match &asked {
        Ok(asked) => reads::past(desk.storage, &station, asked, Extent::Page, now).await,
        Err(why) => Err(Error::Question(why.clone())),
    };
    let asked = asked.unwrap_or_default();
    match past {
        Ok(past) => Ok(Answer::Page(Box::new(dress(HistoryPage::of(&past, &asked, around))))),
        Err(Error::Question(why)) => {
            let page = dress(HistoryPage::refused(&asked, &why, around));
            Ok(Answer::Refused(Box::new((Status::BadRequest, page))))
        }
        Err(Error::Storage(why)) => Err(why.into()),
    }
}

/// The other stations, if they are few enough to choose from.
fn others(desk: &Desk<'_>, station: &Station) -> Vec<(String, String)> {
    let directory = desk.storage.directory();
    if directory.count() > OFFERED_MAX {
        return Vec::new();
    }
    let others = directory.iter().filter(|other| other.id != station.id);
    others.map(|other| (other.slug.to_string(), other.name.clone())).collect()
}

/// A file that is made for one visitor.
#[derive(Responder)]
struct File {
    content: Vec<u8>,
    kind: ContentType,
    name: Header<'static>,
    cache: Header<'static>,
    sniff: Header<'static>,
    units: Header<'static>,
}

impl File {
    fn new(content: Vec<u8>, kind: ContentType, name: &str) -> Self {
        Self {
            content,
            kind,
            name: Header::new("Content-Disposition", format!("attachment; filename=\"{name}\"")),
            cache: Header::new("Cache-Control", "private, no-cache"),
            sniff: Header::new("X-Content-Type-Options", "nosniff"),
            units: Header::new("Vary", "Cookie, Accept-Language"),
        }
    }
}

/// The spans of one picture, as its table shows them.
#[get("/s/<slug>/history/csv?<figure>")]
async fn csv(slug: &str, figure: &str, origin: &Origin<'_>, desk: Desk<'_>) -> Result<File, Fault> {
    let (station, past) = pictures(slug, origin, &desk, reads::POINTS).await?;
    let group = past.groups.iter().find(|one| one.group.name == figure);
    let group = group.ok_or_else(|| Fault::not_found("The station has no such values."))?;
    let content = Figure::of(&past, group, desk.preference).table.csv(&station.zone);
    Ok(File::new(content, ContentType::CSV, &format!("{}-{figure}.csv", station.slug)))
}

/// The pictures of a window for the page's scripts, in so many spans each.
#[get("/s/<slug>/history/series?<points>")]
async fn series(slug: &str, points: Option<&str>, origin: &Origin<'_>, desk: Desk<'_>) -> Result<Json, Fault> {
    let points = match points {
        None => reads::POINTS,
        Some(asked) => match asked.parse() {
            Ok(points @ 1..=POINTS_MAX) => points.max(POINTS_MIN),
            _ => return Err(Fault::bad_request(format!("points: give a whole number from 1 to {POINTS_MAX}"))),
        },
    };
    let (_, past) = pictures(slug, origin, &desk, points).await?;
    let told = Pictures::of(&past, desk.preference);
    Ok(Json::new(serde_json::to_string(&told).unwrap_or_else(|_| "null".to_owned())))
}

/// JSON that is made for one visitor.
#[derive(Responder)]
#[response(content_type = "json")]
struct Json {
    content: String,
    cache: Header<'static>,
    sniff: Header<'static>,
    units: Header<'static>,
}

impl Json {
    fn new(content: String) -> Self {
        Self {
            content,
            cache: Header::new("Cache-Control", "private, no-cache"),
            sniff: Header::new("X-Content-Type-Options", "nosniff"),
            units: Header::new("Vary", "Cookie, Accept-Language"),
        }
    }
}

/// What the pictures that the address asks for show.
async fn pictures(
    slug: &str,
    origin: &Origin<'_>,
    desk: &Desk<'_>,
    points: u32,
) -> Result<(Arc<Station>, Past), Fault> {
    let station = desk.station(slug).await?;
    let query = origin.query().map_or("", |query| query.as_str());
    let asked = Asked::read(query).map_err(Error::from)?;
    let past = reads::past(desk.storage, &station, &asked, Extent::Pictures(points), clock::now()).await?;
    Ok((station, past))
}
