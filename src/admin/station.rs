//! One station: its name, its key, its devices, and its end.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::clock::Offer;
use super::frame::{Frame, Leaf};
use super::interval::interval_text;
use super::office::now;
use super::offset::clock_offset_text;
use super::owner::Owner;
use super::refusal::Refusal;
use super::stations::{kinds, sentence};
use crate::storage::{DeviceSecret, Error, StationSettings};
use crate::web::address::Address;
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, head, post, routes};
use std::sync::Arc;
use weather::station::{Slug, Station, station_name};
use weather::upload_units::UploadUnits;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![station, rename, key, key_head, renew, bind, unbind, remove]
}

/// One station.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/station.html")]
pub(crate) struct StationView {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    /// The height in metres; empty if it is not known.
    elevation: String,
    /// Where it stands, degrees north and east; empty if that is not known.
    latitude: String,
    longitude: String,
    /// In which units its uploads may be: the name, what it means, and whether they are.
    units: Vec<(&'static str, &'static str, bool)>,
    /// What is added to the times that it sends; empty if nothing is.
    clock_offset: String,
    /// How often it reports; empty if its reports tell.
    interval: String,
    /// The zones to choose from.
    zones: Vec<String>,
    /// What it was called in URLs before; empty if it was not.
    former_slugs: String,
    /// How its clock can be put right, if it is off.
    offer: Option<Offer>,
    /// Whether the configuration reads messages of MQTT for it.
    is_subscribed: bool,
    /// The start of its key.
    key_prefix: String,
    /// What kinds of devices are bound to it; empty if none are.
    devices: String,
    /// Why the last form did not work; empty if there was none.
    complaint: String,
}

impl StationView {
    fn new(owner: &Owner<'_>, station: &Station, done: Option<&str>, complaint: String) -> Self {
        let directory = owner.storage.directory();
        let slug = station.slug.as_str();
        Self {
            frame: owner.frame(&station.name, done),
            name: station.name.clone(),
            zone: station.zone.name().to_owned(),
            elevation: station.elevation_m.map_or_else(String::new, |metres| metres.to_string()),
            latitude: station.coordinates.map_or_else(String::new, |place| place.latitude().to_string()),
            longitude: station.coordinates.map_or_else(String::new, |place| place.longitude().to_string()),
            units: UploadUnits::all().map(|of| (of.name(), of.words(), of == station.upload_units)).collect(),
            clock_offset: clock_offset_text(station.clock_offset_ms),
            interval: station.interval_ms.map_or_else(String::new, interval_text),
            zones: owner.storage.zones().names(),
            former_slugs: directory.former_slugs(slug).iter().map(Slug::as_str).collect::<Vec<_>>().join(", "),
            offer: Offer::of(owner, station),
            is_subscribed: owner.is_subscribed(slug),
            key_prefix: directory.key_prefix(slug).unwrap_or_default().to_owned(),
            devices: kinds(directory.devices(slug)),
            slug: slug.to_owned(),
            complaint,
        }
    }
}

/// The station of a slug. One that it was called before leads on.
pub(super) async fn find(owner: &Owner<'_>, slug: &str) -> Result<Arc<Station>, Refusal> {
    let slug = Slug::new(slug).map_err(|_| Refusal::no_station())?;
    if let Some(now) = owner.storage.directory().renamed(slug.as_str()) {
        return Err(Refusal::Moved(owner.address_with(slug.as_str(), now)));
    }
    owner.storage.station_by_slug(slug.as_str()).await.ok_or_else(Refusal::no_station)
}

/// The owner who sends a form, and the station that it is of.
pub(super) async fn of_form<'r>(
    owner: Result<Owner<'r>, Refusal>,
    token: Option<&str>,
    slug: &str,
) -> Result<(Owner<'r>, Arc<Station>), Refusal> {
    let owner = owner?;
    owner.may_send(token)?;
    let station = find(&owner, slug).await?;
    Ok((owner, station))
}

#[get("/admin/stations/<slug>?<done>")]
async fn station(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    done: Option<&str>,
) -> Result<Leaf<StationView>, Refusal> {
    let owner = owner?;
    let station = find(&owner, slug).await?;
    Ok(Leaf(StationView::new(&owner, &station, done, String::new())))
}

/// The answer to a form.
#[derive(Responder)]
pub(super) enum Answer {
    Done(Box<Leaf<Redirect>>),
    Again(Box<(Status, Leaf<StationView>)>),
}

impl Answer {
    fn to(address: String) -> Self {
        Self::Done(Box::new(Leaf(Redirect::to(address))))
    }

    /// Back to the station's page, which says what was done.
    pub(super) fn done(station: &Station, word: &str) -> Self {
        Self::done_at(&station.slug, word)
    }

