//! What the forms about a station's readings share: who made something, sensors and quantities to choose from, and the answer.

use super::frame::Leaf;
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::{self, Redirect, Responder};
use weather::quantity::Quantity;
use weather::station::{SensorName, Station};
use weather::time::Timestamp;

/// Who is said to have made something in these rooms.
pub(super) const AUTHOR: &str = "the owner";
/// Why a form is refused whose buttons were not used.
pub(super) const UNSAID: &str = "nothing was done: the form does not say what to do";

/// A time on the station's clocks.
pub(super) fn local(station: &Station, at: Timestamp, format: &str) -> String {
    at.to_utc().with_timezone(&station.zone).format(format).to_string()
}

/// A sensor in a form: a dot is the main one.
pub(super) fn named(sensor: &SensorName) -> String {
    if sensor.is_main() { ".".to_owned() } else { sensor.as_str().to_owned() }
}

/// The sensor that [`named`] wrote; `None` if a form is empty there.
pub(super) fn sensor(text: &str) -> Result<Option<SensorName>, String> {
    match text.trim() {
        "" => Ok(None),
        "." => Ok(Some(SensorName::main())),
        name => SensorName::new(name).map(Some).map_err(|error| error.to_string()),
    }
}

/// The quantity of that name.
pub(super) fn quantity(name: &str) -> Result<Quantity, String> {
    let known = Quantity::from_name(name).filter(|quantity| quantity.is_shown());
    known.ok_or_else(|| format!("{name:?} is no quantity"))
}

/// A sensor to choose: what the form sends, what people read, whether it is chosen.
pub(super) fn choice(sensor: &SensorName, chosen: &str) -> (String, String, bool) {
    let shown = if sensor.is_main() { "the main sensor".to_owned() } else { sensor.as_str().to_owned() };
    let value = named(sensor);
    let is_chosen = value == chosen;
    (value, shown, is_chosen)
}

/// The answer to a form.
pub(super) enum Answer<V> {
    /// It is done: the same page, which says so.
    Done(Box<Redirect>),
    /// What the person has to mend: the page with all that was written.
    Again(Box<V>),
}

impl<V> Answer<V> {
    /// The page of the station that says what was done.
    pub(super) fn done(station: &Station, page: &str, word: &str) -> Self {
        Self::Done(Box::new(Redirect::to(format!("/admin/stations/{}/{page}?done={word}", station.slug))))
    }
}

impl<'r, V: Responder<'r, 'static>> Responder<'r, 'static> for Answer<V> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Self::Done(to) => Leaf(*to).respond_to(request),
            Self::Again(view) => (Status::UnprocessableEntity, Leaf(*view)).respond_to(request),
        }
    }
}
