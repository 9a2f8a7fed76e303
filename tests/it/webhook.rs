//! Alerts of the owner leave by webhooks: to receivers that are well, slow, broken, or gone, and after a kill.

use crate::kit::fake::{Answer, Fake, Request};
use crate::kit::program::{Program, add_station, post, run};
use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long a test waits for what must come; a machine may be slow.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long nothing must come: longer than the first pauses between attempts.
const QUIET: Duration = Duration::from_secs(3);

/// A receiver, and what it hears.
struct Ear {
    fake: Fake,
    heard: UnboundedReceiver<Request>,
}

impl Ear {
    /// `answer`: to the request of that number, from 0.
    async fn new(answer: impl Fn(u32) -> Option<Answer> + Send + Sync + Clone + 'static) -> Self {
        let (tell, heard) = unbounded_channel();
        let asked = Arc::new(AtomicU32::new(0));
        let fake = Fake::start(move |request| {
            let number = asked.fetch_add(1, SeqCst);
            tell.send(request).ok();
            let answer = answer(number);
            async move {
                match answer {
                    Some(answer) => answer,
                    None => std::future::pending().await,
                }
            }
        })
        .await;
        Self { fake, heard }
    }

    async fn well() -> Self {
        Self::new(|_| Some((200, None, String::new()))).await
    }

    async fn next(&mut self) -> Request {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("something comes").expect("it listens")
    }

    async fn is_quiet(&mut self) {
        let more = tokio::time::timeout(QUIET, self.heard.recv()).await;
        assert!(more.is_err(), "{more:?}");
    }
}

