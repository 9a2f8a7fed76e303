use super::*;
use crate::ingest::json::Arrival;
use weather::station::SensorName;
use weather::time::Timestamp;

const NOW: Timestamp = Timestamp(1_795_356_060_000);

fn sensor(name: &str) -> SensorName {
    SensorName::new(name).expect("a name")
}

fn arrival(known: &[&str]) -> Arrival {
    let zone = weather::zone::Zone::inside("Europe/Berlin").expect("a zone");
    Arrival { zone, sensors: known.iter().map(|name| sensor(name)).collect(), ..NOW.into() }
}

/// The values of a message by their names, and its time, if it is not that of arrival.
fn values(shape: &Shape, topic: &str, payload: &str, of: &str) -> (Vec<(String, f64)>, Option<i64>) {
    values_at(shape, topic, payload, of, &[])
}

fn values_at(shape: &Shape, topic: &str, payload: &str, of: &str, known: &[&str]) -> (Vec<(String, f64)>, Option<i64>) {
    let parsed = read(shape, topic, payload.as_bytes(), &arrival(known), &sensor(of)).expect(payload);
    let report = parsed.reports.first();
    let values = report.into_iter().flat_map(|report| report.sensors());
    let values = values.flat_map(|(sensor, values)| values.iter().map(|(q, value)| (sensor.key(q), value)));
    let time = report.filter(|report| !report.is_timed_by_arrival()).map(|report| report.observed_at().0);
    (values.collect(), time)
}

fn named(values: &[(&str, f64)]) -> Vec<(String, f64)> {
    values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

fn value(text: &str) -> Value {
    Value::new(text).expect(text)
}

#[test]
fn tasmotas_telemetry_is_of_its_devices_sensor() {
    let sent = r#"{"Time":"2026-11-22T15:00:00","SHTC3":{"Temperature":12.1,"Humidity":59.8,"DewPoint":4.5},
        "DS18B20-2":{"Id":"01","Temperature":7.5},"VL53L0X":{"Distance":null},"ESP32":{"Temperature":33.4},"TempUnit":"C"}"#;
    let at = Some(1_795_356_000_000);
    let expected = [("temperature", 12.1), ("humidity", 59.8), ("dew_point", 4.5), ("ds18b20-2/temperature", 7.5)];
    assert_eq!(values(&Shape::Tasmota, "tele/roof/SENSOR", sent, ""), (named(&expected), at));
    let expected = [
        ("roof/temperature", 12.1),
        ("roof/humidity", 59.8),
        ("roof/dew_point", 4.5),
        ("roof-ds18b20-2/temperature", 7.5),
    ];
    assert_eq!(values(&Shape::Tasmota, "tele/roof/SENSOR", sent, "roof"), (named(&expected), at));
    let one = r#"{"Time":"2026-11-22T15:00:00","AM2301":{"Temperature":7},"TempUnit":"C"}"#;
    let known = ["roof-am2301", "am2301"];
    let (found, _) = values_at(&Shape::Tasmota, "tele/roof/SENSOR", one, "roof", &known);
    assert_eq!(found, named(&[("roof-am2301/temperature", 7.0)]), "it has a name already");
    let (found, _) = values_at(&Shape::Tasmota, "tele/attic/SENSOR", one, "attic", &known);
    assert_eq!(found, named(&[("attic/temperature", 7.0)]), "that of another device is not it");
}

