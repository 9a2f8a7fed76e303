//! The pages, rendered with made-up data: whole, honest, harmless.

#[path = "pages/climate.rs"]
mod climate;
#[path = "pages/history.rs"]
mod history;
#[path = "pages/lead.rs"]
mod lead;
#[path = "pages/stories.rs"]
mod stories;
#[path = "pages/talk.rs"]
mod talk;

use rocket::http::{Accept, ContentType, Cookie, Header, Status};
use rocket::local::blocking::Client;
use rocket::shield::Shield;
use rocket::{Build, Rocket, get, routes};
use std::sync::Arc;
use stevenson::pages::views::StationPage;
use stevenson::pages::{
    self, Address, Asked, CHART_BUCKET_MS, CONTENT_SECURITY_POLICY, Facts, Listing, Overview, Page, SPARK_BUCKET_MS,
    Sheet,
};
use stevenson::web::settings::Settings;
use stories::{HOSTILE, NOW, keeper};
use weather::quantity::Quantity;
use weather::time::{HOUR_MS, MINUTE_MS};

const CURSOR: &str = "7Q.1234";

/// The stories of a station's page, by name.
fn story(name: &str) -> Option<Facts> {
    let fresh = |degrees: f64| stories::station("town-hall", "Town Hall", CHART_BUCKET_MS, degrees, 4_000);
    Some(match name {
        "live" | "talk" | "thinking" | "away" | "complaint" | "long" => fresh(18.4),
        "sensors" => stories::with_sensors(fresh(18.4)),
        "gap" => stories::with_gap(fresh(18.4), 8, 5),
        "frost" => fresh(-4.05),
        "heat" => fresh(33.2),
        "stale" => stories::station("town-hall", "Town Hall", CHART_BUCKET_MS, 18.4, 9 * MINUTE_MS),
        "offline" => stories::station("town-hall", "Town Hall", CHART_BUCKET_MS, 18.4, 3 * HOUR_MS),
        "hostile" => stories::station("hostile", HOSTILE, CHART_BUCKET_MS, 18.4, 4_000),
        "silent" => stories::silent("silent", "Nobody Yet", CHART_BUCKET_MS),
        "one" => one_value(),
        "old-asides" => old(fresh(18.4), &OLD_ASIDES, 3 * HOUR_MS),
        "yesterdays-rain" => old(fresh(18.4), &[Quantity::Precipitation], 16 * HOUR_MS),
        "dead-thermometer" => old(fresh(18.4), &[Quantity::Temperature], 3 * HOUR_MS),
        "indoor" => indoor(CHART_BUCKET_MS),
        "calm" => {
            let mut facts = fresh(18.4);
            facts.latest.iter_mut().filter(|l| l.quantity == Quantity::WindSpeed).for_each(|l| l.value = 0.0);
            facts
        }
        _ => return lead::story(name),
    })
}

const OLD_ASIDES: [Quantity; 6] = [
    Quantity::DewPoint,
    Quantity::StationPressure,
    Quantity::PrecipitationRate,
    Quantity::UvIndex,
    Quantity::WindGust,
    Quantity::WindDirection,
];

/// The same with some of the main sensor's values that much older.
fn old(mut facts: Facts, quantities: &[Quantity], by_ms: i64) -> Facts {
    let mine = |l: &&mut stevenson::storage::Latest| l.sensor.as_str().is_empty() && quantities.contains(&l.quantity);
    facts.latest.iter_mut().filter(mine).for_each(|latest| latest.observed_at = latest.observed_at.plus(-by_ms));
    facts
}

/// A station without an outdoor thermometer.
fn indoor(bucket_ms: i64) -> Facts {
    let mut facts = stories::silent("indoor", "Indoors", bucket_ms);
    for (quantity, value) in [(Quantity::Humidity, 44.0), (Quantity::Temperature, 21.5)] {
        facts.latest.push(stories::latest("indoor", quantity, NOW.plus(-MINUTE_MS), value));
    }
    facts
}

fn one_value() -> Facts {
    let mut facts = stories::silent("one", "Just One", CHART_BUCKET_MS);
    facts.latest.push(stories::latest("", Quantity::Temperature, NOW.plus(-4_000), 7.25));
    facts
}

