//! What is refused is told once by station and reason, and then counted.

use super::server::Server;
use crate::kit::connection::Connection;
use crate::kit::program::add_station;
use std::net::UdpSocket;

#[tokio::test]
async fn what_a_station_sends_wrongly_is_told_once_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Server::start(folder.path(), &[]);
    let partly = "an upload was not stored in full station=roof format=JSON way=POST reason=";
    let refused = "an upload was refused station=roof format=JSON way=POST reason=";
    assert_eq!(server.posts(&key, r#"{"temperature": 20, "temprature": 21}"#).await, 201);
    server.hears(&["WARN", partly, "temprature: ", "unknown field"]);
    assert_eq!(server.posts(&key, r#"{"temprature": 21}"#).await, 400);
    server.hears(&[refused, "temprature: ", "nothing was stored"]);
    assert_eq!(server.posts(&key, r#"{"temperature": "warm"}"#).await, 400);
    server.hears(&[refused, "temperature: "]);
    assert_eq!(server.posts(&key, "{").await, 400);
    server.hears(&[refused, "nothing was stored"]);
    assert_eq!(server.posts(&key, r#"{"temperature": 20, "observed_at": "2099-01-01T00:00:00Z"}"#).await, 201);
    server.hears(&[partly, "observed_at: ", "ahead"]);
    assert_eq!(server.posts(&key, &format!("[{}]", " ".repeat(5 << 20))).await, 413);
    server.hears(&[refused, "larger"]);
    for _ in 0..20 {
        assert_eq!(server.posts(&key, r#"{"temperature": 20, "temprature": 21}"#).await, 200 + 1);
    }
    let (_, log) = server.ends();
    let lines: Vec<_> = log.lines().filter(|line| line.contains(partly) && line.contains("temprature")).collect();
    assert!(lines.len() == 2 && lines[1].contains("again=20 within="), "the line and the count at the end: {log}");
    assert!(!log.contains("stv_"), "{log}");
}

#[tokio::test]
async fn what_is_refused_before_its_body_is_read_is_its_stations_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let mut server = Server::start(folder.path(), &[]);
    let request = reqwest::Client::new().post(format!("{}/api/v1/readings", server.url)).bearer_auth(&key);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body("temperature=20");
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 415);
    server.hears(&["an upload was refused station=roof format=JSON", "send Content-Type: application/json"]);
}

#[tokio::test]
async fn values_of_secrets_are_in_no_line_however_much_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "roof");
    let server = Server::start(folder.path(), &["--log", "debug"]);
    assert_eq!(server.posts(&key, r#"{"temperature": 20, "password": "opensesame"}"#).await, 201);
    let line = format!("{}/write?u=roof&p={key}", server.url);
    let request = reqwest::Client::new().post(line).body("weather temperature=20,password=\"opensesame\"");
    assert!(request.send().await.expect("an answer").status().is_success());
    for (id, password) in [("roof", key.as_str()), ("opensesame", "opensesame")] {
        let console = "/weatherstation/updateweatherstation.php";
        server
            .gets(&format!("{console}?ID={id}&PASSWORD={password}&tempf=50&dateutc=now&wifi_password=opensesame"))
            .await;
    }
    let (_, log) = server.ends();
    assert!(log.contains("DEBUG") && !log.contains("opensesame") && !log.contains(&key), "{log}");
}

#[tokio::test]
async fn an_unknown_key_is_told_by_its_address_and_never_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path(), &[]);
    let key = format!("stv_{}", "Zq9".repeat(15).split_at(43).0);
    assert_eq!(server.posts(&key, "{}").await, 401);
    let told = "an upload of an unknown sender was refused from=127.0.0.1";
    server.hears(&["WARN", told, "format=JSON", "no station has this key"]);
    let console = format!("/weatherstation/updateweatherstation.php?ID=roof&PASSWORD={key}&tempf=50");
    assert_eq!(server.gets(&console).await.0, 401);
    server.hears(&[told, "no station is called so"]);
    let (_, log) = server.ends();
    assert!(!log.contains("Zq9"), "{log}");
}

#[tokio::test]
async fn whoever_sends_nonsense_gets_few_lines_of_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    for number in 0..200 {
        let console = format!("/weatherstation/updateweatherstation.php?x{number}=%1b%5b2J%0a1&tempf{number}=1");
        let path = if number % 2 == 0 { console } else { format!("/data/report/?PASSKEY={number:032}&tempf=x") };
        assert!(server.gets(&path).await.0 >= 400);
        assert_eq!(server.posts(&format!("bad-{number}"), "{}").await, 401);
    }
    let (_, log) = server.ends();
    let firsts = log.lines().filter(|line| line.contains("of an unknown sender") && !line.contains("again="));
    let firsts = firsts.count() as u32;
    let counted = log.lines().filter_map(|line| line.split_once("again=")?.1.split(' ').next()?.parse::<u32>().ok());
    let lines = log.lines().filter(|line| line.contains("stevenson::inbox")).count();
    assert_eq!(counted.sum::<u32>() + firsts, 400, "each is told or counted: {log}");
    assert!(firsts == 3 && lines == 6 && !log.contains('\u{1b}'), "{log}");
}

#[tokio::test]
async fn the_other_doors_tell_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let knobs = format!(
        "[station_port]\nenabled = true\naddress = \"127.0.0.1\"\nport = 0\nread_limit_s = 1\n\
         [tempest]\nenabled = true\naddress = \"127.0.0.1\"\nport = {port}\n"
    );
    std::fs::write(folder.path().join("stevenson.toml"), knobs).expect("written");
    let mut server = Server::start(folder.path(), &[]);
    let hub = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let mut sends = |datagram: &str, told: &str| {
        hub.send_to(datagram.as_bytes(), ("127.0.0.1", port)).expect("sent");
        server.hears(&["WARN", "unknown sender", "from=127.0.0.1 format=WeatherFlow way=UDP", told]);
    };
    sends("nonsense", "reason=");
    let observation = "[1795356000,0,1.5,2.5,308,3,988.4,7.5,81,6983,0.08,58,0,0,0,0,2.8,1]";
    let tempest = format!(r#"{{"serial_number":"ST-00055227","type":"obs_st","hub_sn":"HB-1","obs":[{observation}]}}"#);
    sends(&tempest, "the device is bound to no station");
    let at: std::net::SocketAddr = server.says_station_port();
    // It is longer than a head may be.
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(9_000));
    let _open = Connection::send(at, &long).await;
    server.hears(&["WARN", "unknown sender", "way=\"station port\"", "it is too large"]);
    let _open =
        Connection::send(at, "GET /weatherstation/updateweatherstation.php?ID=a&PASSWORD=b&tempf=1 HTTP/1.1\r\n\r\n")
            .await;
    server.hears(&["WARN", "unknown sender", "way=\"station port\"", "no station is called so"]);
}

#[tokio::test]
async fn an_upload_that_nobody_reads_because_of_its_size_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(folder.path(), &[]);
    // A console's body that is larger than anybody here reads.
    let request = reqwest::Client::new().post(format!("{}/data/report/", server.url)).body("x".repeat(100_000));
    assert_eq!(request.send().await.expect("an answer").status().as_u16(), 413);
    server.hears(&["WARN", "unknown sender", "format=Console way=POST", "larger"]);
}
