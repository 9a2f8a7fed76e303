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
    assert!(refused(folder.path(), &["station", "show", "garden"]).contains("is called \"plot\" in URLs now"));
    said(folder.path(), &["station", "set", "plot", "--interval", "learnt", "--forget-former-slugs"]);
    until(&format!("{}/s/garden", server.url), |answer| answer.0 == 404).await;
    said(folder.path(), &["station", "add", "garden"]);
}

#[test]
fn a_value_that_is_wrong_is_quoted_whole_with_what_may_be_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    make_database(folder.path());
    said(folder.path(), &["station", "add", "a"]);
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
        (&["station", "set", "a", "--interval", "0s"], "1s to 7days"),
        (&["station", "set", "a"], "--name"),
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
