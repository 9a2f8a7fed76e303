//! Uploads of Ecowitt's and Ambient's consoles.

use super::*;

#[test]
fn a_gateway_with_everything() {
    let query = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=GW1000A_V1.6.8&dateutc=2021-07-23+17:13:34\
        &tempinf=80.6&humidityin=50&baromrelin=29.940&baromabsin=29.081&tempf=81.3&humidity=43&winddir=296\
        &windspeedmph=2.46&windgustmph=4.25&maxdailygust=14.09&solarradiation=226.28&uv=1&rainratein=0.000\
        &eventrainin=0.000&hourlyrainin=0.000&dailyrainin=0.000&weeklyrainin=0.000&monthlyrainin=4.118\
        &yearlyrainin=29.055&totalrainin=29.055&temp1f=83.48&humidity1=39&temp5f=-11.38&soilmoisture1=51\
        &pm25_ch1=11.0&tf_co2=80.8&co2=493&lightning_time=1627039348&lightning_num=3&lightning=24&wh65batt=0\
        &wh80batt=3.06&batt1=0&soilbatt1=1.5&pm25batt1=4&wh57batt=4&co2_batt=6&freq=868M&model=GW1000_Pro";
    let parsed = parse_at(query, at("2021-07-23T17:13:36Z"));
    assert_eq!(parsed.reports[0].observed_at().rfc3339(), "2021-07-23T17:13:34.000Z");
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 27.389),
            ("humidity", 43.0),
            ("sea_level_pressure", 1013.885),
            ("station_pressure", 984.796),
            ("wind_speed", 1.100),
            ("wind_gust", 1.900),
            ("wind_direction", 296.0),
            ("solar_radiation", 226.28),
            ("uv_index", 1.0),
            ("precipitation", 0.0),
            ("precipitation_1h", 0.0),
            ("precipitation_rate", 0.0),
            ("precipitation_total", 737.997),
            ("battery_voltage", 3.06),
            ("battery_low", 0.0),
            ("indoor/temperature", 27.0),
            ("indoor/humidity", 50.0),
            ("temp1/temperature", 28.6),
            ("temp1/humidity", 39.0),
            ("temp1/battery_low", 0.0),
            ("temp5/temperature", -24.1),
            ("soil1/soil_moisture", 51.0),
            ("soil1/battery_voltage", 1.5),
            ("pm1/pm2_5", 11.0),
            ("pm1/battery_level", 80.0),
            ("co2/temperature", 27.111),
            ("co2/co2", 493.0),
            ("lightning/lightning_count", 3.0),
            ("lightning/lightning_distance", 24.0),
            ("lightning/battery_level", 80.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
    let upload = upload(query);
    assert_eq!(upload.dialect(), Dialect::Ecowitt);
    assert_eq!(upload.credentials(), Ok(Credentials::Device("0123456789ABCDEF0123456789ABCDEF")));
}

