//! Fields of a station's uploads that nothing here knows: the owner says what they are.

#[cfg(debug_assertions)]
pub(super) mod stories;

use super::forms::{self, AUTHOR, Answer, UNSAID, local};
use super::frame::{Frame, Leaf};
use super::office::now;
use super::owner::Owner;
use super::refusal::Refusal;
use super::station::{find, of_form};
use super::stations::sentence;
use crate::storage::Error;
use crate::web::secrets::unreadable;
use askama::Template;
use askama_web::WebTemplate;
use rocket::form::Form;
use rocket::{FromForm, Route, get, post, routes};
use weather::freshness::ago;
use weather::mapping::{FieldName, Mapping, never_obeyed, units_by_kind};
use weather::quantity::Quantity;
use weather::station::Station;

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    routes![fields, change]
}

/// The form that says what a field is.
#[derive(Debug)]
pub(super) struct MapForm {
    pub slug: String,
    pub token: String,
    /// Fields to choose from.
    pub fields: Vec<(String, bool)>,
    pub quantities: Vec<(&'static str, &'static str, bool)>,
    /// Units to choose from, with the quantities that they are units of.
    pub units: Vec<(String, Vec<(&'static str, bool)>)>,
    pub sensor: String,
}

impl MapForm {
    /// A form for some fields of a station.
    pub(super) fn new(slug: &str, token: &str, fields: impl IntoIterator<Item = String>) -> Self {
        Self::again(slug, token, fields, &Sent::default())
    }

    fn again(slug: &str, token: &str, fields: impl IntoIterator<Item = String>, sent: &Sent<'_>) -> Self {
        let chosen = |field: String| {
            let is_chosen = field == sent.field;
            (field, is_chosen)
        };
        Self {
            slug: slug.to_owned(),
            token: token.to_owned(),
            fields: fields.into_iter().map(chosen).collect(),
            quantities: Quantity::shown().map(|one| (one.name(), one.title(), one.name() == sent.quantity)).collect(),
            units: units_by_kind()
                .map(|(of, symbols)| (of, symbols.map(|symbol| (symbol, symbol == sent.unit)).collect()))
                .collect(),
            sensor: sent.sensor.to_owned(),
        }
    }
}

/// The fields of a station.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/fields.html")]
pub(crate) struct FieldsView {
    frame: Frame,
    slug: String,
    name: String,
    unmapped: Vec<Seen>,
    mapped: Vec<Said>,
    map: MapForm,
    complaint: String,
}

/// A field that nobody knows.
#[derive(Debug)]
struct Seen {
    field: String,
    value: String,
    /// `seen 3 times since 22 Nov 2026, 3 s ago the last time`.
    told: String,
}

/// A field of which somebody has said what it is.
#[derive(Debug)]
struct Said {
    field: String,
    what: String,
    made: String,
}

/// A form: the one that says what a field is, or the button beside one that is known.
#[derive(Debug, Default, FromForm)]
struct Sent<'r> {
    #[field(default = "")]
    field: &'r str,
    #[field(default = "")]
    sensor: &'r str,
    #[field(default = "")]
    quantity: &'r str,
    #[field(default = "")]
    unit: &'r str,
    /// `map` or `unmap`.
    #[field(default = "")]
    what: &'r str,
    token: Option<&'r str>,
}

async fn view(
    owner: &Owner<'_>,
    station: &Station,
    done: Option<&str>,
    sent: &Sent<'_>,
    complaint: String,
) -> Result<FieldsView, Error> {
    let (mapped, unmapped) = (owner.storage.mappings(station.id).await?, owner.storage.unmapped(station.id).await?);
    let frame = owner.frame(&format!("Fields of {}", station.name), done);
    let slug = station.slug.as_str();
    let now = now();
    let mut names: Vec<String> = unmapped.iter().map(|field| field.field.clone()).collect();
    if let Ok(named) = FieldName::new(sent.field)
        && !names.iter().any(|name| name == named.as_str())
    {
        names.push(named.as_str().to_owned());
    }
    Ok(FieldsView {
        map: MapForm::again(slug, &frame.token, names, sent),
        frame,
        slug: slug.to_owned(),
        name: station.name.clone(),
        unmapped: unmapped
            .into_iter()
            .map(|field| Seen {
                told: format!(
                    "in {} since {}, {} the last time",
                    if field.uploads == 1 { "1 upload".to_owned() } else { format!("{} uploads", field.uploads) },
                    local(station, field.first, "%-d %b %Y"),
                    ago(field.last, now)
                ),
                field: field.field,
                value: field.value,
            })
            .collect(),
        mapped: mapped
            .into_iter()
            .map(|made| Said {
                what: told(&made.mapping),
                made: format!("said by {} on {}", made.author, local(station, made.made_at, "%-d %b %Y, %H:%M")),
                field: made.field,
            })
            .collect(),
        complaint,
    })
}

/// What a field is, for people.
fn told(mapping: &Mapping) -> String {
    let unit = mapping.unit().symbol();
    let unit = if unit.is_empty() { String::new() } else { format!(", in {unit}") };
    format!("{}{unit}", mapping.sensor().key(mapping.quantity()))
}

#[get("/admin/stations/<slug>/fields?<done>")]
async fn fields(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    done: Option<&str>,
) -> Result<Leaf<FieldsView>, Refusal> {
    let owner = owner?;
    let station = find(&owner, slug).await?;
    Ok(Leaf(view(&owner, &station, done, &Sent::default(), String::new()).await?))
}

/// Why nothing can be said of a field.
fn not_to_be(field: &str) -> Option<String> {
    unreadable(field).or_else(|| never_obeyed(field))
}

/// What a form says that a field is.
fn mapping(sent: &Sent<'_>) -> Result<Mapping, String> {
    let sensor = forms::sensor(sent.sensor)?.unwrap_or_default();
    let quantity = forms::quantity(sent.quantity)?;
    Mapping::new(sensor, quantity, sent.unit).map_err(|error| error.to_string())
}

#[post("/admin/stations/<slug>/fields", data = "<sent>")]
async fn change(
    slug: &str,
    owner: Result<Owner<'_>, Refusal>,
    sent: Form<Sent<'_>>,
) -> Result<Answer<FieldsView>, Refusal> {
    let (owner, station) = of_form(owner, sent.token, slug).await?;
    let (slug, unmaps) = (&station.slug, sent.what == "unmap");
    let made = match FieldName::new(sent.field).map_err(|error| error.to_string()) {
        Err(why) => Err(why),
        Ok(_) if !unmaps && sent.what != "map" => Err(UNSAID.to_owned()),
        Ok(field) if unmaps => refused(owner.storage.unmap_field(slug, field, AUTHOR).await)?,
        Ok(field) => match not_to_be(sent.field).map_or_else(|| mapping(&sent), Err) {
            Err(why) => Err(why),
            Ok(mapping) => refused(owner.storage.map_field(slug, field, mapping, AUTHOR).await)?,
        },
    };
    Ok(match made {
        Ok(()) => Answer::done(&station, "fields", if unmaps { "unmapped" } else { "mapped" }),
        Err(why) => Answer::Again(Box::new(view(&owner, &station, None, &sent, sentence(&why)).await?)),
    })
}

/// What the person at the form can mend is said on the page.
fn refused(done: Result<(), Error>) -> Result<Result<(), String>, Error> {
    match done {
        Ok(()) => Ok(Ok(())),
        Err(error @ (Error::NoMapping(_) | Error::TooManyMappings(_))) => Ok(Err(error.to_string())),
        Err(error) => Err(error),
    }
}
