//! What no parser may do, whatever comes: a target for bolero for each, with random changes of its example.

use super::*;
use bolero::TypeGenerator;
use weather::report::Report;
use weather::station::SensorName;

/// Cases of each parser, by default and with `FULL_LENGTH` set.
const CASES: [usize; 2] = [2_000, 1_000_000];
/// Most changes of an example.
const CHANGES_MAX: usize = 6;
/// Most memory that a parser may hold at a time, bytes: the largest upload of a console. Examples are far smaller.
const HELD_MAX_BYTES: u64 = 16 * 1_024;
/// The time of arrival.
const NOW: Timestamp = Timestamp(1_795_356_060_000);

/// Pieces that parsers look for, and that senders put where nobody expects them.
const PIECES: [&str; 40] = [
    "=",
    "&",
    ",",
    " ",
    "\n",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    "/",
    "%",
    "%2B",
    "%FF",
    "+",
    "-",
    ".",
    "e",
    "i",
    "u",
    "t",
    "NaN",
    "nan",
    "null",
    "true",
    "-9999",
    "1e400",
    "999999999999999999999",
    "0",
    "85.0",
    "temperature",
    "humidity",
    "observed_at",
    "time",
    "dateutc=now",
    "baromin=29.9",
    "\u{0}",
    "é",
];

/// A change of an upload. Numbers are places, taken modulo the length.
#[derive(Debug, TypeGenerator)]
enum Change {
    /// Another byte.
    Byte(u16, u8),
    /// Some bytes are left out.
    Cut(u16, u8),
    /// Some bytes come again elsewhere.
    Again(u16, u8, u16),
    /// A piece in the place of some bytes.
    Replace(u16, u8, u8),
    /// A piece more.
    Insert(u16, u8),
}

/// An example with its changes.
fn changed(example: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = example.as_bytes().to_vec();
    for change in changes {
        let place = |at: u16| usize::from(at) % (bytes.len() + 1);
        let range = |at: u16, length: u8| place(at)..(place(at) + usize::from(length % 12)).min(bytes.len());
        let piece = |number: u8| PIECES[usize::from(number) % PIECES.len()].bytes();
        match *change {
            Change::Byte(at, byte) if place(at) < bytes.len() => {
                let at = place(at);
                bytes[at] = byte;
            }
            Change::Byte(..) => {}
            Change::Cut(at, length) => drop(bytes.drain(range(at, length))),
            Change::Again(at, length, to) => {
                let (part, to) = (bytes[range(at, length)].to_vec(), place(to));
                bytes.splice(to..to, part);
            }
            Change::Replace(at, length, number) => drop(bytes.splice(range(at, length), piece(number))),
            Change::Insert(at, number) => drop(bytes.splice(place(at)..place(at), piece(number))),
        }
    }
    bytes
}

type Parse = fn(&[u8], Timestamp) -> Result<Parsed, String>;

fn published(shape: &messages::Shape, topic: &str, sent: &[u8], received: Timestamp) -> Result<Parsed, String> {
    messages::read(shape, topic, sent, &received.into(), &SensorName::main())
}

