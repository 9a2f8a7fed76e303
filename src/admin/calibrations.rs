//! The calibrations of a station: what its sensors send is put right from a time on.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::forms::{self, AUTHOR, Answer, UNSAID, choice, local, named};
use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use super::station::{find, of_form};
use super::stations::sentence;
use crate::storage::{CalibrationStart, Error, MadeCalibration};
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::{FromForm, Route, get, post, routes};
use weather::calibration::{Calibration, read_start, shown_start, told_start};
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::typed;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![calibrations, change]
}

/// So many calibrations are listed, those that were removed included.
const LISTED_MAX: u32 = 400;

/// The calibrations of a station.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/calibrations.html")]
pub(crate) struct CalibrationsView {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    /// What is stored does not follow yet.
    is_recalculating: bool,
    held: Vec<Row>,
    removed: Vec<String>,
    sensors: Vec<(String, String, bool)>,
    /// Name, title and unit.
    quantities: Vec<(&'static str, String, bool)>,
    from: String,
    factor: String,
    offset: String,
    complaint: String,
}

/// A calibration that holds.
#[derive(Debug)]
struct Row {
    /// What it is called: `temperature`, `indoor/temperature`.
    key: String,
    /// The sensor's name; a dot for the main one.
    sensor: String,
    quantity: &'static str,
    /// As the form reads it.
    from: String,
    /// The same inside a sentence.
    told: String,
    what: String,
    /// Who made it, and when.
    made: String,
}

/// A form: the large one, or the button beside a calibration.
#[derive(Debug, Default, FromForm)]
struct Sent<'r> {
    #[field(default = "")]
    sensor: &'r str,
    #[field(default = "")]
    quantity: &'r str,
    #[field(default = "")]
    from: &'r str,
    #[field(default = "")]
    factor: &'r str,
    #[field(default = "")]
    offset: &'r str,
    /// `add` or `remove`.
    #[field(default = "")]
    what: &'r str,
    token: Option<&'r str>,
}

impl Row {
    fn of(station: &Station, made: &MadeCalibration) -> Self {
        let start = &made.start;
        let at = local(station, made.made_at, "%-d %b %Y, %H:%M");
        Self {
            key: start.sensor.key(start.quantity),
            sensor: named(&start.sensor),
            quantity: start.quantity.name(),
            from: shown_start(&station.zone, start.from),
            told: told_start(&station.zone, start.from),
            what: made.calibration.shown(start.quantity),
            made: format!("made by {} on {at}", made.author),
        }
    }
}

/// What was calibrated until somebody removed it.
fn told(station: &Station, made: &MadeCalibration) -> Option<String> {
    let (who, at) = made.removed.as_ref()?;
    let Row { key, from, what, made: by, .. } = Row::of(station, made);
    Some(format!("{key} {what} from {from}, {by}, removed by {who} on {}.", local(station, *at, "%-d %b %Y, %H:%M")))
}

async fn view(
    owner: &Owner<'_>,
    station: &Station,
    done: Option<&str>,
    sent: &Sent<'_>,
    complaint: String,
) -> Result<CalibrationsView, Error> {
    let made = owner.storage.calibrations(station.id, LISTED_MAX).await?;
    let mut sensors: Vec<_> = owner.storage.sensors(station.id).await?.into_iter().map(|sensor| sensor.name).collect();
    if !sensors.contains(&SensorName::main()) {
        sensors.insert(0, SensorName::main());
    }
    let quantity = |one: Quantity| {
        let unit = one.unit().symbol();
        let title = if unit.is_empty() { one.title().to_owned() } else { format!("{}, {unit}", one.title()) };
        (one.name(), title, one.name() == sent.quantity)
    };
    Ok(CalibrationsView {
        frame: owner.frame(&format!("Calibrations of {}", station.name), done),
        slug: station.slug.to_string(),
        name: station.name.clone(),
        zone: station.zone.name().to_owned(),
        is_recalculating: owner.storage.is_recalculating(station.id).await?,
        held: made.iter().filter(|one| one.removed.is_none()).map(|one| Row::of(station, one)).collect(),
        removed: made.iter().filter_map(|one| told(station, one)).collect(),
        sensors: sensors.iter().map(|name| choice(name, sent.sensor)).collect(),
        quantities: Quantity::shown().filter(|one| Calibration::is_for(*one)).map(quantity).collect(),
        from: sent.from.to_owned(),
        factor: sent.factor.to_owned(),
        offset: sent.offset.to_owned(),
        complaint,
    })
}

#[get("/admin/stations/<slug>/calibrations?<done>")]
async fn calibrations(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    done: Option<&str>,
) -> Result<Leaf<CalibrationsView>, Refusal> {
    let owner = owner?;
    let station = find(&owner, slug).await?;
    Ok(Leaf(view(&owner, &station, done, &Sent::default(), String::new()).await?))
}

/// Which calibration a form is about, or what is wrong with it.
fn start(station: &Station, sent: &Sent<'_>) -> Result<CalibrationStart, String> {
    let sensor = forms::sensor(sent.sensor)?.unwrap_or_default();
    let quantity = forms::quantity(sent.quantity)?;
    Ok(CalibrationStart { sensor, quantity, from: read_start(&station.zone, sent.from, now())? })
}

/// A number of a form; what is empty is what changes nothing.
fn number(text: &str, empty: f64) -> Result<f64, String> {
    match text.trim() {
        "" => Ok(empty),
        text => typed::number(text).map_err(|write| format!("{text:?} is no number: {write}")),
    }
}

fn calibration(quantity: Quantity, sent: &Sent<'_>) -> Result<Calibration, String> {
    let (factor, offset) = (number(sent.factor, 1.0)?, number(sent.offset, 0.0)?);
    Calibration::new(quantity, factor, offset).map_err(|error| error.to_string())
}

#[post("/admin/stations/<slug>/calibrations", data = "<sent>")]
async fn change(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    sent: Form<Sent<'_>>,
) -> Result<Answer<CalibrationsView>, Refusal> {
    let (owner, station) = of_form(owner, sent.token, slug).await?;
    let removes = sent.what == "remove";
    let made = match start(&station, &sent) {
        Err(why) => Err(why),
        Ok(_) if !removes && sent.what != "add" => Err(UNSAID.to_owned()),
        Ok(start) if removes => refused(owner.storage.uncalibrate(&station.slug, start, AUTHOR).await)?,
        Ok(start) => match calibration(start.quantity, &sent) {
            Err(why) => Err(why),
            Ok(calibration) => refused(owner.storage.calibrate(&station.slug, start, calibration, AUTHOR).await)?,
        },
    };
    Ok(match made {
        Ok(()) => Answer::done(&station, "calibrations", if removes { "uncalibrated" } else { "calibrated" }),
        Err(why) => Answer::Again(Box::new(view(&owner, &station, None, &sent, sentence(&why)).await?)),
    })
}

/// What the person at the form can mend is said on the page.
fn refused(done: Result<(), Error>) -> Result<Result<(), String>, Error> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(error @ (Error::NoCalibration(_) | Error::TooManyCalibrations(_))) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}
