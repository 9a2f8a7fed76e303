//! What can be changed of a station that is there: its height and place, its zone and interval, what is added to the
//! times that it sends, its units, and its name in URLs.

use super::interval::interval;
use super::offset::clock_offset;
use super::owner::Owner;
use super::place::coordinates;
use super::refusal::Refusal;
use super::station::{Answer, of_form};
use crate::storage::zones;
use crate::storage::{Error, StationSettings};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{FromForm, Route, post, routes};
use weather::station::{Slug, elevation_m};
use weather::upload_units::UploadUnits;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![set, put_right, rename, forget]
}

/// The form.
#[derive(FromForm)]
struct Sent<'r> {
    /// A form that does not have a field leaves it as it is: the page has a form for each subject.
    elevation: Option<&'r str>,
    clock_offset: Option<&'r str>,
    latitude: Option<&'r str>,
    longitude: Option<&'r str>,
    upload_units: Option<&'r str>,
    zone: Option<&'r str>,
    interval: Option<&'r str>,
    token: Option<&'r str>,
}

impl Sent<'_> {
    /// What they mean, or what is wrong with them. An empty field means: not known, or none.
    fn settings(&self) -> Result<StationSettings, String> {
        let height = |text: &str| match text.trim() {
            "" => Ok(None),
            metres => elevation_m(metres).map(Some),
        };
        let added_ms = |text: &str| match text.trim() {
            "" => Ok(0),
            length => clock_offset(length),
        };
        let coordinates =
            self.latitude.zip(self.longitude).map(|(north, east)| coordinates(north, east)).transpose()?;
        let upload_units = self.upload_units.map(UploadUnits::from_name).transpose()?;
        let zone = self.zone.map(|zone| zones::parse(zone.trim()).map_err(|error| error.to_string())).transpose()?;
        Ok(StationSettings {
            elevation_m: self.elevation.map(height).transpose()?,
            clock_offset_ms: self.clock_offset.map(added_ms).transpose()?,
            coordinates,
            upload_units,
            zone,
            interval_ms: self.interval.map(interval).transpose()?,
            ..StationSettings::default()
        })
    }
}

#[post("/admin/stations/<slug>/settings", data = "<sent>")]
async fn set(slug: &str, owner: Result<Owner<'_>, Refusal>, sent: Form<Sent<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, sent.token, slug).await?;
    match sent.settings() {
        Ok(settings) => owner.storage.set_station(&station.slug, settings).await?,
        Err(why) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &why)),
    }
    Ok(Answer::done(&station, "set"))
}

/// The form for another name in URLs.
#[derive(FromForm)]
struct Named<'r> {
    slug: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/slug", data = "<named>")]
async fn rename(slug: &str, owner: Result<Owner<'_>, Refusal>, named: Form<Named<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, named.token, slug).await?;
    let new = match Slug::new(named.slug.trim()) {
        Ok(new) => new,
        Err(error) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &error.to_string())),
    };
    let word = if owner.is_subscribed(station.slug.as_str()) { "moved-subscribed" } else { "moved" };
    let settings = StationSettings { slug: Some(new.clone()), ..StationSettings::default() };
    match owner.storage.set_station(&station.slug, settings).await {
        Ok(()) => Ok(Answer::done_at(&new, word)),
        Err(error @ (Error::SlugTaken(_) | Error::SlugLeadsOn(..) | Error::TooManySlugs(..))) => {
            Ok(Answer::again(&owner, &station, Status::Conflict, &error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// A form with nothing but a button.
#[derive(FromForm)]
struct Pressed<'r> {
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/slug/forget", data = "<pressed>")]
async fn forget(slug: &str, owner: Result<Owner<'_>, Refusal>, pressed: Form<Pressed<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, pressed.token, slug).await?;
    let settings = StationSettings { forgets_former_slugs: true, ..StationSettings::default() };
    owner.storage.set_station(&station.slug, settings).await?;
    Ok(Answer::done(&station, "slugs-forgotten"))
}

/// The form of an offer to put a clock right.
#[derive(FromForm)]
struct Agreed<'r> {
    clock_offset: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/stations/<slug>/clock", data = "<agreed>")]
async fn put_right(slug: &str, owner: Result<Owner<'_>, Refusal>, agreed: Form<Agreed<'_>>) -> Result<Answer, Refusal> {
    let (owner, station) = of_form(owner, agreed.token, slug).await?;
    let clock_offset_ms = match clock_offset(agreed.clock_offset.trim()) {
        Ok(ms) => Some(ms),
        Err(why) => return Ok(Answer::again(&owner, &station, Status::UnprocessableEntity, &why)),
    };
    owner.storage.set_station(&station.slug, StationSettings { clock_offset_ms, ..StationSettings::default() }).await?;
    Ok(Answer::done(&station, "set"))
}
