mod ecowitt;

use super::*;
use proptest::prelude::*;
use weather::report::Report;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// The target of a WeeWX archive post.
const WEEWX: &str = "action=updateraw&ID=ITEST1&PASSWORD=s3cr3t%20key%26%2B&softwaretype=weewx-5.5.2&baromin=31.100\
    &dateutc=2026-11-22%2013%3A47%3A00&dailyrainin=0.00&dewptf=27.2&rainin=0.00&humidity=080&tempf=32.7\
    &solarradiation=797.74&UV=11.17&winddir=360&windgustmph=0.0&windspeedmph=0.0&indoortempf=63.0&indoorhumidity=30";

fn upload(query: &str) -> Upload<'static> {
    Upload::new(None, &[query.as_bytes()]).expect("few pairs")
}

fn parse_at(query: &str, received: Timestamp) -> Parsed {
    upload(query).parse(received, &SensorName::main()).expect(query)
}

fn parse(query: &str) -> Parsed {
    parse_at(query, NOW)
}

/// Reads a time as people write it.
fn at(text: &str) -> Timestamp {
    time::instant(text).expect("a time")
}

/// Fails unless the report holds exactly these values, canonical, to 0.005.
fn assert_holds(report: &Report, expected: &[(&str, f64)]) {
    let found: Vec<(String, f64)> = report
        .sensors()
        .iter()
        .flat_map(|(sensor, values)| values.iter().map(|(quantity, value)| (sensor.key(quantity), value)))
        .collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (key, value) in expected {
        let is = found.iter().find(|(name, _)| name == key).map(|(_, value)| *value);
        assert!(is.is_some_and(|is| (is - value).abs() < 0.005), "{key}: {is:?}, not {value}");
    }
}

