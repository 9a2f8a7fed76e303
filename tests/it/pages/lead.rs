//! What leads the page of a station, and what stands around it.

use super::stories::{self, NOW};
use super::{between, body, client, old, state};
use std::sync::Arc;
use stevenson::pages::{CHART_BUCKET_MS, Datastream, Facts};
use stevenson::storage::{Bucket, Extreme};
use weather::quantity::Quantity;
use weather::sun::Coordinates;
use weather::time::{HOUR_MS, MINUTE_MS};

/// The stories of stations that have not everything, and of those that have more.
pub fn story(name: &str) -> Option<Facts> {
    use Quantity::*;
    let full = || stories::station("town-hall", "Town Hall", CHART_BUCKET_MS, 18.4, 4_000);
    let rooms = ["indoor", "attic", "cellar", "bedroom", "kitchen", "nursery_room"];
    Some(match name {
        "soil" => with(&[("soil1", SoilTemperature, 9.9), ("soil1", SoilMoisture, 33.0)]),
        "rooms" => {
            let values = rooms.iter().enumerate().flat_map(|(place, room)| {
                [(*room, Temperature, 19.0 + place as f64), (*room, Humidity, 40.0 + place as f64)]
            });
            with(&values.collect::<Vec<_>>())
        }
        "air" => with(&[("", Pm2_5, 3.9), ("", Pm10, 8.8)]),
        "rain" => with(&[("", Precipitation, 3.0)]),
        "wind" => with(&[("", WindSpeed, 4.5), ("", WindGust, 7.4), ("", WindDirection, 225.0)]),
        "bare" => {
            let mut facts = full();
            facts.latest.retain(|latest| latest.quantity == Temperature);
            facts.courses.clear();
            facts
        }
        "dead-anemometer" => old(full(), &[WindSpeed, WindGust, WindDirection], 3 * HOUR_MS),
        "sun" => {
            let mut facts = full();
            let station = Arc::make_mut(&mut facts.station);
            station.coordinates = Coordinates::new(52.52, 13.4);
            facts.latest.push(stories::latest("", AltimeterSetting, NOW.plus(-4_000), 1_013.9));
            facts
        }
        _ => return None,
    })
}

/// A station with these values, each of which has grown by one in the last day.
fn with(values: &[(&str, Quantity, f64)]) -> Facts {
    let mut facts = stories::silent("town-hall", "Town Hall", CHART_BUCKET_MS);
    facts.interval_ms = Some(MINUTE_MS);
    for (sensor, quantity, value) in values {
        let (latest, from) = (stories::latest(sensor, *quantity, NOW.plus(-4_000), *value), facts.series.from);
        let of = Datastream { sensor: latest.sensor.clone(), quantity: *quantity };
        let bucket = |place: i64| {
            let mean = value - 1.0 + place as f64 / 143.0;
            Bucket { start: from.plus(place * CHART_BUCKET_MS), mean, min: mean, max: mean, count: 10 }
        };
        facts.courses.push((of, (0..144).map(bucket).collect()));
        facts.extremes.push(Extreme {
            sensor: latest.sensor.clone(),
            quantity: *quantity,
            low: value - 1.0,
            low_at: NOW.plus(-9 * HOUR_MS),
            high: *value,
            high_at: latest.observed_at,
        });
        facts.latest.push(latest);
    }
    facts
}

