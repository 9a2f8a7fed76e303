//! What the owner does with stations, without scripts: forms that post and redirect.

use super::{OURS, hidden, location};
use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use crate::kit::program::post;
use serde_json::json;

async fn send(app: &TestApp, path: &str, body: &str) -> Plain {
    ask(app, &format!("POST {path}"), OURS, body.as_bytes()).await
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

/// The key that a page shows; `None` if it shows none any more.
fn key_on(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("<code data-key>")?;
    Some(rest.split('<').next().expect("a key").to_owned())
}

#[tokio::test]
async fn a_station_is_added_and_its_key_is_shown_once() {
    let app = TestApp::start().await;
    assert!(page(&app, "/admin").await.contains("No stations yet"));
    let added = send(&app, "/admin/stations", "slug=barn&name=The+barn&zone=Europe%2FBerlin&elevation=214.5").await;
    assert_eq!(added.status, 303, "{}", added.body);
    let to = location(&added);
    assert_eq!(ask(&app, &format!("HEAD {to}"), "", b"").await.status, 200, "a look at the head shows no key");
    let shown = page(&app, &to).await;
    let key = key_on(&shown).expect("a key");
    assert!(shown.contains(&format!("/data/report/{key}")) && shown.contains("http://localhost"), "{shown}");
    let again = page(&app, &to).await;
    assert!(key_on(&again).is_none() && again.contains("shown already"), "{again}");
    let (status, _) = post(&app.url, &key, &json!({"temperature": 21.5})).await.expect("an answer");
    assert_eq!(status, 201, "the key is the station's");
    let barn = app.storage.directory().by_slug("barn").expect("the station").clone();
    assert_eq!((barn.name.as_str(), barn.zone.name(), barn.elevation_m), ("The barn", "Europe/Berlin", Some(214.5)));
    let list = page(&app, "/admin").await;
    assert!(list.contains("The barn") && list.contains("Heard just now"), "{list}");
    let bare = send(&app, "/admin/stations", "slug=shed&name=&zone=UTC&elevation=").await;
    assert_eq!(bare.status, 303);
    assert_eq!(app.storage.directory().by_slug("shed").map(|shed| shed.name.clone()).as_deref(), Some("shed"));
}

#[tokio::test]
async fn the_owner_corrects_a_station_in_its_rooms() {
    let app = TestApp::start().await;
    let added =
        send(&app, "/admin/stations", "slug=barn&name=B&zone=UTC&elevation=&latitude=52.5&longitude=13.4").await;
    assert_eq!(added.status, 303, "{}", added.body);
    let barn = || app.storage.directory().by_slug("barn").expect("the station").clone();
    assert!(barn().coordinates.is_some(), "a new station may have a place");
    let half = send(&app, "/admin/stations", "slug=shed&name=&zone=UTC&elevation=&latitude=52.5&longitude=").await;
    assert!(half.status == 422 && half.body.contains("needs a longitude"), "{}", half.body);

    let settings = "elevation=&clock_offset=&zone=Europe%2FBerlin&interval=5m";
    assert_eq!(send(&app, "/admin/stations/barn/settings", settings).await.status, 303);
    assert_eq!((barn().zone.name(), barn().interval_ms), ("Europe/Berlin", Some(300_000)));
    let shown = page(&app, "/admin/stations/barn").await;
    assert!(
        shown.contains(r#"name="zone" value="Europe/Berlin""#) && shown.contains(r#"name="interval" value="5m""#),
        "{shown}"
    );
    let settings = "elevation=&clock_offset=&zone=Berlin&interval=";
    let wrong = send(&app, "/admin/stations/barn/settings", settings).await;
    assert!(wrong.status == 422 && wrong.body.contains("did you mean Europe/Berlin?"), "{}", wrong.body);
    assert_eq!(send(&app, "/admin/stations/barn/settings", "elevation=&clock_offset=&interval=").await.status, 303);
    assert_eq!((barn().zone.name(), barn().interval_ms), ("Europe/Berlin", None));

    let long = "n".repeat(120);
    let wrong = send(&app, "/admin/stations/barn/name", &format!("name={long}")).await;
    assert!(wrong.body.contains(&long) && wrong.body.contains("has 120 characters; the most is 80"), "{}", wrong.body);

    let moved = send(&app, "/admin/stations/barn/slug", "slug=mill").await;
    assert_eq!((moved.status, location(&moved).as_str()), (303, "/admin/stations/mill?done=moved"));
    let shown = page(&app, &location(&moved)).await;
    assert!(shown.contains("<dt>Before</dt><dd>barn</dd>") && shown.contains("leads on to it"), "{shown}");
    assert_eq!(ask(&app, "GET /s/barn", "", b"").await.status, 308);
    let taken = send(&app, "/admin/stations", "slug=barn&name=&zone=UTC&elevation=").await;
    assert!(taken.status == 409 && taken.body.contains("--forget-former-slugs"), "{}", taken.body);
    assert_eq!(send(&app, "/admin/stations/mill/slug/forget", "").await.status, 303);
    assert_eq!(ask(&app, "GET /s/barn", "", b"").await.status, 404);
}

#[tokio::test]
async fn what_another_process_has_stored_is_told_in_the_list() {
    let app = TestApp::start().await;
    let (station, _) = app.add_station("roof").await;
    assert!(page(&app, "/admin").await.contains("No readings yet"));
    let file = app.folder.path().join("stevenson.db");
    let options = stevenson::storage::Options { file, ..stevenson::storage::Options::default() };
    let (other, _) = stevenson::storage::Storage::open(options).await.expect("opens");
    let mut draft = weather::report::Draft::new(chrono::Utc::now().into());
    let temperature = weather::quantity::Quantity::Temperature;
    draft.take_number(&weather::station::SensorName::main(), temperature, temperature.unit(), "temperature", 7.0);
    other.append(station.id, vec![draft.finish(None).report.expect("a report")]).await.expect("stored");
    other.close().await;
    assert!(page(&app, "/admin").await.contains("Newest reading"), "{}", page(&app, "/admin").await);
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_with_what_was_written() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    for (body, status, why) in [
        ("slug=shed&name=B&zone=Berlin&elevation=", 422, "did you mean Europe/Berlin?<"),
        ("slug=shed&name=B&zone=UTC&elevation=34%2C5", 422, "write 34.5, with a point"),
        ("slug=The+Barn&name=B&zone=UTC&elevation=", 422, "station slug"),
        ("slug=barn&name=B%E2%80%AE&zone=UTC&elevation=", 422, "station name"),
        ("slug=barn&name=B&zone=Mars%2FOlympus&elevation=", 422, "Mars/Olympus"),
        ("slug=barn&name=B&zone=UTC&elevation=10000", 422, "metres"),
        ("slug=roof&name=B%26%3Cb%3E&zone=UTC&elevation=7", 409, "exists already"),
    ] {
        let answer = send(&app, "/admin/stations", body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.body.contains("role=\"alert\"") && answer.body.contains(why), "{why}: {}", answer.body);
        assert!(answer.body.contains(r#"name="name" value="B"#) && !answer.body.contains("<b>"), "{}", answer.body);
    }
    assert_eq!(app.storage.directory().count(), 1);
}

#[tokio::test]
async fn a_station_is_renamed_gets_another_key_and_devices_and_is_removed() {
    let app = TestApp::start().await;
    let (_, old) = app.add_station("roof").await;
    let renamed = send(&app, "/admin/stations/roof/name", "name=The+roof").await;
    assert_eq!((renamed.status, location(&renamed).as_str()), (303, "/admin/stations/roof?done=renamed"));
    let shown = page(&app, &location(&renamed)).await;
    assert!(shown.contains("<h1>The roof</h1>") && shown.contains("has its new name"), "{shown}");
    assert!(page(&app, "/s/roof").await.contains("The roof"), "its page knows");
    assert_eq!(send(&app, "/admin/stations/roof/name", "name=+").await.status, 422);

    let renewed = send(&app, "/admin/stations/roof/key", "").await;
    let key = key_on(&page(&app, &location(&renewed)).await).expect("a key");
    let sends = async |key: &str| post(&app.url, key, &json!({"temperature": 1})).await.expect("an answer").0;
    assert_eq!((sends(&old).await, sends(&key).await), (401, 201));
    assert_eq!(page(&app, "/admin/stations/roof").await.matches(&key).count(), 0, "never again");

    let device = "kind=passkey&secret=0123456789ABCDEF0123456789ABCDEF";
    assert_eq!(send(&app, "/admin/stations/roof/devices", device).await.status, 303);
    let shown = page(&app, "/admin/stations/roof").await;
    assert!(shown.contains("Bound: a console, by its PASSKEY") && !shown.contains("0123456789ABCDEF"), "{shown}");
    app.add_station("barn").await;
    let taken = send(&app, "/admin/stations/barn/devices", device).await;
    assert!(
        taken.status == 409 && taken.body.contains("bound to the station &#34;roof&#34; already"),
        "{}",
        taken.body
    );
    let bad = send(&app, "/admin/stations/barn/devices", "kind=mac&secret=24C8").await;
    assert!(bad.status == 422 && bad.body.contains("12 digits"), "{}", bad.body);
    assert_eq!(send(&app, "/admin/stations/roof/devices/unbind", "").await.status, 303);
    assert!(page(&app, "/admin/stations/roof").await.contains("No device is bound"));

    let doubtful = send(&app, "/admin/stations/roof/remove", "slug=barn").await;
    assert!(doubtful.status == 422 && doubtful.body.contains("write roof to agree"), "{}", doubtful.body);
    let removed = send(&app, "/admin/stations/roof/remove", "slug=roof").await;
    assert_eq!((removed.status, location(&removed).as_str()), (303, "/admin?done=removed"));
    assert!(app.storage.directory().by_slug("roof").is_none() && app.storage.directory().by_slug("barn").is_some());
    assert_eq!(ask(&app, "GET /admin/stations/roof", "", b"").await.status, 404);
    assert_eq!(send(&app, "/admin/stations/roof/name", "name=x").await.status, 404);
}

#[tokio::test]
async fn a_key_is_shown_to_who_made_it_and_under_no_other_mark() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    app.add_station("barn").await;
    let to = location(&send(&app, "/admin/stations/roof/key", "").await);
    for other in ["/admin/stations/roof/key", "/admin/stations/roof/key?mark=", &to.replace("roof", "barn")] {
        assert!(key_on(&page(&app, other).await).is_none(), "{other}");
    }
    assert!(key_on(&page(&app, &to).await).is_some());
    assert!(!hidden(&page(&app, "/admin/stations/roof").await, "token").is_empty());
}

#[tokio::test]
async fn height_and_clock_of_a_station_are_changed_and_shown() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let set = send(&app, "/admin/stations/roof/settings", "elevation=512.5&clock_offset=-2h").await;
    assert_eq!((set.status, location(&set).as_str()), (303, "/admin/stations/roof?done=set"), "{}", set.body);
    let roof = app.storage.directory().by_slug("roof").expect("there").clone();
    assert_eq!((roof.elevation_m, roof.clock_offset_ms), (Some(512.5), -7_200_000));
    let shown = page(&app, "/admin/stations/roof?done=set").await;
    assert!(shown.contains("settings are changed") && shown.matches(r#"value="-2h""#).count() == 1, "{shown}");
    // Each subject has a form of its own, and leaves the others alone.
    assert_eq!(send(&app, "/admin/stations/roof/settings", "upload_units=as-named").await.status, 303);
    assert_eq!(send(&app, "/admin/stations/roof/settings", "clock_offset=-2h").await.status, 303);
    let roof = app.storage.directory().by_slug("roof").expect("there").clone();
    assert_eq!((roof.elevation_m, roof.clock_offset_ms), (Some(512.5), -7_200_000));
    assert!(super::words(&page(&app, "/admin").await).contains("-2h is added to its times"));
    for (body, why) in [("elevation=high&clock_offset=", "high"), ("elevation=&clock_offset=5", "write 5h")] {
        let wrong = send(&app, "/admin/stations/roof/settings", body).await;
        assert!(wrong.status == 422 && wrong.body.contains(why), "{body}: {}", wrong.body);
    }
    let listed = crate::kit::program::run(app.folder.path(), &["station", "list"]);
    let listed = String::from_utf8(listed.stdout).expect("text");
    assert!(listed.contains("512.5 m  -2h is added to its times"), "{listed}");
    assert_eq!(send(&app, "/admin/stations/roof/settings", "elevation=&clock_offset=").await.status, 303);
    let roof = app.storage.directory().by_slug("roof").expect("there").clone();
    assert_eq!((roof.elevation_m, roof.clock_offset_ms), (None, 0));
}

#[tokio::test]
async fn an_owner_who_removes_a_station_that_mqtt_reads_for_is_told() {
    let subscription = stevenson::mqtt::Subscription {
        topic: "roof".to_owned(),
        station: "roof".to_owned(),
        ..stevenson::mqtt::Subscription::default()
    };
    let app = TestApp::with(|config| {
        // Nobody listens there.
        config.mqtt.broker = "127.0.0.1:1".to_owned();
        config.mqtt.subscriptions = vec![subscription];
    })
    .await;
    app.add_station("roof").await;
    app.add_station("barn").await;
    assert!(page(&app, "/admin/stations/roof").await.contains("reads messages of MQTT for this station"));
    assert!(!page(&app, "/admin/stations/barn").await.contains("reads messages of MQTT"));
    let removed = send(&app, "/admin/stations/roof/remove", "slug=roof").await;
    assert!(page(&app, &location(&removed)).await.contains("out of [mqtt]"), "{}", location(&removed));
    let removed = send(&app, "/admin/stations/barn/remove", "slug=barn").await;
    assert_eq!(location(&removed), "/admin?done=removed");

    let folder = tempfile::tempdir().expect("a folder");
    crate::kit::program::add_station(folder.path(), "roof");
    let knobs = "[mqtt]\nbroker = \"127.0.0.1:1\"\n[[mqtt.subscriptions]]\ntopic = \"roof\"\nstation = \"roof\"\n";
    std::fs::write(folder.path().join("stevenson.toml"), knobs).expect("written");
    let removed = crate::kit::program::run(folder.path(), &["station", "remove", "roof", "--yes"]);
    let told = String::from_utf8_lossy(&removed.stderr).into_owned();
    assert!(removed.status.success() && told.contains("take roof out of [mqtt]"), "{told}");
}

#[tokio::test]
async fn where_a_station_stands_is_set_here_and_by_commands_and_is_shown_to_its_owner_alone() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    app.measures(&key, &json!({"temperature": 1})).await;
    let set =
        send(&app, "/admin/stations/roof/settings", "elevation=&clock_offset=&latitude=52.5163&longitude=-13.3777")
            .await;
    assert_eq!((set.status, location(&set).as_str()), (303, "/admin/stations/roof?done=set"), "{}", set.body);
    let shown = page(&app, "/admin/stations/roof").await;
    assert!(shown.contains(r#"name="latitude" value="52.5163""#) && shown.contains(r#"value="-13.3777""#), "{shown}");
    for path in ["/s/roof", "/", "/api/v1/stations", "/api/v1/stations/roof/export?format=jsonl"] {
        let answer = ask(&app, &format!("GET {path}"), "", b"").await;
        assert!(!answer.body.contains("52.51") && !answer.body.contains("13.37"), "{path}: {}", answer.body);
    }
    for (body, why) in [
        ("latitude=52.5&longitude=", "a longitude"),
        ("latitude=&longitude=13", "a latitude"),
        ("latitude=90.5&longitude=13", "from -90 to 90"),
        ("latitude=52&longitude=181", "from -180 to 180"),
    ] {
        let body = format!("elevation=&clock_offset=&{body}");
        let wrong = send(&app, "/admin/stations/roof/settings", &body).await;
        assert!(wrong.status == 422 && wrong.body.contains(why), "{body}: {}", wrong.body);
    }
    // A form without the fields changes nothing of them.
    assert_eq!(send(&app, "/admin/stations/roof/settings", "elevation=&clock_offset=").await.status, 303);
    let place = app.storage.directory().by_slug("roof").and_then(|roof| roof.coordinates).expect("known");
    assert_eq!((place.latitude(), place.longitude()), (52.5163, -13.3777));
    assert_eq!(
        send(&app, "/admin/stations/roof/settings", "elevation=&clock_offset=&latitude=&longitude=").await.status,
        303
    );
    assert_eq!(app.storage.directory().by_slug("roof").and_then(|roof| roof.coordinates), None);

    let folder = tempfile::tempdir().expect("a folder");
    crate::kit::program::make_database(folder.path());
    let run = |arguments: &[&str]| {
        let output = crate::kit::program::run(folder.path(), arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let (added, ..) = run(&["station", "add", "barn", "--latitude", "-33.8688", "--longitude", "151.2093"]);
    assert!(added);
    let (_, listed, _) = run(&["station", "list"]);
    assert!(listed.contains("33.8688° S 151.2093° E"), "{listed}");
    for (arguments, why) in [
        (&["add", "shed", "--latitude", "1"][..], "--longitude"),
        (&["add", "shed", "--latitude", "91", "--longitude", "1"], "is not a latitude from -90 to 90"),
        (&["set", "barn", "--latitude", "1"], "--longitude"),
        (&["set", "barn", "--longitude", "1"], "--latitude"),
        (&["set", "barn", "--latitude", "unknown", "--longitude", "1"], "takes no --longitude"),
        (&["set", "barn", "--upload-units", "imperial"], "metric-km/h"),
    ] {
        let (done, _, error) = run(&[&["station"], arguments].concat());
        assert!(!done && error.contains(why), "{arguments:?}: {error}");
    }
    assert!(
        run(&["station", "set", "barn", "--latitude", "52.52", "--longitude", "13.41", "--upload-units", "metric"]).0
    );
    let (_, listed, _) = run(&["station", "list"]);
    assert!(listed.contains("52.52° N 13.41° E") && listed.contains("uploads metric"), "{listed}");
    assert!(run(&["station", "set", "barn", "--latitude", "unknown", "--upload-units", "as-named"]).0);
    let (_, listed, _) = run(&["station", "list"]);
    assert!(!listed.contains('°') && !listed.contains("uploads"), "{listed}");
}

#[tokio::test]
async fn light_at_night_is_set_aside_where_the_place_is_known() {
    let app = TestApp::start().await;
    // Where it is midnight, and where it is noon.
    let hours = chrono::Timelike::num_seconds_from_midnight(&chrono::Utc::now().time()) as f64 / 3_600.0;
    let noon = 180.0 - 15.0 * hours;
    let midnight = if noon > 0.0 { noon - 180.0 } else { noon + 180.0 };
    let sunny = json!({"temperature": 20, "solar_radiation": 300, "uv_index": 2});
    for (slug, longitude, is_night) in
        [("noon", Some(noon), false), ("midnight", Some(midnight), true), ("nowhere", None, false)]
    {
        let (_, key) = app.add_station(slug).await;
        if let Some(longitude) = longitude {
            let body = format!("elevation=&clock_offset=&latitude=0&longitude={longitude}");
            assert_eq!(send(&app, &format!("/admin/stations/{slug}/settings"), &body).await.status, 303);
        }
        app.measures(&key, &sunny).await;
        let inbox = page(&app, "/admin/inbox").await;
        let number = inbox.split("/admin/inbox/").nth(1).and_then(|rest| rest.split('"').next()).expect("an upload");
        let shown = super::words(&page(&app, &format!("/admin/inbox/{number}")).await);
        let set_aside = shown.matches("kept, does not count: sun below the horizon").count();
        assert_eq!(set_aside, if is_night { 2 } else { 0 }, "{slug}: {shown}");
        let station = page(&app, &format!("/s/{slug}")).await;
        assert_eq!(
            station.contains("2 values of the last 24 hours do not count: sun below the horizon (2)."),
            is_night,
            "{slug}"
        );
        app.measures(&key, &json!({"solar_radiation": 41, "uv_index": 0.9})).await;
        let id = app.storage.directory().by_slug(slug).expect("there").id;
        let latest = app.storage.latest(id).await.expect("read");
        let light = latest.iter().find(|one| one.quantity == weather::quantity::Quantity::SolarRadiation);
        assert_eq!(light.map(|one| one.value), Some(41.0), "{slug}: as dark as instruments tell");
    }
}

#[tokio::test]
async fn a_former_slug_leads_on_to_the_stations_rooms() {
    let app = TestApp::start().await;
    assert_eq!(send(&app, "/admin/stations", "slug=barn&name=B&zone=UTC&elevation=").await.status, 303);
    assert_eq!(send(&app, "/admin/stations/barn/slug", "slug=shed").await.status, 303);
    for (path, to) in [
        ("GET /admin/stations/barn", "/admin/stations/shed"),
        ("GET /admin/stations/barn?done=set", "/admin/stations/shed?done=set"),
        ("GET /admin/stations/barn/calibrations", "/admin/stations/shed/calibrations"),
    ] {
        let answer = ask(&app, path, "", b"").await;
        assert_eq!((answer.status, location(&answer).as_str()), (308, to), "{path}: {}", answer.body);
    }
    let posted = send(&app, "/admin/stations/barn/name", "name=Shed").await;
    assert_eq!((posted.status, location(&posted).as_str()), (308, "/admin/stations/shed/name"), "{}", posted.body);
    assert_eq!(
        send(&app, "/admin/stations/shed/name", "name=Shed").await.status,
        303,
        "a browser sends it again there"
    );
}