#[test]
fn weewx_posts_an_archive_record() {
    let parsed = parse(WEEWX);
    let report = &parsed.reports[0];
    assert_eq!(report.observed_at().rfc3339(), "2026-11-22T13:47:00.000Z");
    assert_holds(
        report,
        &[
            ("temperature", 0.389),
            ("humidity", 80.0),
            ("dew_point", -2.667),
            ("sea_level_pressure", 1053.167),
            ("wind_speed", 0.0),
            ("wind_gust", 0.0),
            ("wind_direction", 360.0),
            ("precipitation", 0.0),
            ("precipitation_1h", 0.0),
            ("solar_radiation", 797.74),
            ("uv_index", 11.17),
            ("indoor/temperature", 17.222),
            ("indoor/humidity", 30.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
    let credentials = Credentials::Named("itest1".to_owned(), "s3cr3t key&+");
    assert_eq!(upload(WEEWX).credentials(), Ok(credentials));
}

#[test]
fn an_ecowitt_gateway_speaks_the_protocol() {
    let parsed = parse(
        "ID=ISAARB3&PASSWORD=key&tempf=81.5&humidity=43&dewptf=56.8&windchillf=81.5&winddir=329&windspeedmph=0.00\
         &windgustmph=5.82&rainin=0.000&dailyrainin=0.000&weeklyrainin=0.000&monthlyrainin=4.118&yearlyrainin=29.055\
         &solarradiation=253.20&UV=1&indoortempf=80.6&indoorhumidity=50&baromin=29.943&AqPM2.5=10.0&soilmoisture=51\
         &soilmoisture2=65&lowbatt=0&dateutc=now&softwaretype=GW1000A_V1.6.8&action=updateraw&realtime=1&rtfreq=5",
    );
    let report = &parsed.reports[0];
    assert_eq!(report.observed_at(), NOW);
    assert_holds(
        report,
        &[
            ("temperature", 27.5),
            ("humidity", 43.0),
            ("dew_point", 13.778),
            ("precipitation_total", 737.997),
            ("sea_level_pressure", 1013.986),
            ("wind_speed", 0.0),
            ("wind_gust", 2.602),
            ("wind_direction", 329.0),
            ("precipitation", 0.0),
            ("precipitation_1h", 0.0),
            ("solar_radiation", 253.2),
            ("uv_index", 1.0),
            ("soil_moisture", 51.0),
            ("pm2_5", 10.0),
            ("battery_low", 0.0),
            ("indoor/temperature", 27.0),
            ("indoor/humidity", 50.0),
            ("soil2/soil_moisture", 65.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn a_logger_that_lost_its_outdoor_sensors_reports_what_is_left() {
    let received = Timestamp(1_462_847_700_000);
    let query = "ID=X&PASSWORD=P&tempf=-9999&humidity=-9999&dewptf=-9999&windchillf=-9999&winddir=-9999\
        &windspeedmph=-9999&windgustmph=-9999&rainin=0.00&dailyrainin=0.00&weeklyrainin=0.00&monthlyrainin=0.00\
        &yearlyrainin=0.00&solarradiation=-9999&UV=-9999&indoortempf=66.2&indoorhumidity=47&baromin=29.94&lowbatt=0\
        &dateutc=2016-5-10%202:34:15&softwaretype=Weather%20logger%20V3.0.7&action=updateraw&realtime=1&rtfreq=5";
    let parsed = parse_at(query, received);
    let report = &parsed.reports[0];
    assert_eq!(report.observed_at().rfc3339(), "2016-05-10T02:34:15.000Z");
    assert_holds(
        report,
        &[
            ("precipitation", 0.0),
            ("precipitation_total", 0.0),
            ("precipitation_1h", 0.0),
            ("sea_level_pressure", 1013.885),
            ("battery_low", 0.0),
            ("indoor/temperature", 19.0),
            ("indoor/humidity", 47.0),
        ],
    );
    assert_eq!((parsed.refused, parsed.warnings.len()), (0, 8), "eight are missing: {:?}", parsed.warnings);
}

#[test]
fn the_hp1001_sends_metric_names() {
    let received = Timestamp(1_462_050_310_000);
    let query = "ID=X&PASSWORD=P&outtemp=6.3&outhumi=80&dewpoint=3.1&windchill=6.3&winddir=197&windspeed=0.0\
        &windgust=0.0&rainrate=0.0&dailyrain=0.0&weeklyrain=0.0&monthlyrain=0.0&yearlyrain=0.0&light=0.00&UV=1\
        &intemp=19.8&inhumi=46&absbaro=1018.30&relbaro=1018.30&lowbatt=0&dateutc=2016-4-30%2021:5:1\
        &softwaretype=Weather%20logger%20V2.1.9&action=updateraw&realtime=1&rtfreq=5";
    let parsed = parse_at(query, received);
    let report = &parsed.reports[0];
    assert_eq!(report.observed_at().rfc3339(), "2016-04-30T21:05:01.000Z");
    assert_holds(
        report,
        &[
            ("temperature", 6.3),
            ("humidity", 80.0),
            ("dew_point", 3.1),
            ("station_pressure", 1018.3),
            ("sea_level_pressure", 1018.3),
            ("wind_speed", 0.0),
            ("wind_gust", 0.0),
            ("wind_direction", 197.0),
            ("precipitation", 0.0),
            ("precipitation_total", 0.0),
            ("precipitation_rate", 0.0),
            ("uv_index", 1.0),
            ("battery_low", 0.0),
            ("indoor/temperature", 19.8),
            ("indoor/humidity", 46.0),
        ],
    );
    assert_eq!(parsed.warnings.len(), 1, "light is in lux, which no quantity holds: {:?}", parsed.warnings);
}

#[test]
fn an_acurite_hub_can_be_read_though_it_has_no_password() {
    let query = "dateutc=now&action=updateraw&realtime=1&id=24C86Exxxxxx&mt=5N1x38&sensor=00001398&windspeedmph=9\
        &humidity=76&tempf=84.0&baromin=29.92&battery=normal&rssi=1";
    let parsed = parse(query);
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 28.889),
            ("humidity", 76.0),
            ("sea_level_pressure", 1013.207),
            ("wind_speed", 4.023),
            ("battery_low", 0.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
    let low = parse(&query.replace("normal", "low"));
    assert_eq!(low.reports[0].sensors()[&SensorName::main()].get(Quantity::BatteryLow), Some(1.0));
    assert_eq!(upload(query).credentials(), Ok(Credentials::Device("24C86Exxxxxx")));
    let name = SensorName::new("5n1-00001398").expect("a name");
    assert_eq!(upload(query).device(), Some(Device { name, is_whole: true }));
}

#[test]
fn of_two_pressures_the_larger_is_reduced_to_sea_level() {
    let rest = "lowbatt=0&dateutc=2018-11-26%2023:44:38&softwaretype=WH2650A_V1.2.1&action=updateraw&rtfreq=5";
    for pair in ["baromin=29.65&baromin=28.38", "baromin=28.38&BAROMIN=29.65"] {
        let query = format!("indoortempf=72.5&indoorhumidity=63&{pair}&{rest}");
        let parsed = parse_at(&query, Timestamp(1_543_275_880_000));
        assert_eq!(parsed.reports[0].observed_at().rfc3339(), "2018-11-26T23:44:38.000Z");
        assert_holds(
            &parsed.reports[0],
            &[
                ("sea_level_pressure", 1004.064),
                ("station_pressure", 961.057),
                ("battery_low", 0.0),
                ("indoor/temperature", 22.5),
                ("indoor/humidity", 63.0),
            ],
        );
    }
    let parsed = parse("baromin=--&baromin=29.65&dateutc=now&action=updateraw");
    assert_holds(&parsed.reports[0], &[("sea_level_pressure", 1004.064)]);
}

#[test]
fn extra_sensors_have_names() {
    let query = "temp2f=50&temp3f=32&soiltempf=41&soiltemp2f=50&soilmoisture4=10&absbaromin=29&AqPM10=7&lowbatt1=1";
    let parsed = parse(&format!("{query}&dateutc=now&action=updateraw"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("station_pressure", 982.053),
            ("soil_temperature", 5.0),
            ("pm10", 7.0),
            ("temp2/temperature", 10.0),
            ("temp3/temperature", 0.0),
            ("soil2/soil_temperature", 10.0),
            ("soil4/soil_moisture", 10.0),
            ("temp1/battery_low", 1.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn what_nobody_knows_is_named() {
    let query = "tempf=50&clouds=OVC&temp999f=1&tempxf=1&soilmoisture2x=1&dateutc=now&action=updateraw";
    let names: Vec<_> = parse(query).warnings.into_iter().map(|warning| warning.field).collect();
    assert_eq!(names, ["clouds", "temp999f", "tempxf", "soilmoisture2x"]);
}

#[test]
fn the_date_is_read_as_stations_write_and_escape_it() {
    for (date, time) in [
        ("now", "2027-01-15T08:00:00.000Z"),
        ("NOW", "2027-01-15T08:00:00.000Z"),
        ("2027-01-01+10%3A32%3A35", "2027-01-01T10:32:35.000Z"),
        ("2027-01-01%2010:32:35", "2027-01-01T10:32:35.000Z"),
        ("2027-01-01%2B10:32:35", "2027-01-01T10:32:35.000Z"),
        ("2027-01-01T10:32:35Z", "2027-01-01T10:32:35.000Z"),
        ("2027-01-01%2010:32:35%2B00:00", "2027-01-01T10:32:35.000Z"),
        ("2027-01-01+10:32:35+00:00", "2027-01-01T10:32:35.000Z"),
        ("2027-1-1%202:3:5", "2027-01-01T02:03:05.000Z"),
        ("2027-01-01%2010:%2032:%2035", "2027-01-01T10:32:35.000Z"),
        // A clock before its first synchronisation, and one that jumps ahead: the time of arrival stands.
        ("2000-01-01%2000:00:00", "2027-01-15T08:00:00.000Z"),
        ("2027-01-15%2017:00:00", "2027-01-15T08:00:00.000Z"),
    ] {
        let parsed = parse(&format!("tempf=50&action=updateraw&dateutc={date}"));
        assert_eq!(parsed.reports[0].observed_at().rfc3339(), time, "{date}");
    }
}

#[test]
fn what_the_protocol_requires_is_required() {
    let missing = |query: &str| upload(query).parse(NOW, &SensorName::main()).expect_err(query);
    assert_eq!(missing("tempf=50&action=updateraw"), Garbled::Missing("dateutc"));
    assert_eq!(missing("tempf=50&action=updateraw&dateutc="), Garbled::Missing("dateutc"));
    assert_eq!(missing("action=updateraw&dateutc=noon"), Garbled::Date("noon".to_owned()));
    for (query, name) in [
        ("PASSWORD=x", "ID"),
        ("ID=x&PASSWORD=", "PASSWORD"),
        ("tempf=1", "ID"),
        ("PASSKEY=", "PASSKEY"),
        ("siteid=", "siteid"),
        ("siteid=x", "siteAuthenticationKey"),
        ("mt=tower&id=", "id"),
    ] {
        assert_eq!(upload(query).credentials(), Err(Garbled::Missing(name)), "{query}");
    }
    let many = "a=1&".repeat(PAIRS_MAX + 1);
    assert_eq!(Upload::new(None, &[many.as_bytes()]).err(), Some(Garbled::TooManyPairs));
}

#[test]
fn a_console_that_says_no_action_means_an_update() {
    // A VEVOR console.
    let query = "ID=X&PASSWORD=P&dateutc=now&baromin=29.92&tempf=57.6&humidity=71&dewptf=48.2&dailyrainin=0.08";
    assert_eq!(parse(query).reports.len(), 1);
}

#[test]
fn no_value_is_never_zero_and_never_weather() {
    for text in [
        "-9999",
        "-9999.0",
        "-99",
        "-999",
        "-999.9",
        "-9900",
        "--",
        "---",
        "",
        "null",
        "None",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "unavailable",
        "unknown",
        "N/A",
        "NA",
        "32767",
        "-32768",
        "4294967295",
    ] {
        let parsed = parse(&format!("tempf={text}&humidity=50&dateutc=now"));
        assert_holds(&parsed.reports[0], &[("humidity", 50.0)]);
        assert_eq!((parsed.refused, parsed.warnings.len()), (0, usize::from(!text.is_empty())), "{text}");
    }
    for text in ["21%2C5", "1%2C013", "0x10", "21.5C", &"1".repeat(400), "1%202", "warm"] {
        let parsed = parse(&format!("tempf={text}&humidity=50&dateutc=now"));
        assert_holds(&parsed.reports[0], &[("humidity", 50.0)]);
        assert_eq!(parsed.refused, 1, "{text}");
    }
    for (text, celsius) in
        [("1e1", -12.222), ("%2B50", 10.0), ("+50", 10.0), (".5", -17.5), ("5.", -15.0), ("-0.0", -17.778)]
    {
        assert_holds(&parse(&format!("tempf={text}&dateutc=now")).reports[0], &[("temperature", celsius)]);
    }
}

#[test]
fn a_name_means_the_same_in_any_case_and_of_two_values_the_later_is_kept_with_a_warning() {
    let parsed = parse("TEMPF=50&Uv=3&HUMIDITY=080&WindDir=360&dateUTC=NOW");
    assert_holds(
        &parsed.reports[0],
        &[("temperature", 10.0), ("uv_index", 3.0), ("humidity", 80.0), ("wind_direction", 360.0)],
    );
    let twice = parse("tempf=50&tempf=51.8&humidity=104&dateutc=now");
    assert_holds(&twice.reports[0], &[("temperature", 11.0), ("humidity", 100.0)]);
    let reasons: Vec<_> = twice.warnings.iter().map(|warning| warning.reason.as_str()).collect();
    assert_eq!(reasons, ["temperature was sent twice; this later value was kept", "counts as 100 %"]);
}

#[test]
fn numbers_of_broken_sensors_are_refused_in_whatever_unit_they_come() {
    for pairs in [
        "tempf=185",
        "tempf=-196.6",
        "tempf=260.6",
        "tempf=-228.1",
        "tempf=356.4",
        "outtemp=-127",
        "outtemp=85",
        "rainrate=13107.0",
        "rainrate=3276.7",
        "windspeedmph=65535",
        "humidity=255",
        "lightning=255",
    ] {
        let parsed = parse(&format!("{pairs}&indoorhumidity=40&dateutc=now"));
        assert_holds(&parsed.reports[0], &[("indoor/humidity", 40.0)]);
        assert_eq!(parsed.refused, 1, "{pairs}");
    }
}

proptest! {
    #[test]
    fn no_upload_makes_the_parser_panic(query in "\\PC{0,80}|([a-zA-Z0-9.]{0,8}=[-0-9.%+]{0,8}&){0,9}", bytes: Vec<u8>) {
        let query = format!("{query}&action=updateraw&dateutc=now");
        let _ = (Target::of(&query), upload(&query).parse(NOW, &SensorName::main()));
        let _ = Upload::new(None, &[&bytes]).map(|upload| {
            (upload.credentials().is_ok(), upload.device(), upload.parse(NOW, &SensorName::main()).is_ok())
        });
    }
}
