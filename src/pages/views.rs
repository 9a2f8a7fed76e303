//! The structs that the templates print: finished strings, made from facts, an instant and a preference.

use super::assets;
use super::chart::Chart;
use super::clock;
use super::conversation::{Conversation, Said};
use super::courses::{self, Course};
use super::facts::Facts;
use super::height::elevation;
use super::hero::Hero;
use super::marks;
use super::names::sensor_title;
use super::night::Night;
use super::rooms::{self, Room};
use super::state::{self, PageState};
use super::sunlight::Sunlight;
use super::table::{self, Row};
use super::tiles::{self, Group, Wind};
use crate::storage::words::Visitor;
use crate::web::address::Address;
use crate::web::token;
use askama::Template;
use askama_web::WebTemplate;
use std::sync::Arc;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::zone::Zone;

/// A page without scripts reloads after this many seconds.
const REFRESH_S: u32 = 60;
/// It reloads after this many seconds while the keeper thinks: the keeper thinks no longer.
const REFRESH_THINKING_S: u32 = 3;

/// Every page has this around its content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The window's title.
    pub title: String,
    /// The page's own path. The switch of units comes back to it.
    pub path: String,
    /// The build in the addresses of files.
    pub build: String,
    pub preference: Preference,
    /// Goes along with every form of the page: only the visitor's own pages know it.
    pub token: String,
    /// The scripts' state as JSON; empty on a page that gets no news.
    pub state: String,
    /// Without scripts the page reloads after this many seconds. 0 means never: the visitor is reading or writing.
    pub refresh_s: u32,
    /// The time of rendering, in UTC or on the station's clock.
    pub as_of: String,
    /// Whose clock that is: `UTC`, or `Europe/Berlin`.
    pub clock: String,
    /// The same instant, RFC 3339.
    pub iso: String,
    /// The way to the settings, and back from there.
    pub settings: String,
    /// What depends on who reads it.
    pub reader: ForReader,
}

/// What of a page depends on who reads it: the colours, and what the owner alone sees.
#[derive(Debug, Clone, Default)]
pub struct ForReader {
    /// `light`, `dark`; empty: as the system is.
    pub theme: &'static str,
    /// The stylesheet within the page; none: its file.
    pub style: Option<Arc<str>>,
    /// Sentences.
    pub warnings: Vec<String>,
    /// What is to be said of the station's clock; empty if it is right.
    pub clock: String,
    /// Where it is put right with one click; empty if the way is not open.
    pub put_right: String,
    /// Whether there is a way to the owner's rooms.
    pub shows_rooms: bool,
}

impl Frame {
    /// The frame of a page that no news can change.
    pub fn still(title: &str, path: &str, now: Timestamp, preference: Preference) -> Self {
        Self {
            title: title.to_owned(),
            path: path.to_owned(),
            build: assets::build(),
            preference,
            token: String::new(),
            state: String::new(),
            refresh_s: REFRESH_S,
            as_of: clock::hour_minute(&Zone::UTC, now),
            clock: Zone::UTC.name().to_owned(),
            iso: now.rfc3339(),
            settings: settings_from(path),
            reader: ForReader::default(),
        }
    }

    /// The same with a token for the visitor's forms.
    pub fn signed(self, visitor: Option<&Visitor>) -> Self {
        Self { token: visitor.map(token::new).unwrap_or_default(), ..self }
    }

    /// The same with what depends on who reads it.
    pub(crate) fn read_by(self, reader: ForReader) -> Self {
        Self { reader, ..self }
    }

    /// The same of a page that hears of the stations of `watch`, all if there are none, and starts from these.
    pub(crate) fn live<T: AsRef<str>>(self, watch: Vec<&str>, stations: &[T], cursor: String, now: Timestamp) -> Self {
        let state = PageState::of(watch, cursor, self.build.clone(), now, self.preference).json(stations);
        Self { state, ..self }
    }

    /// The same. It reloads as soon as the keeper may have answered, and never while the field holds a text.
    fn attentive(self, keeper: &Conversation) -> Self {
        let refresh_s = match keeper {
            _ if !keeper.draft.is_empty() || !keeper.complaint.is_empty() => 0,
            _ if keeper.thinking => REFRESH_THINKING_S,
            _ => REFRESH_S,
        };
        Self { refresh_s, ..self }
    }

    /// The same with the time of rendering on the station's clock.
    pub(crate) fn local(self, zone: &Zone, now: Timestamp) -> Self {
        Self { as_of: clock::hour_minute(zone, now), clock: zone.name().to_owned(), ..self }
    }
}

/// The way to the settings, and back from there.
fn settings_from(path: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("back", path).finish();
    format!("/settings?{query}")
}

