//! A station on other people's sites: a small frame, a badge, and what editors ask before they put a link into a frame (oEmbed).
//! Nothing here sets or reads a cookie; what differs stands in the address.

mod link;
#[cfg(debug_assertions)]
pub(super) mod stories;

use super::chart::Chart;
use super::facts::Facts;
use super::freshness::Freshness;
use super::hero::Hero;
use super::indoors;
use super::lead::Datastream;
use super::names::lowered;
use super::sheets::Sheets;
use super::tiles::{self, Wind};
use super::units::{self, one_of};
use super::{assets, clock, reads};
use crate::storage::Storage;
use crate::web::NewestCursor;
use crate::web::address::Address;
use crate::web::error::Problem;
use askama::Template;
use link::{Link, slug_of};
use rocket::http::uri::Origin;
use rocket::http::{ContentType, Header, Status};
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, State, get, routes};
use serde_json::json;
use std::sync::Arc;
use weather::day;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::station::{Slug, Station};
use weather::station_state::StationState;
use weather::time::Timestamp;

/// A frame asks again after this many seconds: readers of other sites look at it for a moment.
const REFRESH_S: u32 = 60;
/// So long may others keep what they got, seconds: half of that, so that nothing is much older than a minute.
const KEPT_S: u32 = 30;
/// So large is a frame whose site does not say, pixels.
const FRAME_PX: (u32, u32) = (420, 240);
/// Any site may show it, and it may do nothing there but show.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The routes, for `/`.
pub(super) fn routes() -> Vec<Route> {
    routes![frame, badge, oembed]
}

/// An answer for other people's sites.
#[derive(Responder)]
struct Public<R> {
    body: R,
    policy: Header<'static>,
    sniffing: Header<'static>,
    referrer: Header<'static>,
    caching: Header<'static>,
    /// Scripts of other sites may read it: it is public.
    sharing: Header<'static>,
}

impl<R> Public<R> {
    fn new(body: R) -> Self {
        Self {
            body,
            policy: Header::new("Content-Security-Policy", POLICY),
            sniffing: Header::new("X-Content-Type-Options", "nosniff"),
            referrer: Header::new("Referrer-Policy", "no-referrer"),
            caching: Header::new("Cache-Control", format!("public, max-age={KEPT_S}")),
            sharing: Header::new("Access-Control-Allow-Origin", "*"),
        }
    }
}

#[derive(Responder)]
enum Answer {
    Shown(Public<(ContentType, String)>),
    /// The station was called so before.
    Renamed(Redirect),
}

/// What an address asks for.
struct Asked {
    preference: Preference,
    theme: &'static str,
    size: &'static str,
}

impl Asked {
    /// A value that means nothing is named.
    fn read(units: Option<&str>, theme: Option<&str>, size: Option<&str>) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::new(Status::BadRequest, detail);
        let preference = units::asked(units).map_err(refuse)?;
        let theme = one_of("theme", theme, &[("system", ""), ("light", "light"), ("dark", "dark")]).map_err(refuse)?;
        let size =
            one_of("size", size, &[("medium", "medium"), ("small", "small"), ("large", "large")]).map_err(refuse)?;
        Ok(Self { preference, theme, size })
    }
}

fn unknown() -> Problem {
    Problem::new(Status::NotFound, "there is no station of this name".to_owned())
}

async fn station(storage: &Storage, slug: &str) -> Result<Arc<Station>, Problem> {
    let slug = Slug::new(slug).map_err(|_| unknown())?;
    storage.station_by_slug(slug.as_str()).await.ok_or_else(unknown)
}

/// The way to a station that was called otherwise, with all that was asked for.
fn renamed(to: String, origin: &Origin<'_>) -> Answer {
    let query = origin.query().map_or_else(String::new, |query| format!("?{query}"));
    Answer::Renamed(Redirect::permanent(to + query.as_str()))
}

/// The frame.
#[derive(Template)]
#[template(path = "embed.html")]
struct Frame<'a> {
    build: String,
    refresh_s: u32,
    theme: &'static str,
    size: &'static str,
    station: &'a Station,
    hero: Hero,
    wind: Wind,
    /// Title and text. Of a station without an outdoor thermometer what it has.
    more: Vec<(String, String)>,
    /// What the large number is of, if that is not the outdoor temperature: `Rain today`, `Wind, WSW`; empty if there is none.
    title: String,
    /// Whether there ever was a value.
    any: bool,
    spark: Option<Chart>,
    /// When its newest value was observed, on the station's clock.
    observed: String,
    iso: String,
}

