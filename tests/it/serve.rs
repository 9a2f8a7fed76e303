//! The program from outside: serving, stations by the command line, stopping.

use crate::kit::connection::{Connection, truck};
use crate::kit::program::{Program, add_station, make_database, post, program, run};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn get(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

/// Asks again until the page says it; the server looks for other processes' commits twice a second.
async fn page_that_says(url: &str, what: &str) -> String {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let (_, page) = get(url).await;
        if page.contains(what) {
            return page;
        }
        assert!(tokio::time::Instant::now() < deadline, "{url} never said {what:?}:\n{page}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_first_page_says_how_to_add_a_station_and_then_shows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("new/data");
    let server = Program::start(&data);
    let (status, page) = get(&server.url).await;
    assert_eq!(status, 200);
    assert!(page.contains("stevenson station add") && page.contains("curl"), "{page}");
    assert!(page.contains(&server.url), "the curl line is for this host");

    let key = server.add_station("town-hall");
    page_that_says(&server.url, "Town Hall").await;
    let (status, answer) = post(&server.url, &key, &json!({"temperature": 21.4})).await.expect("an answer");
    assert_eq!((status, &answer["stored"]), (201, &json!(1)));
    let (_, page) = get(&format!("{}/s/town-hall", server.url)).await;
    assert!(page.contains("21.4"), "{page}");

    let list = String::from_utf8(run(&data, &["station", "list"]).stdout).expect("UTF-8");
    assert!(list.contains("town-hall") && list.contains("Europe/Berlin"), "{list}");
}

#[tokio::test]
async fn a_new_key_voids_the_old_one_and_a_removed_station_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let old = server.add_station("roof");
    assert_eq!(post(&server.url, &old, &json!({"temperature": 1.0})).await.expect("an answer").0, 201);

    let output = run(folder.path(), &["station", "new-key", "roof"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let new = text.lines().find_map(|line| line.strip_prefix("key: ")).expect("a key");
    assert_eq!(post(&server.url, new, &json!({"temperature": 2.0})).await.expect("an answer").0, 201, "at once");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while post(&server.url, &old, &json!({"temperature": 3.0})).await.expect("an answer").0 != 401 {
        assert!(tokio::time::Instant::now() < deadline, "the old key still works");
    }

    let refused = run(folder.path(), &["station", "remove", "roof"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--yes"));
    assert!(run(folder.path(), &["station", "remove", "roof", "--yes"]).status.success());
    page_that_says(&server.url, "stevenson station add").await;
    assert_eq!(get(&format!("{}/s/roof", server.url)).await.0, 404);
    assert_eq!(post(&server.url, new, &json!({"temperature": 3.0})).await.expect("an answer").0, 401);
}

#[tokio::test]
async fn a_station_that_another_process_adds_has_its_page_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    for slug in ["roof", "harbour", "mill", "town-hall"] {
        assert_eq!(get(&format!("{}/s/{slug}", server.url)).await.0, 404, "{slug}");
        server.add_station(slug);
        assert_eq!(get(&format!("{}/s/{slug}", server.url)).await.0, 200, "{slug}");
    }
}

#[tokio::test]
async fn the_machines_newer_rules_of_time_zones_are_the_ones_that_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, zones) = (folder.path().join("data"), folder.path().join("zones"));
    std::fs::create_dir_all(zones.join("America")).expect("a folder");
    // Here America/Vancouver is an hour ahead of UTC; nobody else says so.
    let header = [&b"TZif2"[..], &[0; 15], &[0; 16], &[0, 0, 0, 1, 0, 0, 0, 4]].concat();
    let block = [&header[..], &[0, 0, 0x0e, 0x10, 0, 0], b"TST\0"].concat();
    std::fs::write(zones.join("America/Vancouver"), [&block[..], &block, b"\nTST-1\n"].concat()).expect("a file");
    std::fs::write(zones.join("tzdata.zi"), "# version 2099a\n").expect("a file");

    make_database(&data);
    let added = run(&data, &["station", "add", "quay", "--zone", "America/Vancouver"]);
    assert!(added.status.success());
    let server = Program::start_with_zones(&data, &zones);
    let (_, page) = get(&format!("{}/s/quay", server.url)).await;
    assert!(page.contains(",3600]]"), "{page}");
    let (_, metrics) = get(&format!("{}/metrics", server.url)).await;
    let line = format!("stevenson_time_zones{{version=\"2099a\",folder=\"{}\"}} 1", zones.display());
    assert!(metrics.contains(&line), "{metrics}");

    drop(server);
    std::fs::write(zones.join("tzdata.zi"), "# version 2001a\n").expect("a file");
    let server = Program::start_with_zones(&data, &zones);
    let (_, metrics) = get(&format!("{}/metrics", server.url)).await;
    assert!(metrics.contains(",folder=\"\"} 1"), "an older one is passed over: {metrics}");
    let (_, page) = get(&format!("{}/s/quay", server.url)).await;
    assert!(page.contains("-25200]]"), "{page}");
}

#[test]
fn wrong_arguments_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, said) in [
        (&["station", "add", "Town Hall"][..], "Town Hall"),
        (&["station", "add", "a", "--zone", "Europe/Nowhere"], "Europe/Nowhere"),
        (&["station", "add", "a", "--elevation", "99999"], "99999"),
        (&["station", "list"], "no database"),
        (&["station", "new-key", "nobody"], "no database"),
        (&["serve", "--durability", "some"], "some"),
        (&["serve", "--config", "/none.toml"], "none.toml"),
        (&["simulate", "--key", "k", "--every", "often"], "often"),
        (&["simulate", "--key", "k", "--url", "https://127.0.0.1:1"], "https"),
    ] {
        let output = run(folder.path(), arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(said), "{arguments:?}: {error}");
    }
    make_database(folder.path());
    assert!(run(folder.path(), &["station", "add", "a"]).status.success());
    for arguments in [&["station", "new-key", "nobody"][..], &["station", "remove", "nobody", "--yes"]] {
        let output = run(folder.path(), arguments);
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("nobody"));
    }
    let twice = run(folder.path(), &["station", "add", "a"]);
    assert!(!twice.status.success() && String::from_utf8_lossy(&twice.stderr).contains("exists already"));
}