fn all() -> Vec<Facts> {
    let card =
        |slug: &str, name: &str, degrees: f64, age: i64| stories::station(slug, name, SPARK_BUCKET_MS, degrees, age);
    vec![
        card("harbour", "Harbour", 8.1, 3_000),
        card("glacier", "Glacier Hut", -12.6, 4_000),
        card("hostile", HOSTILE, 21.7, 2_000),
        stories::silent("nobody", "Nobody Yet", SPARK_BUCKET_MS),
        card("old-mill", "Old Mill", 15.2, 9 * MINUTE_MS),
        card("quarry", "Quarry", 33.4, 3 * HOUR_MS),
        stories::with_gap(card("town-hall", "Town Hall", 18.4, 1_000), 8, 4),
    ]
}

#[get("/story/<name>")]
fn one_story(name: &str, chosen: Settings, address: Address) -> Option<Page<StationPage>> {
    let preference = chosen.preference();
    Some(Page(StationPage::of(&story(name)?, keeper(name), CURSOR.into(), NOW, preference, &address)))
}

#[get("/stories/<name>")]
fn many(name: &str, chosen: Settings, address: Address) -> Page<Overview> {
    let preference = chosen.preference();
    let stations = match name {
        "empty" => Vec::new(),
        "indoor" => vec![indoor(SPARK_BUCKET_MS)],
        "single" => all().split_off(6),
        _ => all(),
    };
    let (listing, _) = Listing::of(&Asked::default(), stations.len(), stations.len());
    let sheets: Vec<_> = stations.into_iter().map(|facts| Arc::new(Sheet::new(facts))).collect();
    Page(Overview::of(&sheets, listing, CURSOR.into(), NOW, preference, &address))
}

/// The pages' own routes that need neither storage nor dock, and the stories.
fn book() -> Rocket<Build> {
    let own = pages::routes().into_iter().filter(|route| {
        let path = route.uri.path();
        let needs_more = ["/s/", "/embed/", "/kiosk/", "/badge/", "/oembed"];
        !["/", "/lab", "/settings"].contains(&path) && !needs_more.iter().any(|one| path.starts_with(one))
    });
    rocket::custom(rocket::Config::figment().merge(("log_level", "off")))
        .attach(Shield::new())
        .manage(pages::Joined::default())
        .mount("/", own.collect::<Vec<_>>())
        .mount("/", routes![one_story, many, history::story])
        .mount("/", climate::routes())
        .register("/", pages::catchers())
}

fn client() -> Client {
    Client::tracked(book()).expect("rocket")
}

fn body(client: &Client, path: &str) -> String {
    client.get(path.to_owned()).header(Accept::HTML).dispatch().into_string().expect("a body")
}

/// What a browser says of a form of our own pages, on https.
fn ours() -> Header<'static> {
    Header::new("Sec-Fetch-Site", "same-origin")
}

const STORIES: [&str; 28] = [
    "live",
    "talk",
    "thinking",
    "away",
    "complaint",
    "long",
    "sensors",
    "gap",
    "frost",
    "heat",
    "stale",
    "offline",
    "hostile",
    "silent",
    "one",
    "calm",
    "old-asides",
    "yesterdays-rain",
    "dead-thermometer",
    "indoor",
    "soil",
    "rooms",
    "air",
    "rain",
    "wind",
    "bare",
    "dead-anemometer",
    "sun",
];

fn every_page() -> Vec<(String, String)> {
    let client = client();
    let mut paths: Vec<String> = STORIES.iter().map(|name| format!("/story/{name}")).collect();
    paths.extend(history::STORIES.iter().map(|(name, _)| format!("/history/{name}")));
    paths.extend(climate::PATHS.map(String::from));
    paths.extend(["/stories/all", "/stories/single", "/stories/empty", "/nowhere"].map(String::from));
    paths.into_iter().map(|path| (path.clone(), body(&client, &path))).collect()
}

/// The text between the first `start` and the `end` that follows it.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap_or_else(|| panic!("no {start:?} in {text}")) + start.len();
    &text[from..from + text[from..].find(end).expect("an end")]
}