#[test]
fn the_first_of_what_a_station_has_is_the_large_number_and_the_large_picture() {
    let client = client();
    for (name, key, number, title, picture) in [
        ("soil", "soil1/soil_temperature", "9.9", "9.9 °C – Town Hall", "Soil 1 temperature, last 24 hours"),
        ("rooms", "indoor/temperature", "19.0", "19.0 °C – Town Hall", "Indoor temperature, last 24 hours"),
        ("air", "pm2_5", "3.9", "3.9 µg/m³ – Town Hall", "PM2.5, last 24 hours"),
        ("rain", "precipitation", "3.0", "3.0 mm – Town Hall", "Rain, last 24 hours"),
        ("live", "temperature", "18.4", "18.4 °C – Town Hall", "Temperature, last 24 hours"),
    ] {
        let html = body(&client, &format!("/story/{name}"));
        assert_eq!(between(&html, "<title>", "</title>"), title);
        let hero = between(&html, r#"<section class="card hero"#, "</section>");
        assert!(hero.contains(&format!(r#"data-tile="{key}" data-state="live""#)), "{name}: {hero}");
        assert!(hero.contains(&format!(r#"data-show="big">{number}<"#)), "{name}: {hero}");
        assert!(html.contains(picture), "{name}");
        assert_eq!(state(&html)["stations"][0]["lead"].as_str().unwrap_or("temperature"), key, "the script's choice");
        assert!(!html.contains(&format!(r#"class="card tile" data-tile="{key}""#)), "{name}: it stands there once");
    }
    let wind = body(&client, "/story/wind");
    assert_eq!(between(&wind, "<title>", "</title>"), "4.5 m/s – Town Hall");
    assert!(wind.contains(r#"class="card wind leads""#) && !wind.contains(r#"data-show="big""#));
    assert!(wind.contains("Wind, last 24 hours") && !wind.contains(r#"data-course="wind_speed""#));
}

#[test]
fn a_value_whose_tile_would_stand_alone_is_beside_the_large_number() {
    let html = body(&client(), "/story/air");
    let hero = between(&html, r#"<section class="card hero"#, "</section>");
    assert!(
        hero.contains(r#"<span class="muted">PM10</span> <output aria-live="off" data-show="text" data-key="pm10""#)
    );
    assert!(!html.contains("card tile"));
    assert!(html.contains(r#"data-course="pm10""#), "and it has a picture");
}

#[test]
fn several_rooms_are_a_table_with_a_line_each() {
    let html = body(&client(), "/story/rooms");
    let table = between(&html, r#"<table class="of-rooms">"#, "</table>");
    assert_eq!(table.matches("<tr data-tile=").count(), 6);
    let room = between(table, r#"<tr data-tile="nursery_room/temperature" data-state="live">"#, "</tr>");
    for text in [
        r#"<th scope="row">Nursery room</th>"#,
        r#"data-show="number" data-key="nursery_room/temperature">24.0<"#,
        r#"data-key="nursery_room/humidity" data-beside="nursery_room/temperature">45<"#,
        r#"data-show="span" data-key="nursery_room/temperature">23.0 – 24.0<"#,
        r#"data-show="short_age" data-key="nursery_room/temperature">4 s<"#,
    ] {
        assert!(room.contains(text), "no {text} in {room}");
    }
    assert!(!html.contains("card tile"), "what stands in the table has no tile");
    assert!(!body(&client(), "/story/indoor").contains("of-rooms"), "one room is no table");
    let sensors = body(&client(), "/story/sensors");
    assert!(sensors.contains(r#"data-tile="indoor/co2""#), "what is no column keeps its tile");
}

#[test]
fn an_old_wind_is_grey_with_its_age_beside_a_fresh_temperature() {
    let html = body(&client(), "/story/dead-anemometer");
    assert!(html.contains(r#"data-tile="temperature" data-state="live""#));
    let wind = between(&html, r#"<section class="card wind"#, "</section>");
    assert!(wind.contains(r#"data-tile="wind_speed" data-state="offline""#), "{wind}");
    assert!(wind.contains(r#"data-show="number" data-key="wind_speed">4.2<"#), "the last value stays");
    assert!(
        wind.contains(r#"data-show="tile_age" data-key="wind_speed">3 h ago<"#)
            && !wind.contains("data-optional hidden><p")
    );
}

#[test]
fn the_line_ends_at_the_dot() {
    let client = client();
    for name in ["live", "soil", "air"] {
        let html = body(&client, &format!("/story/{name}"));
        let dot = between(&html, r#"<circle class="now""#, "/>");
        let percent = |name: &str| -> f64 { between(dot, &format!(r#" {name}=""#), "%").parse().expect("a number") };
        let line = between(&html, r#"<path class="line" d=""#, "\"");
        let end: Vec<f64> =
            line.rsplit('L').next().expect("an end").split(' ').map(|part| part.parse().expect("a number")).collect();
        assert!((end[0] / 10.0 - percent("cx")).abs() < 0.02, "{name}: {end:?} and {dot}");
        assert!((end[1] / 10.0 - percent("cy")).abs() < 0.02, "{name}: {end:?} and {dot}");
    }
}

#[test]
fn nights_are_shaded_where_the_station_stands_somewhere_and_axes_have_units() {
    let client = client();
    let html = body(&client, "/story/sun");
    let large = between(&html, r#"data-chart="night">"#, "</g>");
    assert_eq!(large.matches("<rect class=\"night\"").count(), 1, "{large}");
    assert!(large.contains(">Sunset 16:0") && large.contains(">Sunrise 07:4"), "{large}");
    let summary = between(&html, r#"role="img" aria-label=""#, "\"");
    assert!(summary.contains(". Sunset 16:0") && summary.contains(", Sunrise 07:4"), "{summary}");
    assert_eq!(html.matches(r#"data-course-part="night"><rect"#).count(), 4);
    assert!(html.contains(r#"y="-11">°C</text>"#) && html.contains(r#"y="-9">hPa</text>"#));
    let nowhere = body(&client, "/story/live");
    assert!(!nowhere.contains("class=\"night\"") && !nowhere.contains("Sunset"), "nobody knows where it stands");
}

#[test]
fn the_keeper_suggests_what_its_station_can_answer() {
    let client = client();
    let asks = |name: &str| {
        let html = body(&client, &format!("/story/{name}"));
        let list = between(&html, r#"<ul class="asks""#, "</ul>").to_owned();
        list.split("data-ask=\"").skip(1).map(|ask| between(ask, "", "\"").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(asks("rain"), ["Rain since Monday?", "Are you alive?", "Tell me if you go silent"]);
    assert_eq!(asks("bare"), ["How cold is it?", "Lowest this week?", "Warn me below 0 °C"]);
    for name in ["rooms", "soil", "air", "bare"] {
        assert!(
            asks(name).iter().all(|ask| !ask.contains("wind") && !ask.contains("Wind") && !ask.contains("gust")),
            "{name}: {:?}",
            asks(name)
        );
    }
}

#[test]
fn the_altimeter_setting_stands_in_the_tile_of_pressure() {
    let html = body(&client(), "/story/sun");
    let tile = between(&html, r#"data-tile="sea_level_pressure""#, "</li>");
    assert!(tile.contains("Altimeter</span>") && tile.contains(">1013.9 hPa<"), "{tile}");
    assert!(tile.contains("At the station</span>"), "{tile}");
    assert!(!html.contains(r#"data-tile="altimeter_setting""#));
}
