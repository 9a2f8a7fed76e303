//! What programs and devices really send.

use super::*;
use weather::zone::Zone;

/// All values of a body's only report, canonical, rounded: `indoor/temperature 21.5`.
fn holds(body: &str) -> Vec<String> {
    let parsed = json(body).expect(body);
    assert_eq!(parsed.reports.len(), 1, "{parsed:?}");
    values(&parsed.reports[0])
}

fn values(report: &Report) -> Vec<String> {
    let all = report.sensors().iter().flat_map(|(sensor, values)| values.iter().map(|(q, v)| (sensor.key(q), v)));
    all.map(|(key, value)| format!("{key} {}", (value * 100.0).round() / 100.0)).collect()
}

fn at_berlin(body: &str, received: i64, sensors: &[&str]) -> Parsed {
    let sensors = sensors.iter().map(|name| SensorName::new(name).expect("a name")).collect();
    let arrival =
        Arrival { zone: Zone::inside("Europe/Berlin").expect("a zone"), sensors, ..Timestamp(received).into() };
    parse(body.as_bytes(), Format::Json, &arrival, 3).expect(body)
}

#[test]
fn names_are_read_in_any_case() {
    let body = r#"{"TEMPERATURE": 21.5, "Humidity": 40, "Wind_Speed_KMH": 36, "Dewpoint": 7, "Temp_F": 70.7}"#;
    assert_eq!(holds(body), ["temperature 21.5", "humidity 40", "dew_point 7", "wind_speed 10"]);
    assert_eq!(holds(r#"{"indoor/Temperature": 20}"#), ["indoor/temperature 20"]);
}

#[test]
fn the_time_of_rtl_433_is_local_unless_it_says_an_offset() {
    let at = |time: &str| {
        let body = format!(r#"{{"time": "{time}", "model": "Acurite-Tower", "id": 12345, "temperature_C": 21.3}}"#);
        at_berlin(&body, NOW.0, &[]).reports.remove(0).observed_at().rfc3339()
    };
    assert_eq!(at("2027-01-15 08:59:00"), "2027-01-15T07:59:00.000Z");
    assert_eq!(at("2027-01-15T08:59:00.123456"), "2027-01-15T07:59:00.123Z");
    assert_eq!(at("2027-01-15T07:30:00+0000"), "2027-01-15T07:30:00.000Z");
    assert!(json(r#"{"time": "2027-01-15 08:59:00", "temperature": 5}"#).is_err(), "nobody knows whose clock that is");
}

#[test]
fn each_sensor_that_rtl_433_hears_is_a_sensor_of_its_own() {
    let parsed = json(
        r#"[{"time": "2027-01-15T08:59:00+0100", "model": "Acurite-Tower", "id": 12345, "channel": "A", "battery_ok": 1,
             "temperature_C": 21.3, "humidity": 55, "mic": "CHECKSUM", "mod": "ASK", "freq": 433.938, "rssi": -0.1, "snr": 25.1,
             "noise": -25.2},
            {"time": 1799999940, "brand": "OS", "model": "Oregon-THGR122N", "id": 12345, "channel": 1, "temperature_F": 50,
             "humidity": 60},
            {"time": "1799999940.5", "model": "Fineoffset-WHx080", "subtype": 0, "id": 77, "temperature_C": 8.1, "humidity": 90,
             "wind_dir_deg": 225, "wind_avg_km_h": 36, "wind_max_km_h": 72, "rain_mm": 117.3, "light_lux": 1000, "uv": 3}]"#,
    );
    let parsed = parsed.expect("good");
    let all: Vec<_> = parsed.reports.iter().map(values).collect();
    assert_eq!(
        all[0],
        [
            "acurite-tower-a-12345/temperature 21.3",
            "acurite-tower-a-12345/humidity 55",
            "acurite-tower-a-12345/battery_low 0"
        ]
    );
    assert_eq!(all[1], ["oregon-thgr122n-1-12345/temperature 10", "oregon-thgr122n-1-12345/humidity 60"]);
    assert_eq!(all[2].len(), 6, "{:?}", all[2]);
    for value in ["wind_gust 20", "precipitation_total 117.3"] {
        assert!(all[2].contains(&format!("fineoffset-whx080-77/{value}")), "{:?}", all[2]);
    }
    let warned: Vec<_> = parsed.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert!(warned.contains(&"[2].light_lux") && warned.contains(&"[2].uv"), "{warned:?}");
    assert!(parsed.warnings.iter().all(|warning| warning.field.starts_with("[2]")), "{:?}", parsed.warnings);
    for (unit, ms) in [("m_s", 10.0), ("mi_h", 4.47), ("km_h", 2.78)] {
        assert_eq!(holds(&format!("{{\"wind_avg_{unit}\": 10}}")), [format!("wind_speed {ms}")]);
    }
    assert_eq!(holds(r#"{"pressure_hPa": 990, "moisture": 30, "battery_mV": 1450}"#).len(), 3);
    for (sent, low) in [("0", 1), ("1", 0), ("false", 1), ("true", 0)] {
        assert_eq!(holds(&format!("{{\"battery_ok\": {sent}}}")), [format!("battery_low {low}")]);
    }
}

#[test]
fn a_name_that_means_two_things_is_not_guessed() {
    let parsed = json(r#"{"temperature": 1, "pressure": 1013, "rain": 2, "uv": 3, "battery": 90, "illuminance": 10}"#);
    let parsed = parsed.expect("good");
    assert_eq!(values(&parsed.reports[0]), ["temperature 1"]);
    let reasons: Vec<_> = parsed.warnings.iter().map(|warning| warning.reason.as_str()).collect();
    assert_eq!(reasons.len(), 5);
    assert!(reasons[0].contains("station_pressure or sea_level_pressure"), "{reasons:?}");
    assert!(reasons[4].contains("lux is not W/m²"), "{reasons:?}");
    let parsed = json(r#"{"outTemp": 50, "windSpeed": 3, "humidity": 40}"#).expect("good");
    assert_eq!((parsed.refused, values(&parsed.reports[0])), (2, vec!["humidity 40".to_owned()]));
    assert!(parsed.warnings[0].reason.contains("send usUnits, or temperature"), "{:?}", parsed.warnings);
}

#[test]
fn a_weewx_packet_is_read_in_each_of_its_systems_of_units() {
    let packet = |system: &str, temp: f64, pressure: f64, wind: f64, rain: f64| {
        format!(
            "{{\"dateTime\": 1799999940, \"usUnits\": {system}, \"interval\": 5, \"outTemp\": {temp}, \"outHumidity\": 71,
              \"barometer\": {pressure}, \"pressure\": {pressure}, \"windSpeed\": {wind}, \"windGust\": {wind}, \"windDir\": null,
              \"dewpoint\": {temp}, \"dayRain\": {rain}, \"hourRain\": {rain}, \"rainRate\": {rain}, \"rain\": 0, \"UV\": 1.5, \"radiation\": 200,
              \"inTemp\": {temp}, \"inHumidity\": 40, \"extraTemp2\": {temp}, \"windchill\": 1, \"heatindex\": 1}}"
        )
    };
    let expected = [
        "temperature 10",
        "humidity 71",
        "dew_point 10",
        "station_pressure 1000",
        "sea_level_pressure 1000",
        "wind_speed 10",
        "wind_gust 10",
        "precipitation 25.4",
        "precipitation_rate 25.4",
        "precipitation_1h 25.4",
        "solar_radiation 200",
        "uv_index 1.5",
        "extra2/temperature 10",
        "indoor/temperature 10",
        "indoor/humidity 40",
    ];
    for body in [
        packet("1", 50.0, 1000.0 / 33.863_886_7, 10.0 / 0.447_04, 1.0),
        packet("16", 10.0, 1000.0, 36.0, 2.54),
        packet("\"17.0\"", 10.0, 1000.0, 10.0, 25.4),
    ] {
        assert_eq!(holds(&body), expected, "{body}");
        assert_eq!(json(&body).expect("good").reports[0].observed_at(), Timestamp(1_799_999_940_000));
    }
}

#[test]
fn weewx_mqtt_puts_the_unit_behind_the_name() {
    let body = r#"{"dateTime": "1799999940.000", "usUnits": "1.0", "outTemp_F": "50.0", "barometer_mbar": "1000", "outHumidity": "71",
        "windSpeed_kph": "36", "windDir": "None", "dayRain_cm": "1.0", "rainRate_inch_per_hour": "1", "radiation_Wpm2": "5"}"#;
    let expected = [
        "temperature 10",
        "humidity 71",
        "sea_level_pressure 1000",
        "wind_speed 10",
        "precipitation 10",
        "precipitation_rate 25.4",
        "solar_radiation 5",
    ];
    assert_eq!(holds(body), expected);
}

#[test]
fn home_assistant_says_no_value_in_words() {
    let body = r#"{"temperature": "21.5", "humidity": "unavailable", "dew_point": "unknown", "co2": "None", "wind_bearing": 90,
        "temperature_unit": "°C", "wind_gust_speed": 36, "wind_speed_unit": "km/h", "friendly_name": "Garden", "entity_id": "x"}"#;
    assert_eq!(holds(body), ["temperature 21.5", "wind_gust 10", "wind_direction 90"]);
    assert_eq!(json(body).expect("good").warnings.len(), 3);
}

#[test]
fn esphome_sends_texts_numbers_and_null() {
    assert_eq!(holds(r#"{"temperature":"42.0"}"#), ["temperature 42"]);
    assert_eq!(holds(r#"{"temperature":42.0,"humidity":null}"#), ["temperature 42"]);
    assert_eq!(holds(r#"{"temperature":42.0,"humidity":nan}"#), ["temperature 42"]);
}

#[test]
fn a_field_names_the_sensor_of_a_report() {
    assert_eq!(holds(r#"{"sensor": "Green House 2", "temperature": 5, "indoor/humidity": 6}"#).len(), 2);
    assert!(
        holds(r#"{"sensor": "Green House 2", "temperature": 5}"#).contains(&"green-house-2/temperature 5".to_owned())
    );
    assert_eq!(holds(r#"{"sensor": "", "temperature": 5}"#), ["temperature 5"]);
    assert_eq!(holds(r#"{"sensor": null, "temperature": 5}"#), ["temperature 5"]);
}

/// As a device sent it.
const TASMOTA: &str = r#"{"Time":"2024-02-11T23:49:43","SHTC3":{"Temperature":12.1,"Humidity":19.8,"DewPoint":-10.3},"VL53L0X":{"Distance":null},"ESP32":{"Temperature":13.4},"TempUnit":"C"}"#;

#[test]
fn tasmota_tells_local_time_and_its_chip_is_not_the_air() {
    let parsed = at_berlin(TASMOTA, 1_707_691_784_000, &[]);
    assert_eq!(parsed.reports[0].observed_at().rfc3339(), "2024-02-11T22:49:43.000Z");
    assert_eq!(values(&parsed.reports[0]), ["temperature 12.1", "humidity 19.8", "dew_point -10.3"]);
    assert_eq!(told(&parsed), [""; 0]);
    let fahrenheit = TASMOTA.replace("12.1", "50").replace("\"C\"", "\"F\"");
    assert!(values(&at_berlin(&fahrenheit, 1_707_691_784_000, &[]).reports[0]).contains(&"temperature 10".to_owned()));
    let asked = format!("{{\"StatusSNS\":{TASMOTA}}}");
    assert_eq!(values(&at_berlin(&asked, 1_707_691_784_000, &[]).reports[0]).len(), 3);
}

#[test]
fn each_sensor_of_tasmota_is_a_sensor_and_the_first_of_a_kind_is_the_main_one() {
    let body = r#"{"Time":"2024-02-11T23:49:43","DS18B20-1":{"Id":"0316","Temperature":20.0},"DS18B20-2":{"Id":"0317","Temperature":30.0},
        "BME280":{"Temperature":21.0,"Humidity":40,"Pressure":990.1,"SeaPressure":1012.3},"SDS0X1":{"PM2.5":3.2,"PM10":4.5},
        "MHZ19B":{"Model":"B","CarbonDioxide":800,"Temperature":25},"BH1750":{"Illuminance":30},"PressureUnit":"hPa","TempUnit":"C"}"#;
    let all = [
        "temperature 20",
        "pm2_5 3.2",
        "pm10 4.5",
        "bme280/temperature 21",
        "bme280/humidity 40",
        "bme280/station_pressure 990.1",
        "bme280/sea_level_pressure 1012.3",
        "ds18b20-2/temperature 30",
        "mhz19b/temperature 25",
        "mhz19b/co2 800",
    ];
    assert_eq!(values(&at_berlin(body, 1_707_691_784_000, &[]).reports[0]), all);
    // The first one fails. Nothing else takes its place, whether it is left out or says null.
    let known = ["", "bme280", "ds18b20-2", "mhz19b"];
    let without = body.replace(r#""DS18B20-1":{"Id":"0316","Temperature":20.0},"#, "");
    let null = body.replace("20.0", "null");
    assert_eq!(values(&at_berlin(&without, 1_707_691_784_000, &known).reports[0]), all[1..]);
    assert_eq!(values(&at_berlin(&null, 1_707_691_784_000, &[]).reports[0]), all[1..]);
}

#[test]
fn thingsboard_has_three_shapes() {
    assert_eq!(holds(r#"{"temperature":42}"#), ["temperature 42"]);
    let parsed = json(r#"{"ts":1799999000512,"values":{"temperature":42, "humidity":"7"}}"#).expect("good");
    assert_eq!(parsed.reports[0].observed_at(), Timestamp(1_799_999_000_512));
    assert_eq!(values(&parsed.reports[0]), ["temperature 42", "humidity 7"]);
    let parsed =
        json(r#"[{"ts":1799999000512,"values":{"temperature":1}},{"ts":1799999001512,"values":{"temperature":2}}]"#);
    assert_eq!(parsed.expect("good").reports.len(), 2);
    let old = json(r#"{"ts":1451649600512,"values":{"temperature":42}}"#).expect("good");
    assert!(told(&old)[0].contains("is more than 366 days behind"), "{old:?}");
    let early = json(r#"{"ts":1899999000512,"values":{"temperature":42}}"#).expect("good");
    assert!(told(&early)[0].contains("is more than 5 minutes ahead"), "{early:?}");
}

#[test]
fn telegrafs_json_has_fields_and_tags() {
    let body = r#"{"fields":{"temperature":21.5,"wind_degrees":90},"name":"weather","tags":{"host":"pi","sensor":"roof"},"timestamp":1799999940}"#;
    assert_eq!(holds(body), ["roof/temperature 21.5", "roof/wind_direction 90"]);
    let parsed = json(&format!("{{\"metrics\":[{body},{}]}}", body.replace("21.5", "99"))).expect("good");
    assert_eq!(parsed.reports.len(), 2);
    assert_eq!(told(&parsed), [r#"[1].temperature = "99": outside -80 to 60 °C"#]);
    let bad = format!("{{\"metrics\":[{body},{}]}}", body.replace("timestamp", "timestmap"));
    assert!(refusal(json(&bad)).contains("report [1], "), "{}", refusal(json(&bad)));
    assert!(refusal(json(&format!("{{\"metrics\":[{}]}}", [body; 4].join(",")))).contains("more than 3 reports"));
    assert_eq!(json(r#"{"metrics":[1]}"#).expect("an unknown field").known, 0);
}

/// As a device sent it.
const AIRROHR: &str = r#"{"esp8266id":"2392534","software_version":"NAMF-2020-35","sensordatavalues":[{"value_type":"SDS_P1","value":"15.23"},{"value_type":"BME280_temperature","value":"6.89"},{"value_type":"BME280_humidity","value":"78.43"},{"value_type":"BME280_pressure","value":"98920.23"},{"value_type":"signal","value":"-51"}]}"#;

#[test]
fn a_sensor_community_device_sends_texts_and_pascals() {
    let parsed = json(AIRROHR).expect("good");
    assert_eq!(
        values(&parsed.reports[0]),
        ["temperature 6.89", "humidity 78.43", "station_pressure 989.2", "pm10 15.23"]
    );
    assert_eq!(told(&parsed), [""; 0]);
    let more = r#"{"esp8266id": "1", "sensordatavalues": [{"value_type":"temperature","value":"5"},{"value_type":"humidity","value":"50"},
        {"value_type":"BME280_temperature","value":"6"},{"value_type":"SDS_P2","value":"2"},{"value_type":"SPS30_P2","value":"3"},
        {"value_type":"SPS30_P4","value":"3"},{"value_type":"GPS_lat","value":"50.1"},{"value_type":"samples","value":"5000000"},
        {"value_type":"SCD30_co2_ppm","value":"600"},{"value_type":"what","value":null}]}"#;
    let parsed = json(more).expect("good");
    let all = ["temperature 5", "humidity 50", "pm2_5 2", "co2 600", "bme280/temperature 6", "sps30/pm2_5 3"];
    assert_eq!(values(&parsed.reports[0]), all);
    assert_eq!(told(&parsed), [r#"what = "null": unknown field, not stored"#]);
}

#[test]
fn a_pin_names_the_sensor_that_sends() {
    let body = r#"{"software_version":"Tasmota","sensordatavalues":[{"value_type":"temperature","value":5.5}]}"#;
    for (pin, expected) in [(11, "temperature 5.5"), (7, "dht22/temperature 5.5"), (99, "pin-99/temperature 5.5")] {
        let arrival = Arrival { pin: Some(pin), ..NOW.into() };
        let parsed = parse(body.as_bytes(), Format::Json, &arrival, 1).expect("good");
        assert_eq!(values(&parsed.reports[0]), [expected]);
    }
}

#[test]
fn a_broken_device_is_refused_as_a_whole() {
    let garbage = b"{\"esp8266id\": \"16477095\", \"sensordatavalues\":[{\"value_type\":\"SDS_P1\",\"value\":\"163290\"\xff\xfe\x80_type\":\
        \"min_micro\",\"value\":\"1079\"},{\"value_type\":\"signal\",\"value\":\"-71\"},]}";
    assert!(refusal(parse(garbage, Format::Json, &NOW.into(), 1)).ends_with("not UTF-8"));
    let comma = r#"{"sensordatavalues":[{"value_type":"signal","value":"-71"},]}"#;
    assert_eq!(refusal(json(comma)), "line 1, column 60: expected value");
    for list in ["[1]", "[{\"value_type\":1,\"value\":2}]", "[{\"value\":2}]", "[[]]"] {
        let refused = refusal(json(&format!("{{\"sensordatavalues\":{list}}}")));
        assert!(refused.contains("not a list of {\"value_type\": …, \"value\": …}"), "{refused}");
    }
    let many = vec!["{\"value_type\":\"x\",\"value\":1}"; FIELDS_MAX + 1].join(",");
    assert!(refusal(json(&format!("{{\"sensordatavalues\":[{many}]}}"))).contains("more than 256 values"));
}

#[test]
fn objects_in_objects_are_counted() {
    let inner = vec!["\"x\":0"; FIELDS_MAX].join(",");
    assert!(refusal(json(&format!("{{\"values\":{{{inner}}},\"co2\":400}}"))).contains("more than 256 fields"));
    assert!(refusal(json(r#"{"values":{"values":{"co2":400}}}"#)).contains("objects in objects"));
    let blocks = format!("{{\"Time\":null,\"A\":{{{inner}}},\"B\":{{\"Temperature\":1}}}}");
    assert!(refusal(json(&blocks)).contains("more than 256 fields"));
}

proptest! {
    #[test]
    fn no_dialect_makes_the_parser_panic(
        names in prop::collection::vec(
            "Time|TempUnit|unit|usUnits|sensor|model|id|channel|values|fields|tags|sensordatavalues|value_type|value|SHTC3|DS18B20-2|\
             StatusSNS|outTemp|extraTemp[0-9#é]{0,3}|temperature(_[cfé])?|Pressure|P1|dateutc|[a-zé_/-]{0,5}(unit|time|date)",
            1..8,
        ),
        leaves in prop::collection::vec("null|true|[0-9]{1,20}|nan|\"[CFK1é]?\"|\"20[0-9]{2}-[0-9]{1,2}-1[0-9T:é ]{0,9}\"", 1..8),
        shape in 0..4u8,
        pin: Option<u8>,
    ) {
        let pairs: Vec<_> = names.iter().zip(leaves.iter().cycle()).map(|(name, leaf)| format!("\"{name}\":{leaf}")).collect();
        let flat = format!("{{{}}}", pairs.join(","));
        let body = match shape {
            0 => flat,
            1 => format!("{{\"Time\":\"2024-02-11T23:49:43\",\"{}\":{flat},\"B\":{flat}}}", names[0]),
            2 => format!("{{\"sensordatavalues\":[{flat},{{\"value_type\":\"SDS_P1\",\"value\":{}}}]}}", leaves[0]),
            _ => format!("[{{\"ts\":1,\"values\":{flat}}},{flat}]"),
        };
        let arrival = Arrival { zone: Zone::inside("Europe/Berlin").expect("a zone"), pin, ..NOW.into() };
        for report in parse(body.as_bytes(), Format::Json, &arrival, 3).map(|parsed| parsed.reports).unwrap_or_default() {
            for (quantity, value) in report.sensors().values().flat_map(|values| values.iter()) {
                prop_assert!(quantity.limits().contains(&value));
            }
        }
    }
}