#[test]
fn a_gateway_without_an_outdoor_sensor() {
    let query = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=GW1100A_V2.0.2&dateutc=2021-09-08+11:58:39\
        &tempinf=80.8&humidityin=42&baromrelin=29.864&baromabsin=29.415&temp1f=87.8&tf_ch1=64.4&batt1=0&tf_batt1=1.48\
        &freq=868M&model=GW1100A";
    let parsed = parse_at(query, at("2021-09-08T11:58:41Z"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("sea_level_pressure", 1011.311),
            ("station_pressure", 996.106),
            ("indoor/temperature", 27.111),
            ("indoor/humidity", 42.0),
            ("temp1/temperature", 31.0),
            ("temp1/battery_low", 0.0),
            ("probe1/temperature", 18.0),
            ("probe1/battery_voltage", 1.48),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

const PIEZO: &str = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=EasyWeatherPro_V5.1.1&runtime=4\
    &dateutc=2023-09-03+07:29:16&tempinf=70.0&humidityin=89&baromrelin=29.811&baromabsin=29.811&tempf=52.7&humidity=92\
    &winddir=223&windspeedmph=1.79&windgustmph=4.92&maxdailygust=15.88&solarradiation=39.31&uv=0&rrain_piezo=0.254\
    &erain_piezo=0.126&hrain_piezo=0.016&drain_piezo=0.126&wrain_piezo=0.189&mrain_piezo=0.126&yrain_piezo=34.882\
    &ws90cap_volt=3.7&ws90_ver=126&gain10_piezo=1.00&wh90batt=2.94&freq=868M&model=HP2564AE_Pro_V1.8.1&interval=16";

#[test]
fn rain_that_is_heard_and_not_tipped() {
    let parsed = parse_at(PIEZO, at("2023-09-03T07:29:17Z"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 11.5),
            ("humidity", 92.0),
            ("sea_level_pressure", 1009.516),
            ("station_pressure", 1009.516),
            ("wind_speed", 0.800),
            ("wind_gust", 2.199),
            ("wind_direction", 223.0),
            ("solar_radiation", 39.31),
            ("uv_index", 0.0),
            ("precipitation_rate", 6.452),
            ("precipitation_1h", 0.406),
            ("precipitation", 3.200),
            ("precipitation_total", 886.003),
            ("battery_voltage", 2.94),
            ("indoor/temperature", 21.111),
            ("indoor/humidity", 89.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn two_rain_gauges_and_two_arrays_are_not_mixed() {
    let both = format!("{PIEZO}&dailyrainin=0.2&rainratein=0.1&totalrainin=50&wh80batt=3.1&wh40batt=1.4");
    let parsed = parse_at(&both, at("2023-09-03T07:29:17Z"));
    let sensors = parsed.reports[0].sensors();
    let value = |sensor: &str, quantity| sensors[&SensorName::new(sensor).expect("a name")].get(quantity);
    assert_eq!(value("", Quantity::Precipitation), Some(5.08));
    assert_eq!(value("piezo", Quantity::Precipitation), Some(3.2004));
    assert_eq!(value("piezo", Quantity::PrecipitationTotal), Some(886.0028));
    assert_eq!(value("", Quantity::BatteryVoltage), None);
    assert_eq!(value("wh80", Quantity::BatteryVoltage), Some(3.1));
    assert_eq!(value("wh90", Quantity::BatteryVoltage), Some(2.94));
    assert_eq!(value("wh40", Quantity::BatteryVoltage), Some(1.4));
    assert_eq!(parsed.warnings, []);
}

#[test]
fn every_other_sensor_of_the_gateways_has_its_place() {
    let parsed = parse(
        "PASSKEY=A&dateutc=now&leafwetness_ch1=12&leaf_batt1=1.6&soilmoisture16=40&soilad16=230&tf_ch8=50&humidity10=40\
         &pm25_ch4=9&pm25_avg_24h_ch4=8&pm25batt4=6&humi_co2=41&pm25_co2=3.5&pm25_24h_co2=3&pm10_co2=4.5&pm10_24h_co2=4\
         &co2_24h=500&co2in=600&co2in_24h=610&console_batt=5.2&bgt=100.4&wbgt=80&bgtbatt=1.5&soil_ec_hum1=22\
         &soil_ec_temp1=59&vpd=0.1&srain_piezo=0&wh68batt=1.6",
    );
    assert_holds(
        &parsed.reports[0],
        &[
            ("battery_voltage", 1.6),
            ("leaf1/leaf_wetness", 12.0),
            ("leaf1/battery_voltage", 1.6),
            ("soil16/soil_moisture", 40.0),
            ("probe8/temperature", 10.0),
            ("temp10/humidity", 40.0),
            ("pm4/pm2_5", 9.0),
            ("co2/humidity", 41.0),
            ("co2/pm2_5", 3.5),
            ("co2/pm10", 4.5),
            ("indoor/co2", 600.0),
            ("indoor/battery_voltage", 5.2),
            ("globe/temperature", 38.0),
            ("globe/battery_voltage", 1.5),
            ("ground1/soil_moisture", 22.0),
            ("ground1/soil_temperature", 15.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn lightning_that_never_was_is_no_value() {
    for never in
        ["lightning_num=1&lightning=&lightning_time=", "lightning_num=1&lightning=255&lightning_time=4294967295"]
    {
        let parsed = parse(&format!("PASSKEY=A&dateutc=now&{never}"));
        assert_holds(&parsed.reports[0], &[("lightning/lightning_count", 1.0)]);
    }
}

#[test]
fn the_date_of_a_console_is_forgiven_its_blanks_and_one_jump_ahead() {
    let now = at("2020-11-16T15:30:25Z");
    for (date, time) in [
        ("2020-11-16+15:30:24", "2020-11-16T15:30:24.000Z"),
        ("2020-11-16%2B15%3A30%3A24", "2020-11-16T15:30:24.000Z"),
        ("2020-11-16+15: 30: 24", "2020-11-16T15:30:24.000Z"),
        // Nine hours ahead for one packet.
        ("2020-11-17+00:30:25", "2020-11-16T15:30:25.000Z"),
    ] {
        let parsed = parse_at(&format!("PASSKEY=A&tempf=50&dateutc={date}"), now);
        assert_eq!(parsed.reports[0].observed_at().rfc3339(), time, "{date}");
    }
}

#[test]
fn a_station_far_above_the_sea_has_two_pressures() {
    let parsed = parse("PASSKEY=A&dateutc=now&baromrelin=29.926&baromabsin=24.598");
    assert_holds(&parsed.reports[0], &[("sea_level_pressure", 1013.411), ("station_pressure", 832.984)]);
}

#[test]
fn ambients_consoles_speak_nearly_the_same() {
    let query = "stationtype=AMBWeatherV4.0.2&PASSKEY=DUMMYDATADUMMYDATADUMMYDATADATAD&dateutc=2018-06-20+13:39:00\
        &winddir=169&windspeedmph=1.8&windgustmph=2.2&maxdailygust=3.4&tempf=69.1&hourlyrainin=0.00&eventrainin=0.00\
        &dailyrainin=0.00&weeklyrainin=0.87&monthlyrainin=0.87&totalrainin=0.87&baromrelin=29.89&baromabsin=29.48\
        &humidity=61&tempinf=73.4&humidityin=51&uv=3&solarradiation=299.23";
    let parsed = parse_at(query, at("2018-06-20T13:39:01Z"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 20.611),
            ("humidity", 61.0),
            ("sea_level_pressure", 1012.192),
            ("station_pressure", 998.307),
            ("wind_speed", 0.805),
            ("wind_gust", 0.983),
            ("wind_direction", 169.0),
            ("precipitation", 0.0),
            ("precipitation_1h", 0.0),
            ("precipitation_total", 22.098),
            ("solar_radiation", 299.23),
            ("uv_index", 3.0),
            ("indoor/temperature", 23.0),
            ("indoor/humidity", 51.0),
        ],
    );
    assert_eq!((parsed.warnings, upload(query).dialect()), (vec![], Dialect::Ambient));
}

#[test]
fn ambients_other_sensors_have_their_place_and_its_one_means_a_good_battery() {
    let parsed = parse(
        "&PASSKEY=38E4AECB5DAFE9D8CBC4B90ACE6D13BB&stationtype=AMBWeatherPro_V5.1.4&dateutc=now&tempf=43.7&humidity=96\
         &24hourrainin=0.1&soilhum1=30&soiltemp1=59&batt1=0&battout=1&battin=0&battrain=1&batt_25=1&batt_co2=1\
         &batt_lightning=1&pm25=7&pm25_24h=6&pm25_in=5&co2_in=700&pm25_in_aqin=4&pm10_in_aqin=6&co2_in_aqin=650\
         &pm_in_temp_aqin=68&pm_in_humidity_aqin=45&lightning_day=2&lightning_time=1627039348&lightning_distance=8\
         &dewptf=42&windchillf=40&feelslikef=40&heatindexf=43",
    );
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 6.5),
            ("humidity", 96.0),
            ("dew_point", 5.556),
            ("pm2_5", 7.0),
            ("indoor/pm2_5", 5.0),
            ("indoor/co2", 700.0),
            ("soil1/soil_moisture", 30.0),
            ("soil1/soil_temperature", 15.0),
            ("aqin/pm2_5", 4.0),
            ("aqin/pm10", 6.0),
            ("aqin/co2", 650.0),
            ("aqin/temperature", 20.0),
            ("aqin/humidity", 45.0),
            ("lightning/lightning_count", 2.0),
            ("lightning/lightning_distance", 8.0),
            ("temp1/battery_low", 1.0),
            ("battery_low", 0.0),
            ("indoor/battery_low", 1.0),
            ("wh40/battery_low", 0.0),
            ("pm25/battery_low", 0.0),
            ("aqin/battery_low", 0.0),
            ("lightning/battery_low", 0.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn pairs_in_the_path_are_the_same_pairs() {
    let path = "/data/report/stationtype=AMBWeatherV4.3.4&PASSKEY=XX:7D:3A:7C:1D:XX&dateutc=now&tempinf=74.1";
    let target = Target::of(path).expect("an upload");
    let upload = Upload::new(Some(&target), &[target.tail.as_bytes()]).expect("few pairs");
    assert_eq!(upload.dialect(), Dialect::Ambient);
    assert_eq!(upload.credentials(), Ok(Credentials::Device("XX:7D:3A:7C:1D:XX")));
    assert_holds(&upload.parse(NOW, &SensorName::main()).expect("good").reports[0], &[("indoor/temperature", 23.389)]);
}

#[test]
fn a_stations_own_key_counts_in_the_path_and_as_a_passkey() {
    let target = Target::of("/data/report/stv_abc/").expect("an upload");
    let upload = |query: &str| Upload::new(Some(&target), &[query.as_bytes()]).expect("few pairs");
    assert_eq!(upload("PASSKEY=A&tempf=1").credentials(), Ok(Credentials::Key("stv_abc")));
    assert_eq!(upload("tempf=1").dialect(), Dialect::Ecowitt);
    assert_eq!(super::upload("PASSKEY=stv_abc").credentials(), Ok(Credentials::Key("stv_abc")));
    let other = Target::of("/data/report/garden/").expect("an upload");
    let other = Upload::new(Some(&other), &[b"PASSKEY=A"]).expect("few pairs");
    assert_eq!(other.credentials(), Ok(Credentials::Device("A")));
}

#[test]
fn the_two_wows_are_told_apart() {
    let wow = "siteid=ABC-1&siteAuthenticationKey=123456&dateutc=now&tempf=50&baromin=29.92&absbaromin=29";
    assert_eq!(upload(wow).dialect(), Dialect::Wow);
    assert_eq!(upload(wow).credentials(), Ok(Credentials::Named("abc-1".to_owned(), "123456")));
    assert_holds(
        &parse(wow).reports[0],
        &[("temperature", 10.0), ("sea_level_pressure", 1013.207), ("station_pressure", 982.053)],
    );
    let target = Target::of("/api/v2/send").expect("an upload");
    let belgian = Upload::new(Some(&target), &[wow.as_bytes()]).expect("few pairs");
    assert_holds(
        &belgian.parse(NOW, &SensorName::main()).expect("good").reports[0],
        &[("temperature", 10.0), ("altimeter_setting", 1013.207), ("station_pressure", 982.053)],
    );
}

#[test]
fn leaks_low_batteries_and_salts_are_values() {
    let query = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=GW2000A_V3.1.5&dateutc=now&tempf=50&leak_ch1=0\
        &leak_ch4=1&leak1=0&soil_ec_ec1=120&soil_ec_ad1=88&soil_ec_hum1=31&soil_ec_temp1=59&ldsheat_ch1=3\
        &lightning_time=4294967295&wh65batt=1&batt3=1&srain_piezo=1";
    let parsed = parse_at(query, at("2021-07-23T17:13:36Z"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 10.0),
            ("battery_low", 1.0),
            ("temp3/battery_low", 1.0),
            ("leak1/leak", 0.0),
            ("leak4/leak", 1.0),
            ("ground1/soil_conductivity", 120.0),
            ("ground1/soil_moisture", 31.0),
            ("ground1/soil_temperature", 15.0),
        ],
    );
    assert_eq!(parsed.warnings, []);
}

#[test]
fn of_several_arrays_each_has_a_battery_of_its_own_and_mains_are_no_state() {
    let query = "PASSKEY=0123456789ABCDEF0123456789ABCDEF&stationtype=GW2000A_V3.1.5&dateutc=now&tempf=50&wh26batt=0\
        &wh65batt=1&wh25batt=0&batt1=7&battery=normal&leak_ch2=unknown";
    let parsed = parse_at(query, at("2021-07-23T17:13:36Z"));
    assert_holds(
        &parsed.reports[0],
        &[
            ("temperature", 10.0),
            ("battery_low", 0.0),
            ("wh26/battery_low", 0.0),
            ("wh65/battery_low", 1.0),
            ("indoor/battery_low", 0.0),
        ],
    );
    assert_eq!(parsed.warnings.iter().map(|w| &*w.field).collect::<Vec<_>>(), ["batt1", "leak_ch2"]);
}
