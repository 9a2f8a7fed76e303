//! The list of stations, and adding one.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::devices::Waits;
use super::frame::{Frame, Leaf};
use super::office::now;
use super::offset::clock_offset_text;
use super::owner::Owner;
use super::place::coordinates;
use super::refusal::Refusal;
use crate::storage::zones::{self, Zones};
use crate::storage::{Directory, Error, NewStation};
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, post, routes};
use std::collections::HashMap;
use weather::clock;
use weather::freshness::ago;
use weather::station::{Slug, StationId, elevation_m, station_name};
use weather::station_state::StationState;
use weather::time::Timestamp;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![list, new, add]
}

/// All stations.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/stations.html")]
pub(crate) struct ListView {
    frame: Frame,
    stations: Vec<Listed>,
    /// Devices that are no station's.
    waiting: Vec<Waits>,
}

/// A station in the list.
#[derive(Debug)]
struct Listed {
    slug: String,
    name: String,
    zone: String,
    /// What is added to the times that it sends; empty if nothing is.
    clock_offset: String,
    /// How it is, as its own page says.
    state: StationState,
    /// How far its clock is off, if the state does not tell; empty if it is right.
    clock: String,
    /// When it was heard last, or what its newest reading is of; empty if it has none.
    heard: String,
    /// What kinds of devices are bound to it.
    devices: String,
}

#[get("/admin?<done>")]
async fn list(owner: Result<Owner<'_>, Refusal>, done: Option<&str>) -> Result<Leaf<ListView>, Refusal> {
    let owner = owner?;
    let (directory, now) = (owner.storage.directory(), now());
    let (newest, intervals) = asked(&owner, &directory, now).await?;
    let listed = directory.iter().map(|station| {
        let (of, newest) = (owner.storage.heard(station.id), newest.get(&station.id).copied());
        let (off, interval_ms) = (of.off(), intervals.get(&station.id).copied());
        let state =
            StationState::of(newest.map(|at| of.newest.map_or(at, |spoke| spoke.max(at))), off, now, interval_ms);
        Listed {
            slug: station.slug.to_string(),
            name: station.name.clone(),
            zone: station.zone.name().to_owned(),
            clock_offset: clock_offset_text(station.clock_offset_ms),
            state,
            clock: match (state, off) {
                (StationState::Clock(_), _) | (_, None) => String::new(),
                (_, Some(off)) => format!("its clock is {}", clock::off(off.by_ms)),
            },
            heard: heard(of.at, newest, now),
            devices: kinds(directory.devices(station.slug.as_str())),
        }
    });
    let waiting = Waits::all(&owner).await?;
    Ok(Leaf(ListView { frame: owner.frame("Stations", done), stations: listed.collect(), waiting }))
}

/// Stations in one question to the database.
const ASKED_STATIONS: usize = 500;

/// When the newest reading of each station was observed, and how often it reports, ms.
async fn asked(
    owner: &Owner<'_>,
    directory: &Directory,
    now: Timestamp,
) -> Result<(HashMap<StationId, Timestamp>, HashMap<StationId, i64>), Error> {
    let ids: Vec<_> = directory.iter().map(|station| station.id).collect();
    let (mut newest, mut intervals) = (HashMap::new(), HashMap::new());
    for ids in ids.chunks(ASKED_STATIONS) {
        let latest = owner.storage.latest_of(ids, now).await?;
        intervals.extend(owner.storage.intervals_ms(ids).await?);
        newest.extend(
            latest.into_iter().filter_map(|(id, latest)| Some((id, latest.iter().map(|one| one.observed_at).max()?))),
        );
    }
    Ok((newest, intervals))
}

/// When a station was heard since the start; else, what another run or another process has stored of it.
fn heard(at: Option<Timestamp>, newest: Option<Timestamp>, now: Timestamp) -> String {
    match (at, newest) {
        (Some(at), _) => format!("Heard {}", ago(at, now)),
        (None, Some(newest)) => format!("Newest reading {}", ago(newest, now)),
        (None, None) => String::new(),
    }
}

