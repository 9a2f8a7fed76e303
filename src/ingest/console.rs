//! Reports as consoles upload them: pairs of names and values, in several dialects over one table of names. Pure.

mod dialect;
pub(crate) mod fields;
mod target;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub use target::{Place, Target};

use super::pairs::{PAIRS_MAX, Pairs, TooMany, unescaped};
use super::time;
use super::trail::Trail;
use crate::storage::KEY_MARK;
use std::borrow::Cow;
use weather::mapping::Mappings;
use weather::quality::{self, Sent};
use weather::quantity::Quantity;
use weather::report::{Draft, Parsed};
use weather::station::{SensorName, Station};
use weather::time::Timestamp;
use weather::units::Unit;
use weather::upload_units::{UploadUnits, is_of_the_us};

/// Reasons to refuse a whole upload. A wrong value is never one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// A pair that the protocol requires is absent or empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `dateutc` is no time.
    #[error("dateutc {0:?} is neither \"now\" nor like 2026-11-22 14:00:00")]
    Date(String),
    /// More than [`PAIRS_MAX`] pairs.
    #[error("more than {PAIRS_MAX} fields")]
    TooManyPairs,
}

impl From<TooMany> for Garbled {
    fn from(_: TooMany) -> Self {
        Self::TooManyPairs
    }
}

/// By what an upload says whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// A station's slug, and its key. The slug is folded to lower case, because some consoles write capitals only.
    Named(String, &'a str),
    /// A station's key alone.
    Key(&'a str),
    /// What the device calls itself: a PASSKEY or an address.
    Device(&'a str),
}

/// One of several devices whose uploads a hub passes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The sensor's name, if it is not the station's main one: `5n1-00001398`.
    pub name: SensorName,
    /// Whether it is of a kind that can be the main one: it measures more than one thing outdoors.
    pub is_whole: bool,
}

/// Reads the pairs of one report that arrived at `received`, with the credentials that every upload has.
///
/// # Errors
/// As [`Upload::credentials`] and [`Upload::parse`], as text.
pub fn parse_one(pairs: &[u8], received: Timestamp) -> Result<Parsed, String> {
    let upload = Upload::new(None, &[pairs]).map_err(|garbled| garbled.to_string())?;
    let parsed = upload.credentials().and_then(|_| upload.parse(received, &SensorName::main()));
    parsed.map_err(|garbled| garbled.to_string())
}

/// When an upload arrived, and what the owner of its station has said of what the station sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// When.
    pub at: Timestamp,
    /// What is added to its times, ms.
    pub clock_offset_ms: i64,
    /// In which units it is.
    pub units: UploadUnits,
}

impl Arrived {
    /// An upload of a station; without one, of a station of which nothing is said.
    pub fn of(station: Option<&Station>, at: Timestamp) -> Self {
        let said = station.map(|station| (station.clock_offset_ms, station.upload_units));
        let (clock_offset_ms, units) = said.unwrap_or_default();
        Self { at, clock_offset_ms, units }
    }
}

/// An upload's pairs and their dialect.
#[derive(Debug)]
pub struct Upload<'a> {
    pairs: Pairs,
    dialect: Dialect,
    /// A station's key that stood in the path.
    key: Option<Cow<'a, str>>,
}

/// In which units the numbers of an upload are.
#[derive(Debug, Clone, Copy)]
struct Units {
    /// What the owner has said.
    said: UploadUnits,
    /// The upload gives itself away as metric.
    is_metric: bool,
}

/// Why a number of an upload that gives itself away is refused.
const METRIC: &str = "this upload gives hPa under a name for inHg, so its °F, mph and in are not believed";
/// Why a wind is refused of a station whose uploads are metric.
const WHICH_WIND: &str = "nobody has said whether this wind is in m/s or km/h";

impl Units {
    /// The unit of a number under a name for `named`, or why it is not believed.
    fn of(self, named: Unit) -> Result<Unit, &'static str> {
        match self.said {
            UploadUnits::AsNamed if self.is_metric && is_of_the_us(named) => Err(METRIC),
            said => said.of(named).ok_or(WHICH_WIND),
        }
    }
}

/// Leaves a number out; a field without one needs no reason.
fn refuse(draft: &mut Draft, name: &str, value: &str, why: &str) {
    draft.missing();
    if quality::read_text(value) != Sent::Missing {
        draft.refuse(name, value, why);
    }
}