fn header(request: &Request, name: &str) -> String {
    let found = request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
    found.unwrap_or_else(|| panic!("no {name}")).1.clone()
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

/// A folder with a station and these webhooks, and the station's key.
fn house(config: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = add_station(folder.path(), "town-hall");
    fs::write(folder.path().join("stevenson.toml"), config).expect("written");
    (folder, key)
}

/// A webhook that is told when it is cold.
fn cold(name: &str, url: &str, more: &str) -> String {
    format!(
        "[[webhook]]\nname = \"{name}\"\nurl = \"{url}\"\n{more}\n[[webhook.alert]]\nstation = \"town-hall\"\n\
         when = \"temperature below 3\"\n"
    )
}

async fn measure(server: &Program, key: &str, temperature: f64) {
    let (status, answer) = post(&server.url, key, &json!({"temperature": temperature})).await.expect("an answer");
    assert!(status < 300, "{answer}");
}

async fn metric(server: &Program, line: &str) -> Option<String> {
    let text = reqwest::get(format!("{}/metrics", server.url)).await.expect("an answer").text().await.expect("text");
    text.lines().find_map(|found| found.strip_prefix(line).map(|value| value.trim().to_owned()))
}

async fn until_metric(server: &Program, line: &str, value: &str) {
    let wait = async {
        while metric(server, line).await.as_deref() != Some(value) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{line} never was {value}"));
}

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn an_alert_leaves_once_signed_and_names_its_station() {
    let mut ear = Ear::well().await;
    let more = "secret_file = \"secret\"\ntoken_file = \"token\"\nsite = \"https://weather.example.org/\"";
    let config = cold("garden", &format!("{}/hook?a=1", ear.fake.url()), more);
    let (folder, key) = house(&format!("{config}[[webhook.alert]]\nwhen = \"wind above 10\"\n"));
    fs::write(folder.path().join("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").expect("written");
    fs::write(folder.path().join("token"), "tk_garden\n").expect("written");
    let server = Program::start(folder.path());
    measure(&server, &key, 4.0).await;
    measure(&server, &key, 2.4).await;
    let request = ear.next().await;
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook?a=1"));
    assert_eq!(request.authorization.as_deref(), Some("Bearer tk_garden"));
    let letter = body(&request);
    assert_eq!(letter["type"], "alert.began");
    let about = &letter["data"];
    assert_eq!((&about["station"], &about["alert"]), (&json!("town-hall"), &json!("temperature below 3 °C")));
    assert_eq!((&about["value"], &about["unit"]), (&json!(2.4), &json!("°C")));
    assert_eq!(about["title"], "Town Hall: temperature below 3 °C");
    assert_eq!(about["url"], "https://weather.example.org/s/town-hall");
    let (id, at) = (header(&request, "webhook-id"), header(&request, "webhook-timestamp"));
    let secret = Base64::decode_vec("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("a key");
    mac.update(format!("{id}.{at}.").as_bytes());
    mac.update(&request.body);
    let signature = format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()));
    assert_eq!(header(&request, "webhook-signature"), signature);
    measure(&server, &key, 2.0).await;
    // A station that is new is every station's alert, too.
    let other = server.add_station("harbour");
    let wait = async {
        while post(&server.url, &other, &json!({"wind_speed": 12.0})).await.expect("an answer").0 >= 300 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the station is known");
    let request = ear.next().await;
    assert_eq!(body(&request)["data"]["station"], "harbour", "it still rings, so nothing else was sent");
    assert_ne!(header(&request, "webhook-id"), id);
    until_metric(&server, "stevenson_webhook_letters_sent_total{webhook=\"garden\"}", "2").await;
    until_metric(&server, "stevenson_webhook_letters_waiting{webhook=\"garden\"}", "0").await;
    ear.is_quiet().await;
}

#[tokio::test]
async fn a_receiver_that_fails_is_asked_again_for_the_same_letter_and_takes_it_once() {
    let mut ear = Ear::new(|number| match number {
        0 => Some((500, None, "I am broken".to_owned())),
        1 => Some((429, Some("Retry-After: 1"), String::new())),
        2 => Some((302, Some("Location: /elsewhere"), String::new())),
        _ => Some((204, None, String::new())),
    })
    .await;
    let (folder, key) = house(&cold("garden", &format!("{}/hook", ear.fake.url()), ""));
    let server = Program::start(folder.path());
    measure(&server, &key, 2.4).await;
    let first = ear.next().await;
    for attempt in 1..=3 {
        let again = ear.next().await;
        assert_eq!(header(&again, "webhook-id"), header(&first, "webhook-id"), "{attempt}");
        assert_eq!((again.path.as_str(), &again.body), ("/hook", &first.body), "{attempt}");
    }
    until_metric(&server, "stevenson_webhook_letters_sent_total{webhook=\"garden\"}", "1").await;
    assert_eq!(
        metric(&server, "stevenson_webhook_attempts_failed_total{webhook=\"garden\"}").await.as_deref(),
        Some("3")
    );
    ear.is_quiet().await;
}

#[tokio::test]
async fn a_receiver_that_dies_in_its_answer_gets_the_letter_again_and_one_that_refuses_it_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let (tell, mut heard) = unbounded_channel();
    let dying = tokio::spawn(async move {
        // The first connection ends in the head of its answer, the second in the body of a good one.
        for answer in ["HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "HTTP/1.1 400 No\r\n\r\n"] {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let (mut bytes, mut text) = (Vec::new(), String::new());
            while !text.contains("}}") {
                assert!(stream.read_buf(&mut bytes).await.expect("readable") > 0, "the request is whole: {text}");
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            tell.send(text).expect("the test listens");
            stream.write_all(answer.as_bytes()).await.expect("written");
        }
        std::future::pending::<()>().await;
    });
    let (folder, key) = house(&cold("garden", &format!("http://{address}/hook"), ""));
    let server = Program::start(folder.path());
    measure(&server, &key, 2.4).await;
    let id = |text: &str| text.lines().find_map(|line| line.strip_prefix("webhook-id: ").map(str::to_owned));
    let mut next = async || tokio::time::timeout(PATIENCE, heard.recv()).await.expect("in time").expect("a request");
    let (first, second) = (next().await, next().await);
    assert_eq!((id(&first).is_some(), id(&first)), (true, id(&second)));
    until_metric(&server, "stevenson_webhook_letters_sent_total{webhook=\"garden\"}", "1").await;
    // The alert is over only after a while; a new configuration rings anew.
    assert!(server.stop().1);
    let config = cold("garden", &format!("http://{address}/hook"), "").replace("below 3", "below 4");
    fs::write(folder.path().join("stevenson.toml"), config).expect("written");
    let server = Program::start(folder.path());
    measure(&server, &key, 2.3).await;
    assert_ne!(id(&next().await), id(&first));
    until_metric(&server, "stevenson_webhook_letters_dropped_total{webhook=\"garden\"}", "1").await;
    until_metric(&server, "stevenson_webhook_letters_waiting{webhook=\"garden\"}", "0").await;
    dying.abort();
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_nobody_else_and_after_a_kill_its_letter_comes_with_the_same_id() {
    let mut hanging = Ear::new(|number| (number > 0).then(|| (200, None, String::new()))).await;
    let mut ear = Ear::well().await;
    let topic = format!("{}/garden", ear.fake.url());
    let config = [cold("slow", &hanging.fake.url(), ""), cold("phone", &topic, "kind = \"ntfy\"")].concat();
    let (folder, key) = house(&config);
    let server = Program::start(folder.path());
    measure(&server, &key, 2.4).await;
    let first = hanging.next().await;
    let request = ear.next().await;
    let letter = body(&request);
    assert_eq!((request.path.as_str(), &letter["topic"]), ("/", &json!("garden")));
    assert_eq!((&letter["title"], &letter["priority"]), (&json!("Town Hall: temperature below 3 °C"), &json!(4)));
    assert_eq!(letter["tags"], json!(["warning"]));
    until_metric(&server, "stevenson_webhook_letters_waiting{webhook=\"phone\"}", "0").await;
    server.kill();
    let server = Program::start(folder.path());
    let again = hanging.next().await;
    assert_eq!(header(&again, "webhook-id"), header(&first, "webhook-id"));
    assert_eq!(again.body, first.body);
    until_metric(&server, "stevenson_webhook_letters_waiting{webhook=\"slow\"}", "0").await;
    hanging.is_quiet().await;
    ear.is_quiet().await;
}

#[tokio::test]
async fn a_test_says_what_came_back_and_mistakes_are_named_with_their_line() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = heard.clone();
    let fake = Fake::start(move |request| {
        let path = request.path.clone();
        hears.lock().expect("whole").push(body(&request));
        async move {
            if path == "/" {
                (200, None, "{\"id\":\"x\"}".to_owned())
            } else {
                (403, None, "forbidden\u{1b}[2J".to_owned())
            }
        }
    })
    .await;
    let phone = cold("phone", &format!("{}/garden", fake.url()), "kind = \"ntfy\"");
    let other = cold("other", &format!("{}/other", fake.url()), "");
    let (folder, _) = house(&format!("{phone}{other}[[webhook.alert]]\nsilent = true\n"));
    let data = folder.path().to_owned();
    let run_in = |arguments: &'static [&'static str]| {
        let data = data.clone();
        async move { tokio::task::spawn_blocking(move || run(&data, arguments)).await.expect("it runs") }
    };
    let output = run_in(&["webhook", "test", "phone"]).await;
    assert!(output.status.success() && said(&output).contains("phone has taken the test: 200: "), "{}", said(&output));
    assert_eq!(heard.lock().expect("whole")[0]["title"], "A test of Stevenson");
    let output = run_in(&["webhook", "test", "other"]).await;
    let text = said(&output);
    assert!(!output.status.success() && text.contains("other has not taken the test: 403: forbidden"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    let output = run_in(&["webhook", "test", "nobody"]).await;
    assert!(said(&output).contains("there is phone, other"), "{}", said(&output));
    let list = said(&run_in(&["webhook", "list"]).await);
    assert_eq!(
        list,
        "phone\n  town-hall: temperature below 3 °C\nother\n  town-hall: temperature below 3 °C\n  every station: silence\n"
    );
    for (was, is, place, why) in [
        ("below 3", "above and below 3", "webhook.0.alert.0.when", "line 7"),
        ("town-hall", "Town Hall", "webhook.0.alert.0.station", "line 6"),
        ("kind = \"ntfy\"", "kind = \"sms\"", "webhook.0.kind", "line 4"),
        ("name = \"phone\"", "name = \"phone\"\nsecret_file = \"nowhere\"", "webhook.0.secret_file", "nowhere"),
    ] {
        wrong(&data, was, is, place, why).await;
    }
}

/// A start with a mistake in the configuration fails, and says where.
async fn wrong(data: &Path, was: &str, is: &str, place: &str, why: &str) {
    let file = data.join("stevenson.toml");
    let good = fs::read_to_string(&file).expect("text");
    fs::write(&file, good.replacen(was, is, 1)).expect("written");
    let of = data.to_owned();
    let output = tokio::task::spawn_blocking(move || run(&of, &["serve", "--port", "0"])).await.expect("it runs");
    let text = said(&output);
    assert!(output.status.code() == Some(78) && text.contains(place) && text.contains(why), "{text}");
    fs::write(&file, good).expect("written");
}

#[test]
fn the_example_of_the_manual_is_a_configuration() {
    let manual = fs::read_to_string("docs/ALERTS.md").expect("the manual");
    let block = |begin: &str| manual.split(begin).nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let (folder, _) = house(block("```toml\n"));
    let output = run(folder.path(), &["webhook", "list"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output), block("$ stevenson webhook list\n"));
    let letter: Value = serde_json::from_str(block("```json\n")).expect("JSON");
    let at = letter["timestamp"].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).expect("a time");
    assert_eq!(letter["data"]["timestamp_unix_ms"], at.timestamp_millis());
}
