//! The readings of a station that do not count: striking out and restoring.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::forms::{self, AUTHOR, Answer, UNSAID, choice, local, named};
use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use super::station::{find, of_form};
use super::stations::sentence;
use crate::storage::{Author, Correction, Error, Marked, Selection, reason};
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::{FromForm, Route, get, post, routes};
use weather::moment;
use weather::quantity::Quantity;
use weather::station::Station;
use weather::time::{DAY_MS, Timestamp};

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![readings, correct]
}

/// Values that do not count are listed from so many days.
const LISTED_DAYS: i64 = 7;
/// So many of them, and so many corrections: a page that a person reads.
const LISTED_MAX: u32 = 200;

/// The readings of a station that do not count.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/readings.html")]
pub(crate) struct ReadingsView {
    frame: Frame,
    slug: String,
    name: String,
    zone: String,
    days: i64,
    marked: Vec<Row>,
    corrections: Vec<String>,
    sensors: Vec<(String, String, bool)>,
    quantities: Vec<(&'static str, &'static str, bool)>,
    time: String,
    reason: String,
    complaint: String,
}

/// A value that does not count.
#[derive(Debug)]
struct Row {
    /// Local, to the millisecond: it names the reading in the form.
    at: String,
    /// As people read it.
    shown: String,
    /// The sensor's name; a dot for the main one.
    sensor: String,
    quantity: &'static str,
    /// What it is called: `temperature`, `indoor/temperature`.
    key: String,
    value: String,
    why: &'static str,
}

/// A form: the large one, or the button beside a value of the list.
#[derive(Debug, Default, FromForm)]
struct Sent<'r> {
    #[field(default = "")]
    time: &'r str,
    #[field(default = "")]
    sensor: &'r str,
    #[field(default = "")]
    quantity: &'r str,
    #[field(default = "")]
    reason: &'r str,
    /// `strike` or `restore`.
    #[field(default = "")]
    what: &'r str,
    token: Option<&'r str>,
}

impl Row {
    fn of(station: &Station, marked: &Marked) -> Self {
        let quantity = marked.quantity;
        Self {
            at: local(station, marked.observed_at, "%Y-%m-%dT%H:%M:%S%.3f%:z"),
            shown: local(station, marked.observed_at, "%a %-d %b, %H:%M:%S"),
            sensor: named(&marked.sensor),
            quantity: quantity.name(),
            key: marked.sensor.key(quantity),
            value: format!("{} {}", quantity.echo(marked.value), quantity.unit().symbol()),
            why: marked.reason.words(),
        }
    }
}

/// What was corrected, by whom, and when.
fn told(station: &Station, made: &Correction) -> String {
    let what = match (&made.sensor, made.quantity) {
        (None, None) => "all values".to_owned(),
        (None, Some(quantity)) => quantity.name().to_owned(),
        (Some(sensor), None) if sensor.is_main() => "all of the main sensor".to_owned(),
        (Some(sensor), None) => format!("all of {}", sensor.as_str()),
        (Some(sensor), Some(quantity)) => sensor.key(quantity),
    };
    let verb = if made.restored { "restored" } else { "struck out" };
    let time = |at: Timestamp| local(station, at, "%-d %b %Y, %H:%M:%S");
    let reason = if made.author.reason.is_empty() { String::new() } else { format!(" ({})", made.author.reason) };
    let (from, to) = (time(made.from), time(made.to.plus(-1)));
    let (at, who, values) = (time(made.made_at), &made.author.name, made.values);
    let number = if values == 1 { "1 value".to_owned() } else { format!("{values} values") };
    format!("{at}: {who} {verb} {what} from {from} to {to}, {number}{reason}.")
}

async fn view(
    owner: &Owner<'_>,
    station: &Station,
    done: Option<&str>,
    sent: &Sent<'_>,
    complaint: String,
) -> Result<ReadingsView, Error> {
    let now = now();
    let (from, to) = (now.plus(-LISTED_DAYS * DAY_MS), now.plus(DAY_MS));
    let marked = owner.storage.marked(station.id, from, to, LISTED_MAX).await?;
    let corrections = owner.storage.corrections(station.id, LISTED_MAX).await?;
    let sensors = owner.storage.sensors(station.id).await?;
    Ok(ReadingsView {
        frame: owner.frame(&format!("Readings of {}", station.name), done),
        slug: station.slug.to_string(),
        name: station.name.clone(),
        zone: station.zone.name().to_owned(),
        days: LISTED_DAYS,
        marked: marked.iter().map(|marked| Row::of(station, marked)).collect(),
        corrections: corrections.iter().map(|made| told(station, made)).collect(),
        sensors: sensors.iter().map(|sensor| choice(&sensor.name, sent.sensor)).collect(),
        quantities: Quantity::shown().map(|one| (one.name(), one.title(), one.name() == sent.quantity)).collect(),
        time: sent.time.to_owned(),
        reason: sent.reason.to_owned(),
        complaint,
    })
}

#[get("/admin/stations/<slug>/readings?<done>")]
async fn readings(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    done: Option<&str>,
) -> Result<Leaf<ReadingsView>, Refusal> {
    let owner = owner?;
    let station = find(&owner, slug).await?;
    Ok(Leaf(view(&owner, &station, done, &Sent::default(), String::new()).await?))
}

/// What a form selects, or what is wrong with it.
fn selection(station: &Station, sent: &Sent<'_>) -> Result<Selection, String> {
    let stretch = moment::read(&station.zone, sent.time)?;
    let sensor = forms::sensor(sent.sensor)?;
    let quantity = if sent.quantity.is_empty() { None } else { Some(forms::quantity(sent.quantity)?) };
    Ok(Selection { station: station.slug.clone(), sensor, quantity, from: stretch.from, to: stretch.to })
}

#[post("/admin/stations/<slug>/readings", data = "<sent>")]
async fn correct(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    sent: Form<Sent<'_>>,
) -> Result<Answer<ReadingsView>, Refusal> {
    let (owner, station) = of_form(owner, sent.token, slug).await?;
    let restores = sent.what == "restore";
    let is_said = restores || sent.what == "strike";
    let read = if is_said { selection(&station, &sent) } else { Err(UNSAID.to_owned()) };
    let read = read.and_then(|selection| Ok((selection, reason(sent.reason)?)));
    let made = match read {
        Err(why) => Err(why),
        Ok((selection, reason)) => {
            let author = Author { name: AUTHOR.to_owned(), reason };
            let done = match restores {
                true => owner.storage.restore(selection, author).await,
                false => owner.storage.strike(selection, author).await,
            };
            match done {
                Ok(0) if restores => Err("there is nothing that could be restored".to_owned()),
                Ok(0) => Err("there is nothing that could be struck out".to_owned()),
                Ok(_) => Ok(()),
                Err(error @ Error::Stretch(_)) => Err(error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
    };
    Ok(match made {
        Ok(()) => Answer::done(&station, "readings", if restores { "restored" } else { "struck" }),
        Err(why) => Answer::Again(Box::new(view(&owner, &station, None, &sent, sentence(&why)).await?)),
    })
}