/// `/s/<slug>`: one station.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "station.html")]
pub struct StationPage {
    frame: Frame,
    slug: String,
    name: String,
    elevation: String,
    zone: String,
    hero: Hero,
    wind: Wind,
    /// A line for each, if there are several.
    rooms: Vec<Room>,
    /// The units of temperature and humidity.
    room_units: [&'static str; 2],
    /// When it was dark in the pictures.
    night: Night,
    groups: Vec<Group>,
    /// Those that are folded, if there are many.
    folded: Vec<Group>,
    /// How many sensors are folded or have no place.
    more_sensors: usize,
    /// The sensors that the page has no place for.
    left_out: String,
    chart: Option<Chart>,
    /// How the other values went.
    courses: Vec<Course>,
    /// How many values do not count, and why.
    marked: String,
    rows: Vec<Row>,
    address: String,
    /// Where editors ask how a link to this page becomes a frame.
    oembed: String,
    /// The server as consoles are told of it.
    server: String,
    keeper: Conversation,
    /// An empty word. The scripts make new words from its HTML.
    blank: Said,
    /// Records of today, a line each.
    records: Vec<String>,
}

impl StationPage {
    /// The same with the records that fell today.
    pub fn with_records(self, records: Vec<String>) -> Self {
        Self { records, ..self }
    }

    /// The same with a token for the visitor's forms.
    pub fn signed(self, visitor: Option<&Visitor>) -> Self {
        Self { frame: self.frame.signed(visitor), ..self }
    }

    /// The same with what depends on who reads it.
    pub fn read_by(self, reader: ForReader) -> Self {
        Self { frame: self.frame.read_by(reader), ..self }
    }

    /// The page of this station.
    pub fn of(
        facts: &Facts,
        keeper: Conversation,
        cursor: String,
        now: Timestamp,
        preference: Preference,
        address: &Address,
    ) -> Self {
        let path = format!("/s/{}", facts.station.slug);
        let rooms = rooms::sensors(facts, now);
        let (mut groups, left_out) = tiles::groups(facts, &rooms, now, preference);
        let hero = Hero::leading(facts, now, preference);
        let is_only = groups.len() == 1;
        let hero = match groups.iter().position(|group| group.is_alone_with(facts, is_only, now)) {
            Some(place) if hero.any => groups.remove(place).tiles.into_iter().fold(hero, Hero::with),
            _ => hero,
        };
        let title = hero.title(&facts.station.name);
        let sun = Sunlight::of(&facts.station, now);
        let has_named = groups.iter().any(|group| group.open && !group.name.is_empty());
        for group in &mut groups {
            group.lone = has_named && group.name.is_empty() && group.tiles.len() == 1;
        }
        let folded = groups.split_off(groups.partition_point(|group| group.open));
        Self {
            frame: Frame::still(&title, &path, now, preference)
                .live(
                    vec![facts.station.slug.as_str()],
                    &[state::station(facts, &left_out, sun.as_ref(), now)],
                    cursor,
                    now,
                )
                .local(&facts.station.zone, now)
                .attentive(&keeper),
            slug: facts.station.slug.to_string(),
            name: facts.station.name.clone(),
            elevation: facts.station.elevation_m.map_or(String::new(), |metres| elevation(metres, preference)),
            zone: facts.station.zone.name().to_owned(),
            hero,
            rooms: rooms::rooms(facts, &rooms, now, preference),
            room_units: [Quantity::Temperature, Quantity::Humidity].map(|of| preference.unit(of).symbol()),
            night: Night::of(sun.as_ref(), facts),
            wind: Wind::of(facts, now, preference),
            groups,
            more_sensors: folded.len() + left_out.len(),
            folded,
            left_out: left_out.iter().map(|sensor| sensor_title(sensor.as_str())).collect::<Vec<_>>().join(", "),
            chart: courses::large(facts, preference),
            courses: courses::courses(facts, now, preference),
            marked: marks::text(facts),
            rows: table::rows(facts, preference),
            oembed: super::embed::asked_at(address, &facts.station.slug),
            address: address.as_str().to_owned(),
            server: address.for_consoles(),
            keeper: keeper.fitting(facts, now, preference),
            blank: Said::default(),
            records: Vec::new(),
        }
    }
}

/// Any error, in plain words.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "fault.html")]
pub struct FaultPage {
    frame: Frame,
    code: u16,
    heading: &'static str,
    detail: String,
}

impl FaultPage {
    /// The page of an error.
    pub fn of(frame: Frame, code: u16, heading: &'static str, detail: String) -> Self {
        Self { frame, code, heading, detail }
    }
}