fn state(html: &str) -> serde_json::Value {
    serde_json::from_str(between(html, r#"<script type="application/json" id="state">"#, "</script>")).expect("JSON")
}

#[test]
fn every_page_says_that_nothing_from_elsewhere_and_nothing_inline_may_run() {
    let client = client();
    for path in ["/story/live", "/stories/all", "/stories/empty", "/nowhere", "/story/unknown"] {
        let answer = client.get(path).header(Accept::HTML).dispatch();
        assert_eq!(answer.headers().get_one("Content-Security-Policy"), Some(CONTENT_SECURITY_POLICY), "{path}");
        assert_eq!(answer.headers().get_one("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(answer.headers().get_one("Cache-Control"), Some("private, no-cache"));
        assert!(answer.headers().get_one("Referrer-Policy").is_some());
        assert_eq!(answer.content_type(), Some(ContentType::HTML));
    }
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'self';") && !CONTENT_SECURITY_POLICY.contains("unsafe"));
}

#[test]
fn no_page_has_an_inline_script_style_or_handler() {
    for (path, html) in every_page() {
        for inline in [" style=", "<style", " onclick=", " onload=", " onerror=", "javascript:"] {
            assert!(!html.contains(inline), "{path} has {inline}");
        }
        for script in html.split("<script").skip(1) {
            let harmless = script.starts_with(r#" type="application/json" id="state">"#)
                || script.starts_with(r#" defer src="/static/"#)
                || script.starts_with(r#" type="module" src="/static/"#);
            assert!(harmless, "{path}: {}", &script[..script.len().min(60)]);
        }
    }
}

#[test]
fn a_name_is_text_and_never_markup() {
    for (path, html) in every_page() {
        assert!(!html.contains("<script>"), "{path}");
        assert!(!html.contains("</title>&") && html.matches("</title>").count() == 1, "{path}");
        if path.starts_with("/story/hostile") {
            assert_eq!(state(&html)["stations"][0]["name"], HOSTILE);
        }
    }
}

#[test]
fn a_live_station_shows_its_numbers_on_first_paint() {
    let html = body(&client(), "/story/live");
    assert_eq!(between(&html, "<title>", "</title>"), "18.4 °C – Town Hall");
    for text in [
        r#"data-show="big">18.4</output>"#,
        r#"data-show="other">65.1 °F</output>"#,
        r#"data-show="word">Live<"#,
        r#"data-show="low">9.2 °C</output>"#,
        r#"data-show="low_time">06:18<"#,
        r#"data-show="high_time">14:55<"#,
        r#"data-show="age">4 s ago<"#,
        r#"data-show="compass">WSW<"#,
        r#"data-show="beaufort">gentle breeze<"#,
        r#"data-key="sea_level_pressure">1013.3<"#,
        r#"data-show="clock">15:18</time> local time"#,
    ] {
        assert!(html.contains(text), "no {text}");
    }
    assert!(html.contains(r#"<noscript><meta http-equiv="refresh" content="60"></noscript>"#));
    assert!(html.contains("<noscript><p>Page made at <time"));
    assert!(html.contains(r#"data-keep="meter" data-meter>"#), "how the readings got here is folded");
    assert!(html.contains("15:18</time> (Europe/Berlin)."), "the footer says whose clock that is");
    assert!(body(&client(), "/nothing").contains("</time> (UTC)."));
}

#[test]
fn an_old_value_is_never_shown_as_new() {
    let client = client();
    let stale = body(&client, "/story/stale");
    assert!(stale.contains(r#"data-station="town-hall" data-state="stale""#));
    assert!(stale.contains(r#"data-show="word">Stale<"#) && stale.contains("9 min ago"));
    assert_eq!(between(&stale, "<title>", "</title>"), "(9 min) 18.4 °C – Town Hall");
    let offline = body(&client, "/story/offline");
    assert!(offline.contains(r#"data-station="town-hall" data-state="offline""#));
    // All values alike: each stands there with its age, and none looks like one of now.
    for tile in ["temperature", "humidity", "wind_speed"] {
        let tile = between(&offline, &format!(r#"data-tile="{tile}" "#), "</section>");
        assert!(tile.contains(r#"data-state="offline""#) && tile.contains(">3 h ago<"), "{tile}");
    }
    assert!(
        offline.contains(r#"data-show="big">18.4<"#) && offline.contains(r#"data-show="gone">Offline since 12:18<"#)
    );
    assert!(offline.contains(r#"data-show="feels"></output>"#), "it feels like nothing");
    assert_eq!(between(&offline, "<title>", "</title>"), "Offline – Town Hall");
}

#[test]
fn what_stands_beside_a_value_is_as_fresh_as_that_value() {
    let client = client();
    let (fresh, old) = (body(&client, "/story/live"), body(&client, "/story/old-asides"));
    for key in ["dew_point", "station_pressure", "precipitation_rate", "uv_index", "wind_gust"] {
        let shown = |html: &str| !between(html, &format!(r#"data-key="{key}" data-beside=""#), "</").ends_with('>');
        assert_eq!((shown(&fresh), shown(&old)), (true, false), "{key}");
    }
    assert_eq!(old.matches(r#"<p class="aside" data-optional hidden>"#).count(), 4);
    assert!(old.contains(r#"data-show="compass"></output>"#), "an old direction is none");
    assert!(between(&old, "data-needle ", "</g>").contains(r#"visibility="hidden""#));
    assert!(old.contains(r#"data-show="gust_today">12.3 m/s<"#), "the day's strongest has its own day");
}

#[test]
fn yesterdays_rain_is_not_todays() {
    let html = body(&client(), "/story/yesterdays-rain");
    assert!(html.contains(r#"data-key="precipitation">—</output><span class="unit">mm"#));
    assert!(body(&client(), "/story/live").contains(r#"data-key="precipitation">2.4</output>"#));
}

#[test]
fn a_dead_thermometer_does_not_make_its_station_offline() {
    let html = body(&client(), "/story/dead-thermometer");
    assert!(
        html.contains(r#"data-station="town-hall" data-state="live""#) && html.contains(r#"data-show="word">Live<"#)
    );
    assert!(
        html.contains(r#"data-tile="temperature" data-state="offline""#) && html.contains(r#"data-show="big">18.4<"#)
    );
    assert!(html.contains(r#"data-show="gone">No temperature since 12:18<"#));
    assert_eq!(between(&html, "<title>", "</title>"), "Town Hall");
}

#[test]
fn a_station_without_an_outdoor_thermometer_shows_what_it_has() {
    let client = client();
    let page = body(&client, "/story/indoor");
    assert!(!page.contains("No outdoor temperature") && page.contains(r#"data-state="live""#));
    assert!(page.contains(r#"data-tile="indoor/temperature""#) && page.contains(r#"data-show="big">21.5<"#));
    assert_eq!(between(&page, "<title>", "</title>"), "21.5 °C – Indoors");
    let card = body(&client, "/stories/indoor");
    assert!(card.contains(r#"data-state="live""#) && card.contains(r#"data-show="word">Live<"#));
    assert!(card.contains("<dt>Indoor</dt><dd><output") && card.contains(">21.5 °C</output>"));
    assert!(!card.contains(r#"data-show="big""#) && !card.contains("data-spark"));
}

#[test]
fn the_card_of_a_station_that_never_sent_anything_says_so_and_has_no_places() {
    let html = body(&client(), "/stories/all");
    assert_eq!(html.matches("It has not sent a reading yet.").count(), 1);
    let card = html.split("It has not sent a reading yet.").nth(1).and_then(|rest| rest.split("</li>").next());
    assert!(card.is_some_and(|card| !card.contains("data-show=\"big\"") && !card.contains("data-spark")));
}

#[test]
fn the_dot_is_the_latest_value_at_its_own_time() {
    let html = body(&client(), "/story/live");
    let summary = between(&html, r#"role="img" aria-label=""#, r#"""#);
    assert!(summary.ends_with("latest 18.4 °C at 15:18."), "{summary}");
    let facts = story("live").expect("a story");
    let across = (NOW.0 - 4_000 - facts.series.from.0) as f64 / (facts.series.to.0 - facts.series.from.0) as f64;
    let dot = between(&html, r#"<circle class="now""#, "/>");
    let x: f64 = between(dot, r#"cx=""#, "%").parse().expect("a number");
    assert!((x - across * 100.0).abs() < 0.006, "{x} % and {across}");
}

#[test]
fn where_there_is_no_value_there_is_no_dot() {
    let html = body(&client(), "/stories/all");
    let dots: Vec<&str> =
        html.split(r#"<circle class="now""#).skip(1).map(|dot| &dot[..dot.find("/>").unwrap()]).collect();
    let (hidden, shown): (Vec<&str>, Vec<&str>) = dots.iter().partition(|dot| dot.contains(r#"visibility="hidden""#));
    assert_eq!((hidden.len(), shown.len()), (0, 6), "the card of a station without readings has no line");
    assert!(
        body(&client(), "/story/offline").contains(r#"data-range visibility="hidden"/>"#),
        "nor between low and high"
    );
    assert!(hidden.iter().all(|dot| !dot.contains("cx=")) && shown.iter().all(|dot| dot.contains("cx=")));
}

#[test]
fn every_age_says_of_which_instant() {
    for (path, html) in every_page() {
        assert!(!html.contains("<time data-show") && !html.contains("Values as of"), "{path}");
    }
    let stale = body(&client(), "/story/stale");
    assert!(
        stale.contains(
            r#"<time datetime="2026-11-22T14:09:07.000Z" data-show="tile_age" data-key="humidity">9 min ago<"#
        )
    );
}

#[test]
fn what_is_missing_is_absent_and_never_zero() {
    let client = client();
    let one = body(&client, "/story/one");
    assert!(one.contains(r#"data-show="big">7.3<"#));
    assert!(!one.contains(r#"id="wind""#) && !one.contains("card tile"));
    assert!(one.contains("No values in the last 24 hours."));
    assert!(one.contains(r#"data-optional hidden><span class="muted">feels like"#));
    let calm = body(&client, "/story/calm");
    assert!(calm.contains(r#"visibility="hidden""#), "calm has no direction");
    let silent = body(&client, "/story/silent");
    assert!(silent.contains("Waiting for the first reading") && silent.contains("/api/v1/readings"));
}

#[test]
fn with_no_station_the_page_says_how_to_add_one_on_this_host() {
    let client = client();
    let html = client.get("/stories/empty").header(Header::new("Host", "pi.local:8000")).dispatch().into_string();
    let html = html.expect("a body");
    assert!(html.contains("stevenson station add town-hall"));
    assert!(html.contains("curl http://pi.local:8000/api/v1/readings"));
    assert!(html.contains("http://pi.local:8000, path <code>/data/report/KEY</code>"), "consoles of Ecowitt, too");
    let elsewhere = book().configure(rocket::Config::figment().merge(("port", 9100)).merge(("log_level", "off")));
    let html = body(&Client::tracked(elsewhere).expect("rocket"), "/stories/empty");
    assert!(html.contains("curl http://localhost:9100/api/v1/readings"), "without a host, where it listens");
    assert!(html.contains("this machine’s address in your network, port 9100, path"), "no console knows localhost");
}

#[test]
fn the_units_switch_there_and_back_gives_the_same_digits() {
    let client = client();
    let before = body(&client, "/story/live");
    let choose = |form: &str| {
        let answer = client.post("/units").header(ContentType::Form).header(ours()).body(form).dispatch();
        assert_eq!(answer.status(), Status::SeeOther);
        assert_eq!(answer.headers().get_one("Location"), Some("/s/town-hall"));
    };
    choose("temperature=F&back=/s/town-hall");
    choose("rest=us&back=/s/town-hall");
    let us = body(&client, "/story/live");
    for text in [">65.1<", ">18.4 °C<", ">29.92<", "18 mph", "0.09"] {
        assert!(us.contains(text), "no {text}");
    }
    assert_eq!(
        state(&us)["units"],
        serde_json::json!({"°C": "°F", "hPa": "inHg", "km": "mi", "m/s": "mph", "mm": "in", "mm/h": "in/h"})
    );
    choose("temperature=C&back=/s/town-hall");
    choose("rest=metric&back=/s/town-hall");
    assert_eq!(body(&client, "/story/live"), before);
}

#[test]
fn the_cookie_of_settings_lasts_and_leads_nowhere_else() {
    let client = client();
    let answer = client.post("/units").header(ContentType::Form).header(ours());
    let answer = answer.body("temperature=F&back=//evil.example").dispatch();
    assert_eq!(answer.headers().get_one("Location"), Some("/"));
    let cookie = answer.headers().get_one("Set-Cookie").expect("a cookie").to_owned();
    let cookie = Cookie::parse(cookie).expect("parses");
    assert_eq!((cookie.name(), cookie.value()), ("settings", "1.f-metric"));
    assert_eq!(cookie.same_site(), Some(rocket::http::SameSite::Lax));
    assert_eq!(cookie.max_age().map(|age| age.whole_days()), Some(400));
}

#[test]
fn what_is_not_there_has_a_page_with_a_way_home() {
    let client = client();
    let answer = client.get("/s/../etc").dispatch();
    assert_eq!(answer.status(), Status::NotFound);
    let answer = client.post("/units").header(ContentType::JSON).body("{}").dispatch();
    assert_eq!(answer.status(), Status::UnsupportedMediaType, "a form or nothing");
    let html = body(&client, "/nowhere");
    assert!(html.contains("There is nothing here") && html.contains(r#"href="/">All stations"#));
}

#[test]
fn a_gap_splits_the_paths_and_the_table_says_so() {
    let client = client();
    let stretches =
        |html: &str, class: &str| between(html, &format!(r#"<path class="{class}" d=""#), r#"""#).matches('M').count();
    let whole = body(&client, "/story/live");
    assert_eq!((stretches(&whole, "line"), stretches(&whole, "band")), (1, 1));
    assert!(!whole.contains("no readings") && !whole.contains("gap."));
    let gap = body(&client, "/story/gap");
    assert_eq!((stretches(&gap, "line"), stretches(&gap, "band")), (2, 2));
    assert!(gap.contains("no readings") && gap.contains("with one gap."));
}

#[test]
fn the_table_behind_the_chart_holds_the_whole_series() {
    let facts = story("gap").expect("a story");
    let html = body(&client(), "/story/gap");
    let rows = between(&html, "<tbody data-rows>", "</tbody>");
    let cells = |row: &str| -> Vec<String> {
        row.split("<td>").skip(1).map(|cell| cell.split('<').next().unwrap_or_default().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.split("<tr>").skip(1).map(cells).filter(|cells| !cells.is_empty()).collect();
    let number = |cell: &str| cell.parse::<f64>().expect("a number");
    let column = |index: usize| rows.iter().map(move |row| number(&row[index]));
    let buckets = &facts.series.buckets;
    let (low, high) = buckets.iter().fold((f64::MAX, f64::MIN), |(l, h), b| (l.min(b.min), h.max(b.max)));
    let total: u32 = buckets.iter().map(|bucket| bucket.count).sum();
    assert_eq!(column(3).sum::<f64>(), f64::from(total), "every reading is counted once");
    assert!((column(1).fold(f64::MAX, f64::min) - low).abs() <= 0.051);
    assert!((column(2).fold(f64::MIN, f64::max) - high).abs() <= 0.051);
}

#[test]
fn the_scripts_start_from_what_was_rendered() {
    let html = body(&client(), "/story/sensors");
    let state = state(&html);
    assert_eq!(state["cursor"], CURSOR);
    assert_eq!(state["now"], NOW.0);
    let station = &state["stations"][0];
    assert_eq!(station["slug"], "town-hall");
    let clocks: Vec<(i64, i64)> = serde_json::from_value(station["zone"].clone()).expect("since when, and by how much");
    assert!(clocks[0].0 < NOW.0 && clocks.contains(&(1_792_890_000_000, 3_600)), "{clocks:?}");
    assert_eq!(station["day"], "2026-11-22");
    assert_eq!(station["values"]["indoor/temperature"]["value"], 21.5);
    assert_eq!(station["extremes"]["temperature"]["low_at"], NOW.0 - 9 * HOUR_MS);
    assert_eq!(station["series"]["bucket_ms"], CHART_BUCKET_MS);
    let columns = station["series"]["points"].as_array().expect("columns");
    let lengths: Vec<_> = columns.iter().map(|column| column.as_array().expect("a column").len()).collect();
    assert!(lengths[0] > 100 && lengths == [lengths[0]; 5], "{lengths:?}");
    assert_eq!(columns[0][0], 0, "the day is full");
}

#[test]
fn a_file_is_for_ever_under_its_build_and_asked_for_under_any_other() {
    let client = client();
    let html = body(&client, "/story/live");
    let address = between(&html, r#"<link rel="stylesheet" href=""#, r#"""#).to_owned();
    let answer = client.get(address.clone()).dispatch();
    assert_eq!(answer.content_type(), Some(ContentType::CSS));
    assert!(answer.headers().get_one("Cache-Control").is_some_and(|value| value.contains("immutable")));
    let etag = answer.headers().get_one("ETag").expect("an ETag").to_owned();
    let known = client.get(address).header(Header::new("If-None-Match", etag)).dispatch();
    assert_eq!((known.status(), known.body().is_none()), (Status::NotModified, true));
    let other = client.get("/static/000000000000/style.css").dispatch();
    assert_eq!((other.status(), other.headers().get_one("Cache-Control")), (Status::Ok, Some("no-cache")));
    assert_eq!(client.get("/favicon.svg").dispatch().content_type(), Some(ContentType::SVG));
    assert_eq!(client.get("/static/x/js/../../Cargo.toml").dispatch().status(), Status::NotFound);
}

#[test]
fn every_module_that_a_script_imports_is_served() {
    let client = client();
    let mut left = vec![
        "page/main.js".to_owned(),
        "tabs/worker.js".to_owned(),
        "lab/main.js".to_owned(),
        "history/main.js".to_owned(),
    ];
    let mut known = left.clone();
    while let Some(module) = left.pop() {
        let answer = client.get(format!("/static/any/js/{module}")).dispatch();
        assert_eq!(answer.status(), Status::Ok, "{module}");
        assert_eq!(answer.content_type(), Some(ContentType::JavaScript));
        let source = answer.into_string().expect("a body");
        let (room, _) = module.split_once('/').expect("a room");
        for import in source.split("from '").skip(1).map(|rest| rest.split('\'').next().unwrap_or_default()) {
            let beside = import.strip_prefix("./").map(|name| format!("{room}/{name}"));
            let name = beside.unwrap_or_else(|| import.trim_start_matches("../").to_owned());
            if !known.contains(&name) {
                known.push(name.clone());
                left.push(name);
            }
        }
    }
}

#[test]
fn the_menu_offers_every_fleet_of_the_table() {
    let html = body(&client(), "/story/live");
    let menu = between(&html, r#"<select id="fleet""#, "</select>");
    let offered: Vec<&str> = menu.split(r#"<option value=""#).skip(1).map(|o| between(o, "", "\"")).collect();
    let table = include_str!("../../static/js/channel/fleets.js");
    let rows: Vec<&str> = table.split(r#""name": ""#).skip(1).map(|row| between(row, "", "\"")).collect();
    assert!(rows.len() >= 6 && offered == rows, "{offered:?} and {rows:?}");
}

#[test]
fn the_panel_shows_who_said_what_and_what_was_said_unasked() {
    let client = client();
    let html = body(&client, "/story/thinking");
    let list = between(&html, "<ol data-words>", "</ol>");
    assert_eq!((list.matches(r#"data-from="you""#).count(), list.matches(r#"data-from="robot""#).count()), (3, 3));
    assert_eq!(list.matches("data-blurt").count(), 1, "only the last of the keeper's");
    assert_eq!(list.matches("data-waits").count(), 1);
    assert!(list.contains(r#"<time datetime="2026-11-20T22:18:07.000Z" data-word="time">Fri 20 Nov, 23:18</time>"#));
    assert!(html.contains(r#"role="log""#) && html.contains("data-thinking>"));
    assert!(body(&client, "/story/away").contains("The keeper is away at the moment."));
    assert!(body(&client, "/story/live").contains("Warn me below 0 °C"));
}