#[test]
fn a_port_that_is_taken_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let port = server.address().port().to_string();
    let other = tempfile::tempdir().expect("another folder");
    let output = program().arg("--data").arg(other.path()).args(["serve", "--port", &port]).output().expect("an end");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains(&port) && error.contains("another program listens"), "{error}");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_a_killed_one_leaves_no_lock() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let output = run(folder.path(), &["serve", "--port", "0"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("another server"), "{error}");
    server.kill();
    Program::start(folder.path());
}

#[tokio::test]
async fn junk_sensors_are_listed_and_removed_by_the_command_line_beside_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("roof");
    let values = json!({"temperature": 20.0, "junk-1/temperature": 1.0, "junk-2/temperature": 2.0});
    let (status, answer) = post(&server.url, &key, &values).await.expect("an answer");
    assert_eq!(status, 201, "{answer}");
    let list = || String::from_utf8(run(folder.path(), &["sensor", "list", "roof"]).stdout).expect("UTF-8");
    let names = |list: String| -> Vec<String> {
        list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    assert_eq!(names(list()), [".", "junk-1", "junk-2"]);
    let refused = run(folder.path(), &["sensor", "remove", "roof", "junk-1"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--yes"), "it asks first");
    for junk in ["junk-1", "junk-2"] {
        assert!(run(folder.path(), &["sensor", "remove", "roof", junk, "--yes"]).status.success());
    }
    assert_eq!(names(list()), ["."]);
    let unknown = run(folder.path(), &["sensor", "remove", "roof", "junk-1", "--yes"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("has no sensor"), "{unknown:?}");
}

#[test]
fn the_log_warns_of_a_folder_that_others_can_read_and_leaves_it_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let made = folder.path().join("made-by-us");
    let log = Program::start_unread(&made, "warn").log();
    assert!(mode(&made) == 0o700 && !log.contains("other users"), "{log}");
    let theirs = folder.path().join("theirs");
    for open in [0o755, 0o750, 0o705] {
        std::fs::create_dir_all(&theirs).expect("a folder");
        std::fs::set_permissions(&theirs, std::fs::Permissions::from_mode(open)).expect("changed");
        let log = Program::start_unread(&theirs, "warn").log();
        let warnings: Vec<_> = log.lines().filter(|line| line.contains("other users")).collect();
        assert_eq!(warnings.len(), 1, "{log}");
        let said = [theirs.to_str().expect("text"), &format!("{open:o}"), "chmod 700"];
        assert!(said.iter().all(|part| warnings[0].contains(part)), "{log}");
        assert_eq!(mode(&theirs), open);
    }
}

#[tokio::test]
async fn the_demo_station_posts_through_the_real_door() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start_with(folder.path(), &["--demo"]);
    page_that_says(&format!("{}/s/town-hall", server.url), "data-state=\"live\"").await;
}

/// Parks a truck on a connection of its own.
async fn park(server: &Program, bay: usize, seen: &str) -> Connection {
    let body = json!({"v": 1, "fleet": "ping-pong", "park": 45_000, "seen": seen, "watch": [], "say": []}).to_string();
    let request = truck(&format!("{bay:032x}"), "Content-Type: application/json\r\n", &body);
    Connection::send(server.address(), &request).await
}

#[tokio::test]
async fn a_stop_sends_a_thousand_parked_trucks_home_and_ends_within_two_seconds() {
    const TRUCKS: usize = 1_000;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let mut first = park(&server, TRUCKS, "x.1").await;
    let first = first.load().await;
    assert_eq!(first["why"], "reload", "a cursor of another journal: {first}");
    let seen = first["seen"].as_str().expect("a cursor").to_owned();

    let mut parked = Vec::new();
    for bay in 0..TRUCKS {
        parked.push(park(&server, bay, &seen).await);
    }
    // A truck of one's own that comes back shows that those sent before it have been read.
    let mut last = park(&server, 0, &seen).await;
    assert_eq!(parked[0].load().await["why"], "relieved");

    let stopping = tokio::task::spawn_blocking(move || server.stop());
    assert_eq!(last.load().await["why"], "closing");
    for stream in &mut parked[1..] {
        let load = stream.load().await;
        assert_eq!(load["why"], "closing");
        assert!(load["retry"].is_u64(), "{load}");
    }
    let (took, well) = stopping.await.expect("a thread");
    assert!(well, "the exit code is 0");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
}

#[tokio::test]
async fn a_stop_ends_streams_that_nobody_reads_within_two_seconds_too() {
    const STREAMS: usize = 200;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let seen = park(&server, STREAMS, "x.1").await.load().await;
    let seen = seen["seen"].as_str().expect("a cursor");
    let upgrade =
        "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n";
    let mut streams = Vec::new();
    for bay in 0..STREAMS {
        let (door, headers) =
            if bay % 2 == 0 { (format!("events?seen={seen}"), "") } else { ("socket".into(), upgrade) };
        let mut stream = TcpStream::connect(server.address()).await.expect("a connection");
        let request = format!("GET /dock/{bay:032x}/{door} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("an answer");
        assert!(head.ends_with(if bay % 2 == 0 { b" 200" } else { b" 101" }));
        streams.push(stream);
    }
    // Nobody reads, nobody hangs up; some of the sockets have not even said a word.
    let (took, well) = tokio::task::spawn_blocking(move || server.stop()).await.expect("a thread");
    assert!(well, "the exit code is 0");
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    for stream in streams.iter_mut().step_by(2) {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.expect("the end");
        let rest = String::from_utf8_lossy(&rest);
        assert!(rest.contains("\"why\":\"closing\"") && rest.contains("retry: "), "{rest}");
    }
}

#[tokio::test]
async fn pages_name_the_address_that_a_trusted_proxy_tells_and_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("stevenson.toml"), "[web]\ntrusted_proxies = [\"127.0.0.0/8\"]\n")
        .expect("written");
    let other = tempfile::tempdir().expect("another folder");
    let asks = async |data| {
        let server = Program::start(data);
        let request = reqwest::Client::new().get(&server.url);
        let request = request.header("X-Forwarded-Host", "weather.example").header("X-Forwarded-Proto", "https");
        (request.send().await.expect("an answer").text().await.expect("a page"), server.url.clone())
    };
    let (page, _) = asks(folder.path()).await;
    assert!(page.contains("https://weather.example/"), "{page}");
    let (page, url) = asks(other.path()).await;
    assert!(page.contains(&url) && !page.contains("weather.example"), "{page}");
}