impl<'a> Frame<'a> {
    fn of(facts: &'a Facts, asked: &Asked, now: Timestamp) -> Self {
        let preference = asked.preference;
        let more = [Quantity::Humidity, Quantity::SeaLevelPressure, Quantity::Precipitation]
            .map(|quantity| (quantity, tiles::main_text(facts, quantity, now, preference)));
        let indoors = indoors::indoors(facts, now, preference).map(|indoors| indoors.values).unwrap_or_default();
        let hero = Hero::abroad(facts, now, preference);
        let wind = Wind::of(facts, now, preference);
        let title = match hero.key.as_str() {
            "temperature" => String::new(),
            "wind_speed" if !wind.compass.is_empty() => format!("{}, {}", hero.title, wind.compass),
            _ => hero.title.clone(),
        };
        let indoors = indoors.into_iter().filter(|one| one.key != hero.key).map(|one| (one.word, one.text));
        // Rain of another day is not today's.
        let is_today = |at: Timestamp| day::date_at(&facts.station.zone, at) == day::date_at(&facts.station.zone, now);
        let is_shown = |quantity: Quantity| {
            quantity != Quantity::Precipitation
                || facts.main(quantity).is_some_and(|latest| is_today(latest.observed_at))
        };
        let more = more.into_iter().filter(|(quantity, text)| !text.is_empty() && is_shown(*quantity));
        let more = more.filter(|(quantity, _)| Datastream::main(*quantity).key() != hero.key);
        let more = more.map(|(quantity, text)| (quantity.title().to_owned(), text));
        let more = indoors.chain(more).collect();
        let at = facts.observed_at();
        Self {
            build: assets::build(),
            refresh_s: REFRESH_S,
            theme: asked.theme,
            size: asked.size,
            station: &facts.station,
            any: hero.state != Freshness::Waiting,
            hero,
            title,
            wind,
            more,
            spark: Chart::spark(facts, preference),
            observed: at.map_or(String::new(), |at| clock::moment(&facts.station.zone, at, now)),
            iso: at.map_or(String::new(), |at| at.rfc3339()),
        }
    }
}

/// What may be asked of a frame.
#[derive(FromForm)]
struct Query<'r> {
    units: Option<&'r str>,
    theme: Option<&'r str>,
    size: Option<&'r str>,
}

#[get("/embed/<slug>?<query..>")]
async fn frame(
    slug: &str,
    query: Query<'_>,
    origin: &Origin<'_>,
    storage: &State<Storage>,
    sheets: &State<Sheets>,
    newest: &State<NewestCursor>,
) -> Result<Answer, Problem> {
    let asked = Asked::read(query.units, query.theme, query.size)?;
    let station = station(storage, slug).await?;
    if station.slug.as_str() != slug {
        return Ok(renamed(format!("/embed/{}", station.slug), origin));
    }
    let now = clock::now();
    let sheet = reads::sheet(storage, sheets, &station, &newest.read(), now).await?.ok_or_else(unknown)?;
    let facts = sheet.facts(now);
    // Printing to memory does not fail.
    let html = Frame::of(&facts, &asked, now).render().unwrap_or_default();
    Ok(Answer::Shown(Public::new((ContentType::HTML, html))))
}

/// The badge: the name, and the temperature in its colour; without one, what leads, with its name.
#[derive(Template)]
#[template(path = "badge.svg", escape = "xml")]
struct Badge {
    name: String,
    value: String,
    warmth: &'static str,
    /// Black or white, whichever can be read.
    ink: &'static str,
    /// Pixels.
    name_px: usize,
    value_px: usize,
}

/// The colours of the steps of warmth, and what can be read on them. The stylesheet has the same.
const COLOURS: [(&str, &str); 9] = [
    ("#001261", "#fff"),
    ("#034280", "#fff"),
    ("#2d7ba5", "#fff"),
    ("#90bcd1", "#000"),
    ("#ebe6e2", "#000"),
    ("#dcac90", "#000"),
    ("#c37243", "#000"),
    ("#942f06", "#fff"),
    ("#590008", "#fff"),
];
/// Of a value that is no temperature.
const NO_WARMTH: (&str, &str) = ("#0b5cad", "#fff");
/// Of what is old or absent.
const GREY: (&str, &str) = ("#6b7280", "#fff");
/// About so wide is a letter of the badge, pixels; and its margins.
const LETTER_PX: usize = 7;
const MARGIN_PX: usize = 12;
/// Longest name on a badge, characters.
const NAME_MAX_CHARS: usize = 40;