/// The kinds of devices, as people read them.
pub(super) fn kinds(devices: &[crate::storage::DeviceKind]) -> String {
    devices.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", ")
}

/// The form for a new station.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/new.html")]
pub(crate) struct NewView {
    frame: Frame,
    sent: Sent,
    zones: Vec<String>,
    /// Why there is no such station yet; empty at first.
    complaint: String,
}

/// The form's fields as they were sent.
#[derive(Debug, Default, FromForm)]
struct Sent {
    slug: String,
    name: String,
    zone: String,
    elevation: String,
    /// Forms that do not have it say nothing of the place.
    #[field(default = String::new())]
    latitude: String,
    #[field(default = String::new())]
    longitude: String,
    /// The device that becomes this station.
    device: Option<i64>,
    token: Option<String>,
}

impl NewView {
    fn new(owner: &Owner<'_>, sent: Sent, complaint: String) -> Self {
        let zones = Zones::open().names();
        Self { frame: owner.frame("Add a station", None), sent, zones, complaint }
    }
}

#[get("/admin/new?<device>")]
async fn new(owner: Result<Owner<'_>, Refusal>, device: Option<i64>) -> Result<Leaf<NewView>, Refusal> {
    let sent = Sent { zone: String::new(), device, ..Sent::default() };
    Ok(Leaf(NewView::new(&owner?, sent, String::new())))
}

/// The answer to the form.
#[derive(Responder)]
enum Answer {
    Added(Box<Leaf<Redirect>>),
    Again(Box<(Status, Leaf<NewView>)>),
}

#[post("/admin/stations", data = "<sent>")]
async fn add(owner: Result<Owner<'_>, Refusal>, sent: Form<Sent>) -> Result<Answer, Refusal> {
    let owner = owner?;
    owner.may_send(sent.token.as_deref())?;
    let again = |status, sent: Form<Sent>, why| {
        Ok(Answer::Again(Box::new((status, Leaf(NewView::new(&owner, sent.into_inner(), why))))))
    };
    let station = match read(&sent) {
        Ok(station) => station,
        Err(why) => return again(Status::UnprocessableEntity, sent, why),
    };
    match owner.storage.add_station(station).await {
        Ok((station, key)) => {
            if let Some(device) = sent.device {
                owner.storage.claim(device, &station.slug).await?;
                let to = format!("/admin/stations/{}?done=claimed", station.slug);
                return Ok(Answer::Added(Box::new(Leaf(Redirect::to(to)))));
            }
            let mark = owner.office.keys.keep(station.slug.as_str(), key, now());
            let to = format!("/admin/stations/{}/key?mark={mark}", station.slug);
            Ok(Answer::Added(Box::new(Leaf(Redirect::to(to)))))
        }
        Err(error @ (Error::SlugTaken(_) | Error::SlugLeadsOn(..))) => {
            again(Status::Conflict, sent, sentence(&error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The station that the fields describe, or what is wrong with them.
fn read(sent: &Sent) -> Result<NewStation, String> {
    let slug = Slug::new(sent.slug.trim()).map_err(|error| sentence(&error.to_string()))?;
    let name = if sent.name.trim().is_empty() { slug.as_str() } else { &sent.name };
    let name = station_name(name).map_err(|error| sentence(&error.to_string()))?;
    let zone = zones::parse(sent.zone.trim()).map_err(|error| sentence(&error.to_string()))?;
    let elevation_m = match sent.elevation.trim() {
        "" => None,
        metres => Some(elevation_m(metres).map_err(|why| sentence(&why))?),
    };
    let coordinates = coordinates(&sent.latitude, &sent.longitude).map_err(|why| sentence(&why))?;
    Ok(NewStation { slug, name, zone, elevation_m, coordinates })
}

/// An error's text as a sentence. A question ends itself.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    let end = if text.ends_with(['.', '?', '!']) { None } else { Some('.') };
    first.chain(chars).chain(end).collect()
}
