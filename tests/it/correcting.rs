//! A station is corrected on the command line, beside a server that runs: pages, doors and open connections follow.

use crate::kit::app::TestApp;
use crate::kit::connection::truck;
use crate::kit::program::{Program, make_database, post, program, run};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

fn said(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

async fn ask(url: &str) -> (u16, Option<String>, String) {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = client.get(url).send().await.expect("an answer");
    let to = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    (answer.status().as_u16(), to, answer.text().await.expect("a body"))
}

/// Asks again until the answer is as it should be; the server looks for other processes' commits twice a second.
async fn until(url: &str, holds: impl Fn(&(u16, Option<String>, String)) -> bool) -> (u16, Option<String>, String) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let answer = ask(url).await;
        if holds(&answer) {
            return answer;
        }
        assert!(tokio::time::Instant::now() < deadline, "{url}: {answer:?}");
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_script_reads_the_key_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    make_database(folder.path());
    for arguments in [&["station", "add", "garden", "--key-only"][..], &["station", "new-key", "garden", "--key-only"]]
    {
        let output = run(folder.path(), arguments);
        let (key, words) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let is_bare = key.starts_with("stv_")
            && key.lines().count() == 1
            && key.trim().bytes().all(|byte| byte.is_ascii_graphic());
        assert!(output.status.success() && is_bare, "{key}");
        assert!(words.contains("keep the key"), "{words}");
    }
}