impl Badge {
    fn of(facts: &Facts, preference: Preference, now: Timestamp) -> Self {
        let hero = Hero::abroad(facts, now, preference);
        let is_now = matches!(hero.station, StationState::Live | StationState::Stale) && hero.gone.is_empty();
        let any = hero.state != Freshness::Waiting;
        let warm = hero.warmth.and_then(|step| COLOURS.get(step)).copied().unwrap_or(NO_WARMTH);
        let (warmth, ink) = if any && is_now { warm } else { GREY };
        let value = match () {
            () if any && is_now && hero.key == "temperature" => hero.value(),
            () if any && is_now => format!("{} {}", lowered(&hero.title), hero.value()),
            () => hero.station.word().to_lowercase(),
        };
        let name: String = facts.station.name.chars().take(NAME_MAX_CHARS).collect();
        let px = |text: &str| text.chars().count() * LETTER_PX + MARGIN_PX;
        Self { name_px: px(&name), value_px: px(&value), name, value, warmth, ink }
    }
}

#[get("/badge/<file>?<units>")]
async fn badge(
    file: &str,
    units: Option<&str>,
    origin: &Origin<'_>,
    storage: &State<Storage>,
    sheets: &State<Sheets>,
    newest: &State<NewestCursor>,
) -> Result<Answer, Problem> {
    let asked = Asked::read(units, None, None)?;
    let slug = file.strip_suffix(".svg").unwrap_or(file);
    let station = station(storage, slug).await?;
    if station.slug.as_str() != slug {
        return Ok(renamed(format!("/badge/{}.svg", station.slug), origin));
    }
    let now = clock::now();
    let sheet = reads::sheet(storage, sheets, &station, &newest.read(), now).await?.ok_or_else(unknown)?;
    let facts = sheet.facts(now);
    let svg = Badge::of(&facts, asked.preference, now).render().unwrap_or_default();
    Ok(Answer::Shown(Public::new((ContentType::SVG, svg))))
}

/// Where editors ask how a link to a station's page becomes a frame.
pub(super) fn asked_at(address: &Address, slug: &Slug) -> String {
    let page = format!("{}/s/{slug}", address.as_str());
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("url", &page)
        .append_pair("format", "json")
        .finish();
    format!("{}/oembed?{query}", address.as_str())
}

/// <https://oembed.com>: how a link to a station becomes a frame.
#[get("/oembed?<url>&<format>&<maxwidth>&<maxheight>")]
async fn oembed(
    url: Option<&str>,
    format: Option<&str>,
    maxwidth: Option<&str>,
    maxheight: Option<&str>,
    storage: &State<Storage>,
    address: Address,
) -> Result<Public<(ContentType, String)>, Problem> {
    let bad = |detail: &str| Problem::new(Status::BadRequest, detail.to_owned());
    if format.is_some_and(|format| format != "json") {
        return Err(Problem::new(Status::NotImplemented, "only format=json is answered".to_owned()));
    }
    let link = url.ok_or_else(|| bad("url is missing: the address of a station's page"))?;
    let slug = slug_of(link, &address);
    let slug = slug.ok_or_else(|| Problem::new(Status::NotFound, "url is no page of a station here".to_owned()))?;
    let px = |name: &str, text: Option<&str>, own: u32| match text.map(str::parse::<u32>) {
        None => Ok(own),
        Some(Ok(most)) if most > 0 => Ok(own.min(most)),
        Some(_) => Err(bad(&format!("{name} is no number of pixels"))),
    };
    let (width, height) = (px("maxwidth", maxwidth, FRAME_PX.0)?, px("maxheight", maxheight, FRAME_PX.1)?);
    let station = station(storage, slug).await?;
    let link = Link { address: address.as_str(), slug: station.slug.as_str(), name: &station.name, width, height };
    let answer = json!({
        "version": "1.0",
        "type": "rich",
        "provider_name": "Stevenson",
        "provider_url": address.as_str(),
        "title": station.name,
        "width": width,
        "height": height,
        "cache_age": 86_400,
        // Printing to memory does not fail.
        "html": link.render().unwrap_or_default().trim(),
    });
    Ok(Public::new((ContentType::JSON, answer.to_string())))
}
