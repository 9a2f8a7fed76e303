//! What the hub of a WeatherFlow Tempest broadcasts (weatherflow.github.io/Tempest/api/udp/v171): one JSON object a datagram,
//! whose values stand at fixed places of a list. Pure.
//!
//! Rain and strokes of lightning are those of the past interval. They become counters here, because counters are what can be
//! stored twice without harm.

use super::json::Arrival;
use super::json::names::{Measure, Named};
use super::json::reading::Reading;
use super::trail::Trail;
use crate::inbox::Understood;
use serde::Deserialize;
use serde_json::Value;
use weather::day;
use weather::quantity::Quantity::{self, *};
use weather::report::{Finished, Parsed};
use weather::station::SensorName;
use weather::time::Timestamp;
use weather::units::Unit;

/// Longest serial number, in bytes.
const SERIAL_MAX_BYTES: usize = 32;

/// A datagram as it is sent.
#[derive(Deserialize)]
struct Sent {
    serial_number: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    obs: Vec<Vec<Value>>,
    #[serde(default)]
    ob: Vec<Value>,
    #[serde(default)]
    evt: Vec<Value>,
}

/// A datagram that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Broadcast {
    /// The device's serial number: `ST-00000512`.
    pub serial: String,
    /// What it has observed; nothing, if it tells of itself.
    pub observations: Vec<Observation>,
}

/// What a device has observed at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When.
    pub at: Timestamp,
    /// True for the wind of this moment, which comes every three seconds.
    pub is_rapid: bool,
    /// As raw JSON.
    values: Vec<(&'static str, Quantity, String)>,
    /// Rain of the past interval, mm.
    pub rain_mm: Option<f64>,
    /// Strokes of lightning in the past interval.
    pub strokes: Option<f64>,
}

/// Counters of a device, as far as they are known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// All rain so far, mm, and when it was counted.
    pub rain_mm: Option<(Timestamp, f64)>,
    /// Strokes of lightning since midnight, and when they were counted.
    pub strokes: Option<(Timestamp, f64)>,
}