/// All parsers: those of uploads, and those of what devices publish or broadcast.
fn parsers() -> Vec<(&'static str, &'static str, Parse)> {
    let mut parsers: Vec<(&str, &str, Parse)> =
        FORMATS.iter().map(|format| (format.name, format.example, format.parse)).collect();
    parsers.extend([
        (
            "Tasmota",
            r#"{"Time":"2026-11-22T14:00:00","SHTC3":{"Temperature":12.1,"Humidity":59.8},"TempUnit":"C"}"#,
            (|sent, now| published(&messages::Shape::Tasmota, "tele/x/SENSOR", sent, now)) as Parse,
        ),
        (
            "zigbee2mqtt",
            r#"{"battery":97,"humidity":40.1,"temperature":21.3,"voltage":2985,"last_seen":1795356000000}"#,
            |sent, now| published(&messages::Shape::Zigbee2Mqtt, "zigbee2mqtt/x", sent, now),
        ),
        ("a map", r#"{"env":{"temp":70.7},"list":[48,"12"],"at":1795356000}"#, |sent, now| {
            let rows = [("env.temp", "temperature °F"), ("list.0", "indoor/humidity"), ("/list/1", "wind_speed km/h")];
            let rows = rows.map(|(path, text)| (path.to_owned(), messages::Value::new(text).expect(text)));
            published(&messages::Shape::Map(messages::Map::new(rows, Some("at"))), "x", sent, now)
        }),
        ("a number", "21.5", |sent, now| {
            let value = messages::Value::new("temperature").expect("a value");
            published(&messages::Shape::Number(value), "x", sent, now)
        }),
        (
            "WeatherFlow",
            r#"{"serial_number":"ST-00055227","type":"obs_st","hub_sn":"HB-00069665","obs":[[1795356000,0,0.13,0.89,308,3,1012.51,-6.01,81.98,6983,0.08,58,0.2,1,5,2,2.8,1]],"firmware_revision":165}"#,
            tempest::parse_one,
        ),
    ]);
    parsers
}

/// The same report as our own JSON.
fn as_json(report: &Report) -> String {
    let mut fields = serde_json::Map::from_iter([("observed_at".to_owned(), report.observed_at().0.into())]);
    for (sensor, values) in report.sensors() {
        fields.extend(values.iter().map(|(quantity, value)| (sensor.key(quantity), value.into())));
    }
    serde_json::Value::Object(fields).to_string()
}

/// What a parser accepts is the same report as JSON; how many reports that were.
fn accepts(name: &str, parse: Parse, sent: &[u8]) -> usize {
    let mut parsed = None;
    let held = allocation_counter::measure(|| parsed = Some(parse(sent, NOW))).bytes_max;
    let why = || format!("{name}: {:?}", String::from_utf8_lossy(sent));
    assert!(held <= HELD_MAX_BYTES, "{} bytes for {}", held, why());
    let Some(Ok(parsed)) = parsed else { return 0 };
    for report in &parsed.reports {
        let json = as_json(report);
        let again = json::parse_one(json.as_bytes(), NOW).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert!(again.reports.len() == 1 && again.warnings.is_empty(), "{} was {json}: {:?}", why(), again.warnings);
        assert_eq!(again.reports[0].observed_at(), report.observed_at(), "{} was {json}", why());
        assert_eq!(again.reports[0].sensors(), report.sensors(), "{} was {json}", why());
    }
    parsed.reports.len()
}

fn holds(name: &str) {
    let (name, example, parse) = parsers().into_iter().find(|(known, ..)| *known == name).expect("a parser");
    let cases = CASES[usize::from(std::env::var_os("FULL_LENGTH").is_some())];
    // bolero wants a function that can be left by a panic.
    let accepted = std::sync::atomic::AtomicUsize::new(0);
    let changes = bolero::generator::produce::<Vec<Change>>().with().len(1..CHANGES_MAX);
    bolero::check!().with_iterations(cases).with_generator(changes).for_each(|changes| {
        let reports = accepts(name, parse, &changed(example, changes));
        accepted.fetch_add(reports, std::sync::atomic::Ordering::Relaxed);
    });
    let accepted = accepted.into_inner();
    assert!(accepted > cases / 40, "{name}: {accepted} of {cases} were accepted");
}

/// A target for each parser.
macro_rules! targets {
    ($($target:ident: $name:literal,)*) => {
        $(
            #[test]
            fn $target() {
                holds($name);
            }
        )*

        #[test]
        fn every_parser_is_a_target() {
            let targets = [$($name),*];
            let names: Vec<_> = parsers().iter().map(|(name, ..)| *name).collect();
            assert_eq!(targets[..], names[..]);
        }
    };
}

targets! {
    json: "JSON",
    weather_underground: "Weather Underground",
    ecowitt: "Ecowitt and Ambient",
    wow: "WOW",
    line_protocol: "InfluxDB line protocol",
    tasmota: "Tasmota",
    zigbee2mqtt: "zigbee2mqtt",
    a_map: "a map",
    a_number: "a number",
    weatherflow: "WeatherFlow",
}