#[test]
fn what_a_device_says_of_itself_is_no_reading_and_no_error() {
    let map = Shape::Map(Map::new([("a".to_owned(), value("temperature"))], None));
    for (shape, topic, payload) in [
        (&Shape::Tasmota, "tele/roof/LWT", "Offline"),
        (&Shape::Tasmota, "tele/roof/LWT", "Online"),
        (&Shape::Tasmota, "tele/roof/STATE", r#"{"Time":"2026-11-22T15:00:00","Uptime":"1T02:03:04","Vcc":3.1}"#),
        (&Shape::Tasmota, "stat/roof/RESULT", r#"{"POWER":"ON"}"#),
        (&Shape::Zigbee2Mqtt, "zigbee2mqtt/roof/availability", r#"{"state":"offline"}"#),
        (&Shape::Zigbee2Mqtt, "zigbee2mqtt/roof/availability", "online"),
        (&Shape::Zigbee2Mqtt, "zigbee2mqtt/roof/set", r#"{"temperature":5}"#),
        (&Shape::Zigbee2Mqtt, "zigbee2mqtt/bridge/info", r#"{"temperature":5}"#),
        (&Shape::Zigbee2Mqtt, "zigbee2mqtt/roof", ""),
        (&Shape::Json, "garden", "offline"),
        (&Shape::Json, "garden", r#"{ "state" : "Offline" }"#),
        (&map, "garden", " \n"),
        (&map, "garden", r#""lost""#),
        (&Shape::Number(value("temperature")), "garden", "OFFLINE"),
    ] {
        let parsed = read(shape, topic, payload.as_bytes(), &arrival(&[]), &sensor("")).expect(payload);
        assert_eq!((parsed.reports.len(), parsed.known, parsed.warnings.len()), (0, 0, 0), "{topic} {payload}");
    }
    let state_and_more = r#"{"state":"ON","temperature":21.5}"#;
    let (found, _) = values(&Shape::Zigbee2Mqtt, "zigbee2mqtt/plug", state_and_more, "");
    assert_eq!(found, named(&[("temperature", 21.5)]));
}

#[test]
fn zigbee2mqtt_is_read_with_its_units_and_its_time() {
    let topic = "zigbee2mqtt/kitchen";
    let sent = r#"{"battery":97,"humidity":40.12,"linkquality":120,"pressure":988.4,"temperature":21.34,"voltage":2985,
        "last_seen":"2026-11-22T15:00:00+01:00","update":{"state":"idle"},"temperature_unit":"fahrenheit"}"#;
    let expected = [
        ("kitchen/temperature", 21.34),
        ("kitchen/humidity", 40.12),
        ("kitchen/station_pressure", 988.4),
        ("kitchen/battery_voltage", 2.985),
        ("kitchen/battery_level", 97.0),
    ];
    assert_eq!(values(&Shape::Zigbee2Mqtt, topic, sent, "kitchen"), (named(&expected), Some(1_795_356_000_000)));
    for (sent, expected, at) in [
        (r#"{"temperature":7,"last_seen":1795356000123}"#, &[("temperature", 7.0)][..], Some(1_795_356_000_123)),
        (r#"{"temperature":7,"last_seen":null}"#, &[("temperature", 7.0)], None),
        (r#"{"temperature":null,"humidity":NaN,"soil_moisture":31}"#, &[("soil_moisture", 31.0)], None),
        (r#"{"voltage":231,"power":12.5,"temperature":30}"#, &[("temperature", 30.0)], None),
        (r#"{"occupancy":true,"illuminance":300}"#, &[], None),
    ] {
        assert_eq!(values(&Shape::Zigbee2Mqtt, topic, sent, ""), (named(expected), at), "{sent}");
    }
    for wrong in ["[1]", "21.5", r#"{"temperature":1"#, r#"{"temperature":1,"last_seen":"yesterday"}"#] {
        let read = read(&Shape::Zigbee2Mqtt, topic, wrong.as_bytes(), &arrival(&[]), &sensor(""));
        assert!(read.is_err(), "{wrong}");
    }
}

#[test]
fn a_map_finds_values_wherever_they_stand() {
    let map = |time| {
        let rows = [
            ("env.temp", "temperature °F"),
            ("list.1", "indoor/humidity"),
            ("/a.b/c", "wind_speed km/h"),
            ("batt", "battery_voltage mV"),
            ("gone", "co2"),
        ];
        Shape::Map(Map::new(rows.map(|(path, text)| (path.to_owned(), value(text))), time))
    };
    let sent = r#"{"env":{"temp":"70.7"},"list":[0,48],"a.b":{"c":36},"batt":3712,"t":1795356000}"#;
    let expected = [
        ("pole/temperature", 21.5),
        ("pole/wind_speed", 10.0),
        ("pole/battery_voltage", 3.712),
        ("pole-indoor/humidity", 48.0),
    ];
    assert_eq!(values(&map(Some("t")), "garden/pole", sent, "pole"), (named(&expected), Some(1_795_356_000_000)));
    assert_eq!(
        values(&map(None), "garden/pole", r#"{"env":{"temp":50}}"#, ""),
        (named(&[("temperature", 10.0)]), None)
    );
    assert_eq!(values(&map(Some("t")), "x", r#"{"env":{"temp":50},"t":null}"#, "").1, None);
    assert_eq!(values(&map(Some("t")), "x", r#"{"env":{"temp":NaN},"batt":1000}"#, "").0.len(), 1);
    for wrong in ["", "{", r#"{"env":{"temp":1},"t":"yesterday"}"#, r#"{"env":{"temp":1},"t":"2026-11-22T15:00:00"}"#] {
        let read = map(Some("t"));
        let Shape::Map(map) = &read else { unreachable!() };
        assert!(map.read(wrong.as_bytes(), &arrival(&[])).is_err(), "{wrong}");
    }
}

#[test]
fn a_bare_number_is_the_value_that_its_owner_says() {
    for (text, sent, expected) in [
        ("temperature", "21.5", &[("temperature", 21.5)][..]),
        ("temperature_f", " 70.7\n", &[("temperature", 21.5)]),
        ("temperature °F", "\"70.7\"", &[("temperature", 21.5)]),
        ("indoor/humidity %", "48", &[("indoor/humidity", 48.0)]),
        ("precipitation_rate in/h", "1", &[("precipitation_rate", 25.4)]),
        ("outTemp_F", "70.7", &[("temperature", 21.5)]),
        ("temperature", "nan", &[]),
        ("temperature", "unavailable", &[]),
        ("temperature", "warm", &[]),
        ("temperature", "-127", &[]),
    ] {
        let found = values(&Shape::Number(value(text)), "garden/x", sent, "");
        assert_eq!(found, (named(expected), None), "{text} {sent}");
    }
}

#[test]
fn what_is_no_value_is_named() {
    for (text, why) in [
        ("temprature", "\"temprature\" is no quantity"),
        ("", "\"\" is no quantity"),
        ("pressure", "send station_pressure or sea_level_pressure"),
        ("temperature mph", "\"mph\" is no unit of temperature"),
        ("temperature K", "\"K\" is no unit of temperature"),
        ("temperature_f °C", "\"°C\" is no unit of temperature"),
        ("outTemp", "its unit is not said"),
        ("In Door/temperature", "\"In\" is no quantity"),
        ("Indoor/temperature", "is not a sensor name"),
    ] {
        let error = Value::new(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}