/// Uploads that each log a line of their own: as many as fill the pipe and the log's queue.
const FLOOD: usize = 8_000;

#[tokio::test]
async fn a_log_that_nobody_reads_does_not_stop_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Program::start_unread(folder.path(), "stevenson::ingest=debug");
    let flood = async {
        let (mut from, mut to) = TcpStream::connect(server.address()).await.expect("it listens").into_split();
        let ask = |number: usize| {
            let path = format!("/data/report/?PASSKEY={key}&dateutc=soon-{number}");
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
        };
        let asking =
            async { to.write_all((0..FLOOD).map(ask).collect::<String>().as_bytes()).await.expect("it reads") };
        let answered = async {
            let (mut came, mut answers, start) = (Vec::new(), 0, b"HTTP/1.1 400");
            while answers < FLOOD {
                let begun = came.len().saturating_sub(start.len() - 1);
                assert!(from.read_buf(&mut came).await.expect("it writes") > 0, "it hung up after {answers}");
                answers += came[begun..].windows(start.len()).filter(|bytes| bytes == start).count();
            }
        };
        tokio::join!(asking, answered);
    };
    tokio::time::timeout(Duration::from_secs(60), flood).await.expect("every request is answered");
    let (_, metrics) = get(&format!("{}/metrics", server.url)).await;
    let counted = metrics.lines().find_map(|line| line.strip_prefix("stevenson_log_lines_dropped_total "));
    let log = server.log();
    let lines = log.lines().find(|line| line.contains("lines of the log were dropped")).expect("it says so");
    let dropped: u64 = lines.split(' ').find_map(|word| word.parse().ok()).expect("a number");
    let written = log.lines().filter(|line| line.contains("soon-")).count();
    assert_eq!(dropped as usize + written, FLOOD, "each line is written or counted");
    assert_eq!(counted.and_then(|count| count.parse().ok()), Some(dropped), "the metrics say it, too: {metrics}");
}

#[tokio::test]
async fn lines_that_repeat_are_folded() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Program::start_unread(folder.path(), "stevenson::ingest=debug");
    for _ in 0..313 {
        let path = "/weatherstation/updateweatherstation.php?ID=roof&PASSWORD=x";
        assert_eq!(get(&format!("{}{path}", server.url)).await.0, 401);
    }
    let log = server.log();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("an upload is no station's")).collect();
    assert_eq!(lines.len(), 2, "the line, and the count of the others");
    assert!(lines[1].contains("… repeated 312 times: "), "{}", lines[1]);
}

#[test]
fn systemd_is_told_when_the_server_listens_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("notify");
    let systemd = std::os::unix::net::UnixDatagram::bind(&socket).expect("a socket");
    systemd.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
    let hears = || {
        let mut said = [0; 64];
        let bytes = systemd.recv(&mut said).expect("it is told");
        String::from_utf8_lossy(&said[..bytes]).trim().to_owned()
    };
    let server = Program::start_for_systemd(&folder.path().join("data"), &socket);
    assert_eq!(hears(), "READY=1");
    assert!(server.stop().1);
    assert_eq!(hears(), "STOPPING=1");
}