/// A value's place in a list, its name there, and what it is. All are in our units.
type Place = (usize, &'static str, Quantity);

/// A row of the table of messages.
struct Message {
    kind: &'static str,
    places: &'static [Place],
    rain: Option<usize>,
    strokes: Option<usize>,
}

/// The messages that hold weather. The time stands first in each.
const MESSAGES: [Message; 5] = [
    Message {
        kind: "obs_st",
        places: &[
            (2, "wind_avg", WindSpeed),
            (3, "wind_gust", WindGust),
            (4, "wind_direction", WindDirection),
            (6, "station_pressure", StationPressure),
            (7, "air_temperature", Temperature),
            (8, "relative_humidity", Humidity),
            (10, "uv", UvIndex),
            (11, "solar_radiation", SolarRadiation),
            (16, "battery", BatteryVoltage),
        ],
        rain: Some(12),
        strokes: Some(15),
    },
    Message {
        kind: "obs_air",
        places: &[
            (1, "station_pressure", StationPressure),
            (2, "air_temperature", Temperature),
            (3, "relative_humidity", Humidity),
            (6, "battery", BatteryVoltage),
        ],
        rain: None,
        strokes: Some(4),
    },
    Message {
        kind: "obs_sky",
        places: &[
            (2, "uv", UvIndex),
            (5, "wind_avg", WindSpeed),
            (6, "wind_gust", WindGust),
            (7, "wind_direction", WindDirection),
            (8, "battery", BatteryVoltage),
            (10, "solar_radiation", SolarRadiation),
        ],
        rain: Some(3),
        strokes: None,
    },
    Message {
        kind: RAPID_WIND,
        places: &[(1, "wind_speed", WindSpeed), (2, "wind_direction", WindDirection)],
        rain: None,
        strokes: None,
    },
    Message { kind: "evt_strike", places: &[(1, "distance", LightningDistance)], rain: None, strokes: None },
];
const RAPID_WIND: &str = "rapid_wind";

/// Reads a datagram. Messages that hold no weather have no observations: a device's state, a hub's, the first drop of rain.
///
/// # Errors
/// The reason.
pub fn parse(datagram: &[u8]) -> Result<Broadcast, String> {
    let sent: Sent = serde_json::from_slice(datagram).map_err(|error| error.to_string())?;
    let serial = sent.serial_number.unwrap_or_default();
    let fits = (4..=SERIAL_MAX_BYTES).contains(&serial.len())
        && serial.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !fits {
        return Err("there is no serial_number".to_owned());
    }
    let Some(message) = MESSAGES.iter().find(|message| message.kind == sent.kind) else {
        return Ok(Broadcast { serial, observations: Vec::new() });
    };
    let lists = match message.kind {
        RAPID_WIND => vec![sent.ob],
        "evt_strike" => vec![sent.evt],
        _ => sent.obs,
    };
    let observations = lists.iter().map(|list| observation(message, list)).collect::<Result<_, _>>()?;
    Ok(Broadcast { serial, observations })
}

fn observation(message: &Message, list: &[Value]) -> Result<Observation, String> {
    let at = |place: usize| list.get(place).and_then(Value::as_f64);
    let seconds = at(0).filter(|seconds| (0.0..1e11).contains(seconds)).ok_or("there is no time in it")?;
    let sent = |place: usize| list.get(place).filter(|value| !value.is_null()).map(Value::to_string);
    let value = |(place, name, quantity): &Place| Some((*name, *quantity, sent(*place)?));
    let amount = |place: Option<usize>| place.and_then(at).filter(|amount| *amount >= 0.0);
    Ok(Observation {
        at: Timestamp((seconds * 1_000.0).round() as i64),
        is_rapid: message.kind == RAPID_WIND,
        values: message.places.iter().filter_map(value).collect(),
        rain_mm: amount(message.rain),
        strokes: amount(message.strokes),
    })
}

impl Observation {
    /// Whether its counters depend on those before.
    pub fn counts(&self) -> bool {
        self.rain_mm.is_some() || self.strokes.is_some()
    }

    /// The same without what its counters would count.
    pub fn uncounted(self) -> Self {
        Self { rain_mm: None, strokes: None, ..self }
    }

    /// The report of it, which arrived so. `battery` is the sensor that the battery belongs to.
    ///
    /// An observation that is not newer than the totals adds nothing to them: hubs
    /// broadcast over several networks, and one datagram may come twice.
    pub fn report(&self, arrival: &Arrival, sensor: &SensorName, battery: &SensorName, totals: Totals) -> Finished {
        let mut reading = Reading::new(arrival);
        let date = |at: Timestamp| day::date_at(&arrival.zone, at);
        let is_new = |at: Timestamp| self.at > at;
        let rain = self.rain_mm.and_then(|mm| match totals.rain_mm {
            Some((at, total)) => is_new(at).then_some(total + mm),
            None => Some(mm),
        });
        let strokes = self.strokes.and_then(|strokes| match totals.strokes {
            Some((at, _)) if !is_new(at) => None,
            Some((at, total)) if date(at) == date(self.at) => Some(total + strokes),
            _ => Some(strokes),
        });
        let counted = [("rain", PrecipitationTotal, rain), ("lightning_strike_count", LightningCount, strokes)];
        let counted = counted.into_iter().filter_map(|(name, quantity, value)| Some((name, quantity, number(value?))));
        for (name, quantity, sent) in self.values.iter().cloned().chain(counted) {
            let unit: Unit = quantity.unit();
            let named = Named { sensor: String::new(), quantity, unit: Measure::Named(unit, 1.0) };
            let sensor = if quantity == BatteryVoltage { battery } else { sensor };
            // It stops only where units disagree.
            let _ = reading.take(sensor, &named, name, &sent);
        }
        reading.finish(Some(self.at))
    }
}

/// What a datagram means, for the owner who looks. `totals`: what the sensor had counted before each observation.
pub fn understood(
    datagram: &[u8],
    arrival: &Arrival,
    sensor: &SensorName,
    battery: &SensorName,
    totals: &[Totals],
) -> Understood {
    let trail = Trail::default();
    let arrival = Arrival { trail: Some(trail.clone()), ..arrival.clone() };
    let read = parse(datagram).map(|broadcast| {
        let mut parsed = Parsed::default();
        for (place, observation) in broadcast.observations.iter().enumerate() {
            let before = totals.get(place).copied().unwrap_or_default();
            parsed.add(observation.report(&arrival, sensor, battery, before), None);
        }
        parsed
    });
    trail.understood(read)
}

/// A sum of tenths, without the noise of adding them.
fn number(value: f64) -> String {
    ((value * 1e6).round() / 1e6).to_string()
}

/// Reads a datagram of one report that arrived at `received`, of a device that has counted nothing before.
///
/// # Errors
/// As [`parse`], and without an observation.
pub fn parse_one(datagram: &[u8], received: Timestamp) -> Result<Parsed, String> {
    let broadcast = parse(datagram)?;
    let (mut parsed, main) = (Parsed::default(), SensorName::main());
    for observation in broadcast.observations.iter().take(1) {
        parsed.add(observation.report(&received.into(), &main, &main, Totals::default()), None);
    }
    if parsed.known == 0 { Err("there is no weather in it".to_owned()) } else { Ok(parsed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 14:00 UTC.
    const AT: i64 = 1_795_356_000;

    fn arrival() -> Arrival {
        Arrival {
            zone: weather::zone::Zone::inside("Europe/Berlin").expect("a zone"),
            ..Timestamp(AT * 1_000 + 500).into()
        }
    }

    fn one(datagram: &str) -> Observation {
        let mut observations = parse(datagram.as_bytes()).expect(datagram).observations;
        assert_eq!(observations.len(), 1, "{datagram}");
        observations.remove(0)
    }

    fn values(observation: &Observation, totals: Totals) -> Vec<(&'static str, f64)> {
        let finished = observation.report(&arrival(), &SensorName::main(), &SensorName::main(), totals);
        let report = finished.report.expect("a report");
        report.sensors()[&SensorName::main()].iter().map(|(quantity, value)| (quantity.name(), value)).collect()
    }

    #[test]
    fn each_message_is_read_with_its_places() {
        let tempest = format!(
            r#"{{"serial_number":"ST-00055227","type":"obs_st","hub_sn":"HB-00069665","obs":[[{AT},0,0.13,0.89,308,3,1012.51,
            -6.01,81.98,6983,0.08,58,0.2,1,5,2,2.8,1]],"firmware_revision":165}}"#
        );
        assert_eq!(parse(tempest.as_bytes()).expect("one").serial, "ST-00055227");
        let expected = [
            ("temperature", -6.01),
            ("humidity", 81.98),
            ("station_pressure", 1012.51),
            ("wind_speed", 0.13),
            ("wind_gust", 0.89),
            ("wind_direction", 308.0),
            ("precipitation_total", 0.2),
            ("solar_radiation", 58.0),
            ("uv_index", 0.08),
            ("battery_voltage", 2.8),
            ("lightning_count", 2.0),
        ];
        let mut found = values(&one(&tempest), Totals::default());
        found.sort_by_key(|(name, _)| expected.iter().position(|(known, _)| known == name));
        assert_eq!(found, expected);
        for (datagram, expected) in [
            (
                format!(
                    r#"{{"serial_number":"AR-00004049","type":"obs_air","hub_sn":"HB-1","obs":[[{AT},835.0,10.0,45,0,0,3.46,1]]}}"#
                ),
                &[
                    ("temperature", 10.0),
                    ("humidity", 45.0),
                    ("station_pressure", 835.0),
                    ("battery_voltage", 3.46),
                    ("lightning_count", 0.0),
                ][..],
            ),
            (
                format!(
                    r#"{{"serial_number":"SK-00008453","type":"obs_sky","hub_sn":"HB-1","obs":[[{AT},9000,10,0.0,2.6,4.6,7.4,187,3.12,1,130,null,0,3]]}}"#
                ),
                &[
                    ("wind_speed", 4.6),
                    ("wind_gust", 7.4),
                    ("wind_direction", 187.0),
                    ("precipitation_total", 0.0),
                    ("solar_radiation", 130.0),
                    ("uv_index", 10.0),
                    ("battery_voltage", 3.12),
                ],
            ),
            (
                format!(r#"{{"serial_number":"ST-00055227","type":"rapid_wind","hub_sn":"HB-1","ob":[{AT},2.3,128]}}"#),
                &[("wind_speed", 2.3), ("wind_direction", 128.0)],
            ),
            (
                format!(
                    r#"{{"serial_number":"ST-00055227","type":"evt_strike","hub_sn":"HB-1","evt":[{AT},27,3848]}}"#
                ),
                &[("lightning_distance", 27.0)],
            ),
        ] {
            let observation = one(&datagram);
            assert_eq!(observation.at, Timestamp(AT * 1_000));
            let mut found = values(&observation, Totals::default());
            found.sort_by_key(|(name, _)| expected.iter().position(|(known, _)| known == name));
            assert_eq!(found, expected, "{datagram}");
        }
    }

    #[test]
    fn what_is_no_weather_is_understood_and_what_is_nothing_is_refused() {
        for datagram in [
            r#"{"serial_number":"ST-00000512","type":"device_status","hub_sn":"HB-1","timestamp":1,"voltage":2.8,"rssi":-50}"#,
            r#"{"serial_number":"HB-00013030","type":"hub_status","firmware_revision":"35","radio_stats":[2,1,0,3,2839],"seq":48}"#,
            r#"{"serial_number":"SK-00008453","type":"evt_precip","hub_sn":"HB-1","evt":[1795356000]}"#,
        ] {
            assert_eq!(parse(datagram.as_bytes()).expect(datagram).observations, [], "{datagram}");
        }
        for datagram in [
            "",
            "hello",
            "[]",
            r#"{"type":"obs_st","obs":[[1795356000,0]]}"#,
            r#"{"serial_number":"ST 1 2","type":"obs_st","obs":[]}"#,
            r#"{"serial_number":"ST-00000512","type":"obs_st","obs":[[null,0,1]]}"#,
            r#"{"serial_number":"ST-00000512","type":"obs_st","obs":[[]]}"#,
            r#"{"serial_number":"ST-00000512","type":"obs_st","obs":[["x"]]}"#,
        ] {
            assert!(parse(datagram.as_bytes()).is_err(), "{datagram}");
        }
    }

    #[test]
    fn a_value_that_is_null_is_missing() {
        let obs = format!("[{AT},null,null,null,null,null,1012.5,null,null,null,null,null,null,null,null,null,null,1]");
        let datagram = format!(r#"{{"serial_number":"ST-00055227","type":"obs_st","obs":[{obs}]}}"#);
        assert_eq!(values(&one(&datagram), Totals::default()), [("station_pressure", 1012.5)]);
    }

    #[test]
    fn amounts_of_a_minute_become_counters_and_none_counts_twice() {
        let observation = |at: i64, rain: f64, strokes: u32| {
            let obs = format!("[{at},0,1,2,90,3,1000,5,80,0,0,0,{rain},1,0,{strokes},2.6,1]");
            one(&format!(r#"{{"serial_number":"ST-00055227","type":"obs_st","obs":[{obs}]}}"#))
        };
        let count = |observation: &Observation, totals: Totals| {
            let found = values(observation, totals);
            let of = |name: &str| found.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            (of("precipitation_total"), of("lightning_count"))
        };
        let before = |at: i64, rain: f64, strokes: f64| {
            let at = Timestamp(at * 1_000);
            Totals { rain_mm: Some((at, rain)), strokes: Some((at, strokes)) }
        };
        let rainy = observation(AT, 0.1, 3);
        assert_eq!(count(&rainy, Totals::default()), (Some(0.1), Some(3.0)));
        assert_eq!(count(&rainy, before(AT - 60, 0.2, 4.0)), (Some(0.3), Some(7.0)));
        assert_eq!(count(&rainy, before(AT, 0.2, 4.0)), (None, None), "it came twice");
        assert_eq!(count(&rainy, before(AT + 60, 0.2, 4.0)), (None, None), "it is late");
        let yesterday = before(AT - 86_400, 0.2, 4.0);
        assert_eq!(count(&rainy, yesterday), (Some(0.3), Some(3.0)), "strokes are counted from midnight");
    }
}