#[tokio::test]
async fn everything_that_is_set_wrong_can_be_set_right_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("garden");
    let (status, _) = post(&server.url, &key, &json!({"temperature": 21.5, "wobble": 7})).await.expect("an answer");
    assert_eq!(status, 201);
    let told = said(
        folder.path(),
        &[
            "station",
            "set",
            "garden",
            "--name",
            "The plot",
            "--zone",
            "America/New_York",
            "--interval",
            "1h",
            "--slug",
            "plot",
        ],
    );
    for words in ["The plot", "America/New_York", "have followed", "every 1h", "/s/garden leads on to /s/plot"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let (_, to, _) = until(&format!("{}/s/garden?ask=hi%20you", server.url), |answer| answer.0 == 308).await;
    assert_eq!(to.as_deref(), Some("/s/plot?ask=hi%20you"));
    let (status, _, page) = ask(&format!("{}/s/plot", server.url)).await;
    assert!(status == 200 && page.contains("The plot") && page.contains("America/New_York"), "{page}");
    assert!(page.contains("3600000"), "the page counts with the interval that was said");
    let (status, ..) = ask(&format!("{}/api/v1/stations/garden/export", server.url)).await;
    assert_eq!(status, 200, "programs go on");
    let old =
        format!("{}/weatherstation/updateweatherstation.php?ID=garden&PASSWORD={key}&dateutc=now&tempf=71", server.url);
    assert!(ask(&old).await.2.contains("success"), "consoles go on");
    assert_eq!(post(&server.url, &key, &json!({"temperature": 21.6})).await.expect("an answer").0, 201);

    let shown = said(folder.path(), &["station", "show", "plot"]);
    for line in [
        "slug:",
        "former slugs:",
        "garden",
        "The plot",
        "America/New_York, -0",
        "1h, as its owner has said",
        "temperature:",
        "live",
        "1 that nothing here knows",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(!shown.contains(&key), "{shown}");
    let json: Value = serde_json::from_str(&said(folder.path(), &["station", "show", "plot", "--json"])).expect("JSON");
    assert_eq!((&json["former_slugs"], &json["interval_ms"]), (&json!(["garden"]), &json!(3_600_000)));
    assert_eq!(json["sensors"][0]["values"][0]["quantity"], "temperature");

    assert!(refused(folder.path(), &["station", "add", "garden"]).contains("leads on to it"));
    let led_on = refused(folder.path(), &["station", "show", "garden"]);
    let data = folder.path().display();
    assert!(
        led_on.contains(&format!("is called \"plot\" in URLs now: stevenson --data {data} station show plot")),
        "{led_on}"
    );
    said(folder.path(), &["station", "set", "plot", "--interval", "learnt", "--forget-former-slugs"]);
    until(&format!("{}/s/garden", server.url), |answer| answer.0 == 404).await;
    said(folder.path(), &["station", "add", "garden"]);
}

#[test]
fn a_value_that_is_wrong_is_quoted_whole_with_what_may_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    make_database(folder.path());
    said(folder.path(), &["station", "add", "a"]);
    said(folder.path(), &["station", "add", "garden"]);
    let long = "Rathaus ".repeat(40);
    let long = long.trim();
    for (arguments, expected) in [
        (
            &["station", "add", "b", "--zone", "Berlin"][..],
            "there is no time zone \"Berlin\"; did you mean Europe/Berlin?",
        ),
        (&["station", "set", "a", "--zone", "New York"], "did you mean America/New_York?"),
        (&["station", "set", "a", "--zone", "Europe/Berln"], "did you mean Europe/Berlin?"),
        (
            &["station", "set", "a", "--name", long],
            &format!("the station name {long:?} has 319 characters; the most is 80"),
        ),
        (&["station", "set", "a", "--slug", &"s".repeat(65)], "has 65 characters; the most is 64"),
        (&["sensor", "remove", "a", &"s".repeat(41)], "has 41 characters; the most is 40"),
        (&["station", "set", "a", "--interval", "0s"], "1s to 7 days"),
        (&["station", "set", "a"], "say what is to be changed, such as --name"),
        (&["station", "set", "a", "--interval", "-1s"], "\"-1s\" is no length of time"),
        (&["station", "set", "a", "--longitude", "13.4"], "--longitude needs --latitude"),
        (&["station", "add", "b", "--latitude", "52.5"], "--latitude needs --longitude"),
        (&["station", "set", "a", "--zone", "Factory"], "there is no time zone \"Factory\""),
        (&["station", "set", "a", "--zone", "GMT+1"], "name a place, such as Europe/Berlin"),
        (&["station", "set", "a", "--zone", "CEST"], "did you mean Europe/Berlin?"),
        (&["station", "set", "a", "--elevation", "34,5"], "write 34.5, with a point and without a unit"),
        (&["station", "add", "b", "--elevation", "-3m"], "write -3, with a point and without a unit"),
        (&["station", "calibrate", "a", "--quantity", "temperature", "--offset", "-0,4"], "write -0.4,"),
        (
            &["station", "add", "Town Hall"],
            "(its name in addresses): use a-z, 0-9 and inner hyphens, 64 at most; town-hall would do",
        ),
        (&["station", "show", "garten"], "did you mean \"garden\"?; stevenson station list"),
        (&["station", "show", "cellar"], "there is no station \"cellar\"; stevenson station list"),
        (&["station", "new-key", "garten"], "did you mean \"garden\"?"),
        (&["sensor", "remove", "a", "indoor"], "a has no sensor \"indoor\"; stevenson sensor list a"),
        (&["serve", "--address", "localhost"], "write 127.0.0.1 for this machine alone"),
        (&["station", "map", "a", "temperature", "--quantity", "humidity"], "the name of a quantity"),
        (&["station", "map", "a", "dateutc", "--quantity", "humidity"], "when something was observed"),
    ] {
        let error = refused(folder.path(), arguments);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    let data = folder.path().to_str().expect("text");
    let listed =
        program().args(["station", "calibrate", "--data", data, "list", "a"]).output().expect("the program runs");
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(listed.contains("nothing of a is calibrated"), "{listed}");
}

#[test]
fn what_changes_nothing_says_so_and_what_changes_says_how() {
    let folder = tempfile::tempdir().expect("a folder");
    make_database(folder.path());
    let added = said(folder.path(), &["station", "add", "a"]);
    assert!(added.contains("its days are those of UTC; stevenson station set a --zone changes that"), "{added}");
    let set = |options: &[&str]| said(folder.path(), &[&["station", "set", "a"], options].concat());
    for (options, told) in [
        (&["--clock-offset", "-2h"][..], "2 h are taken from the times that a sends, from now on"),
        (&["--clock-offset", "1h 30m"], "1 h 30 min are added to the times that a sends, from now on"),
        (&["--interval", "7 days"], "a reports every 7 days now"),
        (
            &["--zone", "Etc/GMT+1"],
            "Etc/GMT+1 is 1 h behind UTC, all year: the sign in its name is the other way round",
        ),
        (&["--latitude", "-1e-320", "--longitude", "13.4049540001"], "a stands at 0° N 13.40495° E now"),
        (&["--slug", "a", "--elevation", "-0"], "a stands 0 m above sea level now"),
    ] {
        let first = set(options);
        assert!(first.contains(told) && first.contains("\nchanged: "), "{first}");
        assert!(first.contains("a server that runs follows within a second"), "{first}");
        assert_eq!(set(options), "nothing changed: a is so already\n", "{options:?}");
    }
    said(folder.path(), &["station", "bind", "a", "--mac", "24:C8:6E:01:23:45"]);
    let unbind = || said(folder.path(), &["station", "unbind", "a"]);
    assert!(unbind().contains("no device is bound to a now\nchanged: "));
    assert_eq!(unbind(), "nothing changed: no device is bound to a\n");
    assert_eq!(set(&["--forget-former-slugs"]), "nothing changed: a is so already\n");
}

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn a_page_that_was_open_before_hears_of_its_station_under_the_new_slug() {
    let app = TestApp::start().await;
    let (station, key) = app.add_station("garden").await;
    let new = weather::station::Slug::new("plot").expect("a slug");
    let settings =
        stevenson::storage::StationSettings { slug: Some(new), ..stevenson::storage::StationSettings::default() };
    let seen = app.dock.cursor();
    let body =
        |seen: &str| json!({"v": 1, "fleet": "ping-pong", "seen": seen, "watch": ["garden"], "say": []}).to_string();
    let mut parked = app.send(&truck("AAAAAAAAAAAAAAAAAAAAAA", JSON, &body(&seen))).await;
    app.storage.set_station(&station.slug, settings).await.expect("renamed");
    let load = parked.answer().await.json;
    assert_eq!(load["cargo"][0]["kind"], "station", "it is to look again: {load}");
    let seen = load["seen"].as_str().expect("a cursor").to_owned();
    let mut next = app.send(&truck("AAAAAAAAAAAAAAAAAAAAAA", JSON, &body(&seen))).await;
    app.measures(&key, &json!({"temperature": 21.5})).await;
    let load = next.answer().await.json;
    let of_plot = load["cargo"].as_array().expect("cargo").iter().any(|item| item["station"] == "plot");
    assert!(of_plot, "{load}");
    app.send_home();
}
