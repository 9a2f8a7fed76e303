//! A device that waits: it becomes a station's, or is forgotten.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use crate::storage::{Error, Unclaimed};
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{FromForm, Route, get, post, routes};
use weather::freshness::ago;
use weather::station::Slug;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![device, claim, forget]
}

/// A device in the list.
#[derive(Debug)]
pub(super) struct Waits {
    pub id: i64,
    /// What it is, as far as it says so.
    pub what: String,
    pub address: String,
    /// By what it is told from others of its model: `a3f9`.
    pub fingerprint: String,
    /// What it measured last; may be empty.
    pub said: String,
    /// When it was heard last.
    pub heard: String,
    /// `12 reports`.
    pub reports: String,
}

impl Waits {
    /// The devices that wait, for the list.
    pub(super) async fn all(owner: &Owner<'_>) -> Result<Vec<Self>, Error> {
        let now = now();
        Ok(owner.storage.unclaimed().await?.into_iter().map(|device| Self::of(device, now)).collect())
    }

    fn of(device: Unclaimed, now: weather::time::Timestamp) -> Self {
        let said = device.said();
        let Unclaimed { id, format, model, address, last, reports, fingerprint, .. } = device;
        Self {
            id,
            what: if model.is_empty() { format } else { format!("{format}, {model}") },
            address,
            fingerprint,
            said,
            heard: ago(last, now),
            reports: if reports == 1 { "1 report".to_owned() } else { format!("{reports} reports") },
        }
    }
}

/// One device that waits.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/device.html")]
pub(crate) struct DeviceView {
    frame: Frame,
    device: Waits,
    /// The stations that it can be bound to: slugs and names.
    stations: Vec<(String, String)>,
}

#[get("/admin/devices/<id>")]
async fn device(id: i64, owner: Result<Owner<'_>, Refusal>) -> Result<Leaf<DeviceView>, Refusal> {
    let owner = owner?;
    let device = Waits::all(&owner).await?.into_iter().find(|device| device.id == id);
    let device = device.ok_or_else(|| Refusal::from(Error::NoDevice(id)))?;
    let directory = owner.storage.directory();
    let stations = directory.iter().map(|station| (station.slug.to_string(), station.name.clone())).collect();
    Ok(Leaf(DeviceView { frame: owner.frame("A device that waits", None), device, stations }))
}

/// The form that makes it a station's.
#[derive(FromForm)]
struct Chosen<'r> {
    slug: &'r str,
    token: Option<&'r str>,
}

#[post("/admin/devices/<id>/claim", data = "<chosen>")]
async fn claim(
    id: i64,
    owner: Result<Owner<'_>, Refusal>,
    chosen: Form<Chosen<'_>>,
) -> Result<Leaf<Redirect>, Refusal> {
    let owner = owner?;
    owner.may_send(chosen.token)?;
    let slug = Slug::new(chosen.slug).map_err(|_| Refusal::no_station())?;
    owner.storage.claim(id, &slug).await?;
    Ok(Leaf(Redirect::to(format!("/admin/stations/{slug}?done=claimed"))))
}

/// A form with nothing but a button.
#[derive(FromForm)]
struct Pressed<'r> {
    token: Option<&'r str>,
}

#[post("/admin/devices/<id>/forget", data = "<pressed>")]
async fn forget(
    id: i64,
    owner: Result<Owner<'_>, Refusal>,
    pressed: Form<Pressed<'_>>,
) -> Result<Leaf<Redirect>, Refusal> {
    let owner = owner?;
    owner.may_send(pressed.token)?;
    owner.storage.forget_unclaimed(id).await?;
    Ok(Leaf(Redirect::to("/admin?done=forgotten")))
}