    /// The same of a station that is called so now.
    pub(super) fn done_at(slug: &Slug, word: &str) -> Self {
        Self::to(format!("/admin/stations/{slug}?done={word}"))
    }

    /// The page again, with the reason why nothing was done.
    pub(super) fn again(owner: &Owner<'_>, station: &Station, status: Status, why: &str) -> Self {
        let view = StationView::new(owner, station, None, sentence(why));
        Self::Again(Box::new((status, Leaf(view))))
    }
}

/// A form with nothing but a button.
#[derive(FromForm)]
struct Pressed<'r> {
    token: Option<&'r str>,
}

/// The form for another name.
#[derive(FromForm)]
struct Named<'r> {
    name: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/name", data = "<named>")]
async fn rename(slug: &str, owner: Result<Owner<'_>, Refusal>, named: Form<Named<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, named.token, slug).await?;
    match station_name(named.name) {
        Ok(name) => {
            let settings = StationSettings { name: Some(name), ..StationSettings::default() };
            owner.storage.set_station(&station.slug, settings).await?;
        }
        Err(error) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &error.to_string())),
    }
    Ok(Answer::done(&station, "renamed"))
}

/// A key, shown once.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/key.html")]
pub(crate) struct KeyView {
    frame: Frame,
    slug: String,
    name: String,
    /// The server, as the owner's browser knows it.
    address: String,
    /// Empty if it was shown already.
    key: String,
}

#[get("/admin/stations/<slug>/key?<mark>")]
async fn key(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    mark: Option<&str>,
    address: Address,
) -> Result<Leaf<KeyView>, Refusal> {
    let owner = owner?;
    let station = find(&owner, slug).await?;
    let key = owner.office.keys.take(station.slug.as_str(), mark.unwrap_or_default(), now());
    Ok(Leaf(KeyView {
        frame: owner.frame(&format!("The key of {}", station.name), None),
        slug: station.slug.to_string(),
        name: station.name.clone(),
        address: address.as_str().to_owned(),
        key: key.map_or_else(String::new, |key| key.reveal().to_owned()),
    }))
}

/// Rocket would ask for the page, which shows the key once, to nobody.
#[head("/admin/stations/<_>/key")]
fn key_head(owner: Result<Owner<'_>, Refusal>) -> Result<Leaf<Status>, Refusal> {
    owner.map(|_| Leaf(Status::Ok))
}

#[post("/admin/stations/<slug>/key", data = "<pressed>")]
async fn renew(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    pressed: Form<Pressed<'_>>,
) -> Result<Leaf<Redirect>, Refusal> {
    let (owner, station) = of_form(owner, pressed.token, slug).await?;
    let key = owner.storage.renew_key(&station.slug).await?;
    let mark = owner.office.keys.keep(station.slug.as_str(), key, now());
    Ok(Leaf(Redirect::to(format!("/admin/stations/{}/key?mark={mark}", station.slug))))
}

/// The form for a device.
#[derive(FromForm)]
struct Device<'r> {
    kind: &'r str,
    secret: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/devices", data = "<device>")]
async fn bind(slug: &str, owner: Result<Owner<'_>, Refusal>, device: Form<Device<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, device.token, slug).await?;
    let secret = match device.kind {
        "mac" => DeviceSecret::mac(device.secret),
        "serial" => DeviceSecret::serial(device.secret),
        _ => DeviceSecret::passkey(device.secret),
    };
    let secret = match secret {
        Ok(secret) => secret,
        Err(error) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &error.to_string())),
    };
    match owner.storage.bind_device(&station.slug, &secret).await {
        Ok(_) => Ok(Answer::done(&station, "bound")),
        Err(error @ Error::DeviceTaken(_)) => Ok(Answer::again(&owner, &station, Status::Conflict, &error.to_string())),
        Err(error) => Err(error.into()),
    }
}

#[post("/admin/stations/<slug>/devices/unbind", data = "<pressed>")]
async fn unbind(slug: &str, owner: Result<Owner<'_>, Refusal>, pressed: Form<Pressed<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, pressed.token, slug).await?;
    owner.storage.unbind_devices(&station.slug).await?;
    Ok(Answer::done(&station, "unbound"))
}

/// The form for a station's end: who removes all its readings writes its slug.
#[derive(FromForm)]
struct Agreed<'r> {
    slug: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/remove", data = "<agreed>")]
async fn remove(slug: &str, owner: Result<Owner<'_>, Refusal>, agreed: Form<Agreed<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, agreed.token, slug).await?;
    if agreed.slug.trim() != station.slug.as_str() {
        let why = format!("nothing was removed: write {} to agree", station.slug);
        return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &why));
    }
    owner.storage.remove_station(&station.slug).await?;
    let word = if owner.is_subscribed(station.slug.as_str()) { "removed-subscribed" } else { "removed" };
    Ok(Answer::to(format!("/admin?done={word}")))
}