impl<'a> Upload<'a> {
    /// Takes URL-encoded pairs from the path, the query and the body; `target` is the path, if it says anything.
    ///
    /// # Errors
    /// [`Garbled::TooManyPairs`].
    pub fn new(target: Option<&Target<'a>>, parts: &[&[u8]]) -> Result<Self, Garbled> {
        let pairs = Pairs::new(parts)?;
        let dialect = Dialect::of(target.and_then(|target| target.place), &pairs);
        let key = target.and_then(|target| target.key).map(unescaped).filter(|key| key.starts_with(KEY_MARK));
        Ok(Self { pairs, dialect, key })
    }

    /// The dialect, which is also that of the answer.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// By what the sender says whose upload it is.
    ///
    /// # Errors
    /// [`Garbled::Missing`] if it does not.
    pub fn credentials(&self) -> Result<Credentials<'_>, Garbled> {
        if let Some(key) = &self.key {
            return Ok(Credentials::Key(key));
        }
        let named =
            |id, secret| Ok(Credentials::Named(self.required(id)?.to_ascii_lowercase(), self.required(secret)?));
        match self.dialect {
            Dialect::Wunderground => named("ID", "PASSWORD"),
            Dialect::Wow | Dialect::WowBe => named("siteid", "siteAuthenticationKey"),
            Dialect::Acurite => Ok(Credentials::Device(self.required("id")?)),
            Dialect::Ecowitt | Dialect::Ambient => match self.required("PASSKEY")? {
                key if key.starts_with(KEY_MARK) => Ok(Credentials::Key(key)),
                device => Ok(Credentials::Device(device)),
            },
        }
    }

    /// What the sender says that it is; empty if it does not.
    pub fn model(&self) -> &str {
        ["stationtype", "softwaretype", "model", "mt"]
            .iter()
            .find_map(|name| self.pairs.first(name))
            .unwrap_or_default()
    }

    /// Whether it comes from a hub, which has several devices behind it.
    pub fn is_of_hub(&self) -> bool {
        self.dialect == Dialect::Acurite
    }

    /// Which of a hub's devices has measured; `None` if it is the station itself, or if the hub does not say.
    pub fn device(&self) -> Option<Device> {
        (self.dialect == Dialect::Acurite).then(|| dialect::device(&self.pairs)).flatten()
    }

    /// Reads the report that arrived at `received`, if there is one. A value that is not weather is left out with a
    /// warning. `of` is the sensor that is meant if a name says nothing else.
    ///
    /// # Errors
    /// [`Garbled`] without a `dateutc`, and for one that is no time.
    pub fn parse(&self, received: Timestamp, of: &SensorName) -> Result<Parsed, Garbled> {
        self.parse_with(Arrived::of(None, received), of, (&Mappings::default(), None))
    }

    /// The same of a station: with what its owner has said of its clock, of its units, and of fields that mean nothing by
    /// themselves. Notes which field became which value.
    ///
    /// # Errors
    /// Likewise.
    pub fn parse_with(
        &self,
        arrived: Arrived,
        of: &SensorName,
        (mappings, trail): (&Mappings, Option<&Trail>),
    ) -> Result<Parsed, Garbled> {
        let observed_at = match self.required("dateutc")? {
            now if now.eq_ignore_ascii_case("now") => None,
            date => Some(time::dateutc(date).ok_or_else(|| Garbled::Date(date.chars().take(40).collect()))?),
        };
        let mut draft = Draft::new(arrived.at).of_clock(arrived.clock_offset_ms);
        let units = Units { said: arrived.units, is_metric: self.is_metric() };
        for (name, value) in self.pairs.iter() {
            match fields::find(name) {
                fields::Meaning::Weather(..) if name == "baromin" => {}
                // Two counters of one gauge: the one that is reset seldom counts.
                fields::Meaning::Weather(..) if name == "yearlyrainin" && self.pairs.has("totalrainin") => {}
                // A battery at this level is none: the sensor has mains.
                fields::Meaning::Weather(_, _, Unit::Fifth) if value.trim() == "6" => draft.missing(),
                fields::Meaning::Weather(sensor, quantity, unit) => {
                    let unit = match units.of(self.unit(name, quantity, unit)) {
                        Ok(unit) => unit,
                        Err(why) => {
                            refuse(&mut draft, name, value, why);
                            continue;
                        }
                    };
                    let sensor = self.place(sensor, name, of);
                    if let Some(trail) = trail {
                        trail.takes(&sensor, quantity, unit, 1.0, name, value);
                    }
                    draft.take_text(&sensor, quantity, unit, name, value);
                }
                fields::Meaning::Silent => {
                    if let Some(trail) = trail {
                        trail.sets_aside(name, value, "");
                    }
                }
                fields::Meaning::Unknown => match mappings.find(name) {
                    Some(mapping) => {
                        let sensor = if mapping.sensor().is_main() { of } else { mapping.sensor() };
                        if let Some(trail) = trail {
                            trail.takes(sensor, mapping.quantity(), mapping.unit(), 1.0, name, value);
                        }
                        draft.take_text(sensor, mapping.quantity(), mapping.unit(), name, value);
                    }
                    None => {
                        if let Some(trail) = trail {
                            trail.leaves(name, value);
                        }
                        draft.unknown(name, value);
                    }
                },
            }
        }
        self.take_baromin(&mut draft, units, trail);
        let mut parsed = Parsed::default();
        parsed.add(draft.finish(observed_at), None);
        Ok(parsed)
    }

    /// The sensor that a value is of.
    fn place(&self, sensor: SensorName, name: &str, of: &SensorName) -> SensorName {
        let own = |name| SensorName::new(name).unwrap_or_default();
        match name {
            _ if !sensor.is_main() => sensor,
            // A gateway with two rain gauges sends both.
            _ if name.ends_with("_piezo") && self.pairs.has("dailyrainin") => own("piezo"),
            // Of several outdoor arrays, each has a battery of its own.
            _ if self.is_of_one_array(name) => own(name.trim_end_matches("batt")),
            _ => of.clone(),
        }
    }

    /// Whether that is the battery of one outdoor array, and another has one too.
    fn is_of_one_array(&self, name: &str) -> bool {
        let arrays = fields::ARRAY_BATTERIES.iter().find(|arrays| arrays.contains(&name));
        arrays.is_some_and(|arrays| arrays.iter().filter(|battery| self.pairs.has(battery)).count() > 1)
    }

    /// The unit that this dialect sends it in: where others send 1 for a battery that is low, Ambient sends 1 for a good one.
    fn unit(&self, name: &str, quantity: Quantity, unit: Unit) -> Unit {
        let is_flag = quantity == Quantity::BatteryLow && name.starts_with("batt") && name != "battery";
        if is_flag && self.dialect == Dialect::Ambient { Unit::Good } else { unit }
    }

    /// Pressure reduced to sea level. Some consoles send it twice; then the smaller one is the station's own. It is
    /// measured in the console or the hub, whichever sensor it comes with.
    fn take_baromin(&self, draft: &mut Draft, units: Units, trail: Option<&Trail>) {
        let mut take = |quantity, text: &str| {
            let unit = match units.of(Unit::InchOfMercury) {
                Ok(unit) => unit,
                Err(why) => return refuse(draft, "baromin", text, why),
            };
            if let Some(trail) = trail {
                trail.takes(&SensorName::main(), quantity, unit, 1.0, "baromin", text);
            }
            draft.take_text(&SensorName::main(), quantity, unit, "baromin", text);
        };
        let reduced = match self.dialect {
            Dialect::WowBe => Quantity::AltimeterSetting,
            _ => Quantity::SeaLevelPressure,
        };
        let mut sent: Vec<&str> = self.pairs.all("baromin").collect();
        if let [first, second] = sent[..]
            && let (Sent::Number(a), Sent::Number(b)) = (quality::read_text(first), quality::read_text(second))
        {
            let (larger, smaller) = if a < b { (second, first) } else { (first, second) };
            take(Quantity::StationPressure, smaller);
            sent = vec![larger];
        }
        for text in sent {
            take(reduced, text);
        }
    }

    /// Whether a pressure under a name for inHg is one in hPa: no air has so many inches, and all weather has so many hPa.
    fn is_metric(&self) -> bool {
        const HPA: std::ops::RangeInclusive<f64> = 300.0..=1_100.0;
        self.pairs.iter().any(|(name, value)| {
            matches!(fields::find(name), fields::Meaning::Weather(_, _, Unit::InchOfMercury))
                && matches!(quality::read_text(value), Sent::Number(number) if HPA.contains(&number))
        })
    }

    fn required(&self, name: &'static str) -> Result<&str, Garbled> {
        self.pairs.first(&name.to_ascii_lowercase()).ok_or(Garbled::Missing(name))
    }
}
