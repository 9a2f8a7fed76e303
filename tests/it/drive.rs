//! The load generator against a tiny dock of the test's own.

use crate::kit::fake::{Answer, Fake, Request};
use lab::drive::peer::{Heads, Peer};
use lab::drive::report::Figures;
use lab::drive::{Error, Mode, Options, run};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// A journal of one station's reports, and a dock without tickets.
struct Dock {
    journal: watch::Sender<Vec<i64>>,
    reloads: AtomicUsize,
}

impl Dock {
    async fn start() -> (Fake, Arc<Self>) {
        let dock = Arc::new(Self { journal: watch::Sender::new(Vec::new()), reloads: AtomicUsize::new(0) });
        let shared = dock.clone();
        let fake = Fake::start(move |request| {
            let dock = shared.clone();
            async move {
                match request.path.strip_prefix("/dock/") {
                    Some(bay) if bay.len() == 32 => dock.truck(&request).await,
                    Some(bay) => (400, None, format!("{bay:?} is not a bay")),
                    None => dock.reading(&request),
                }
            }
        });
        (fake.await, dock)
    }

    fn reading(&self, request: &Request) -> Answer {
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/v1/readings"));
        let report: Value = serde_json::from_slice(&request.body).expect("JSON");
        let at = report["observed_at"].as_i64().expect("milliseconds");
        if request.authorization.as_deref() != Some("Bearer stv_secret") {
            return (401, None, r#"{"detail":"who are you?"}"#.to_owned());
        }
        self.journal.send_modify(|journal| journal.push(at));
        (201, None, r#"{"stored":1,"duplicate":0,"warnings":[]}"#.to_owned())
    }

    async fn truck(&self, request: &Request) -> Answer {
        let truck: Value = serde_json::from_slice(&request.body).expect("JSON");
        let mut journal = self.journal.subscribe();
        let (epoch, seen) = truck["seen"].as_str().expect("text").split_once('.').expect("epoch.sequence");
        let seen: usize = seen.parse().expect("a place in a journal");
        if epoch != "7Q" {
            self.reloads.fetch_add(1, Ordering::Relaxed);
            let seen = format!("7Q.{}", journal.borrow().len());
            return (200, None, json!({"v": 1, "why": "reload", "seen": seen, "cargo": []}).to_string());
        }
        assert_eq!(truck["park"], 45_000, "a truck that knows where it is parks");
        let parked = u64::from(journal.borrow().len() <= seen);
        let cargo: Vec<Value> = {
            let journal = journal.wait_for(|journal| journal.len() > seen).await.expect("the dock stays");
            journal[seen..].iter().map(|at| json!({"kind": "report", "observed_at": at})).collect()
        };
        let now = format!("7Q.{}", seen + cargo.len());
        (200, None, json!({"v": 1, "why": "cargo", "seen": now, "parked": parked, "cargo": cargo}).to_string())
    }
}

fn options(fake: &Fake, mode: Mode) -> Options {
    Options {
        url: fake.url(),
        also: None,
        peer: Peer::Stevenson,
        heads: Heads::Short,
        keys: vec!["stv_secret".to_owned()],
        pids: vec![std::process::id()],
        mode,
    }
}

#[tokio::test]
async fn every_parked_truck_is_timed_in_every_round() {
    let (fake, dock) = Dock::start().await;
    let measurement = run(options(&fake, Mode::Park { trucks: 20, rounds: 3 })).await.expect("measured");
    let Figures::Park(parked) = &measurement.figures else { panic!("{measurement}") };
    assert_eq!((parked.missing, parked.not_parked, parked.braked), (0, 0, 0));
    assert_eq!(dock.reloads.load(Ordering::Relaxed), 1, "one truck asks where the journal ends");
    assert_eq!(dock.journal.borrow().len(), 4, "three rounds and one to warm up");
    let (sent, last) = (parked.from_send.expect("times"), parked.last_truck.expect("times"));
    assert_eq!((sent.count, last.count), (60, 3));
    assert!(sent.median_ms > 0.0 && sent.median_ms <= sent.p99_ms && sent.max_ms == last.max_ms, "{sent} {last}");
    assert!(parked.memory.as_ref().is_some_and(|memory| memory.before > 0 && memory.after > 0), "{measurement}");
}

#[tokio::test]
async fn loads_are_counted_while_trucks_go_back_and_forth() {
    let (fake, dock) = Dock::start().await;
    let measurement =
        run(options(&fake, Mode::Deliver { trucks: 10, seconds: 1, news_per_s: None })).await.expect("measured");
    let Figures::Deliver(delivered) = &measurement.figures else { panic!("{measurement}") };
    assert!(delivered.posts > 5 && dock.journal.borrow().len() as u64 == delivered.posts + 2);
    let most = delivered.posts * 10;
    assert!((most * 8 / 10..=most).contains(&delivered.deliveries), "{} of {most}", delivered.deliveries);
    assert!(delivered.age.is_some() && delivered.cpu_us_per_delivery.is_some());
    assert!(delivered.driver_cpu_share.is_some() && delivered.memory.is_some() && delivered.bytes_per_delivery > 50.0);
}

#[tokio::test]
async fn news_that_are_counted_come_at_their_pace() {
    let (fake, _dock) = Dock::start().await;
    let mode = Mode::Deliver { trucks: 10, seconds: 2, news_per_s: Some(10.0) };
    let measurement = run(options(&fake, mode)).await.expect("measured");
    let Figures::Deliver(delivered) = &measurement.figures else { panic!("{measurement}") };
    assert!((10..=21).contains(&delivered.posts), "{measurement}");
    assert!((delivered.posts - 1) * 10 <= delivered.deliveries && delivered.deliveries <= delivered.posts * 10);
    assert!(measurement.to_string().contains("10 trucks, 2 s, 10 news/s"), "{measurement}");
}

#[tokio::test]
async fn a_truck_with_a_browsers_heads_takes_turns_in_bays_and_brings_its_visitor() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let requests = heard.clone();
    let (_, dock) = Dock::start().await;
    let fake = Fake::start(move |request| {
        let (dock, requests) = (dock.clone(), requests.clone());
        async move {
            if !request.path.starts_with("/dock/") {
                return dock.reading(&request);
            }
            requests.lock().expect("unlocked").push((request.path.clone(), request.headers.clone()));
            dock.truck(&request).await
        }
    })
    .await;
    let mode = Mode::Deliver { trucks: 2, seconds: 1, news_per_s: None };
    run(Options { heads: Heads::Browser, ..options(&fake, mode) }).await.expect("measured");
    let heard = heard.lock().expect("unlocked");
    let bays: BTreeSet<&String> = heard.iter().map(|(path, _)| path).collect();
    assert!(bays.len() > 20, "{} bays", bays.len());
    assert!(heard.iter().all(|(_, headers)| headers.len() == 14), "{:?}", heard.first());
    let headers = heard.iter().flat_map(|(_, headers)| headers);
    let visitors: BTreeSet<&String> = headers.filter_map(|(name, value)| (name == "Cookie").then_some(value)).collect();
    assert_eq!(visitors.len(), 2, "{visitors:?}");
}

#[tokio::test]
async fn nchan_is_asked_for_the_message_after_the_last_one() {
    let channel = watch::Sender::new(Vec::<String>::new());
    let nginx = channel.clone();
    let fake = Fake::start(move |request| {
        let channel = nginx.clone();
        async move {
            if request.path == "/pub" {
                channel.send_modify(|messages| messages.push(String::from_utf8(request.body).expect("text")));
                return (202, None, "queued".to_owned());
            }
            assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/sub"));
            let header = |name: &str| request.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value);
            let after = match (header("If-None-Match"), header("If-Modified-Since")) {
                (Some(tag), Some(time)) => {
                    assert_eq!(time, "now");
                    tag.parse().expect("a number")
                }
                _ => channel.borrow().len() - 1,
            };
            let mut messages = channel.subscribe();
            let message = messages.wait_for(|messages| messages.len() > after).await.expect("it stays")[after].clone();
            let line: &'static str = format!("Last-Modified: now\r\nEtag: {}", after + 1).leak();
            (200, Some(line), message)
        }
    })
    .await;
    let mode = Mode::Park { trucks: 5, rounds: 4 };
    let measurement = run(Options { peer: Peer::Nchan, ..options(&fake, mode) }).await.expect("measured");
    let Figures::Park(parked) = &measurement.figures else { panic!("{measurement}") };
    assert_eq!((parked.missing, parked.from_send.expect("times").count), (0, 20));
    let load: Value = serde_json::from_str(&channel.borrow()[0]).expect("the message is a load");
    assert_eq!(load["cargo"][0]["values"].as_object().expect("values").len(), 10);
}

#[tokio::test]
async fn influx_is_given_one_point_of_ten_values_in_each_post() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let points = heard.clone();
    let fake = Fake::start(move |request| {
        points.lock().expect("unlocked").push((request.path, String::from_utf8(request.body).expect("text")));
        async { (204, None, String::new()) }
    })
    .await;
    let mode = Mode::Post { clients: 2, batch: 1, seconds: 1 };
    let measurement = run(Options { peer: Peer::Influx, ..options(&fake, mode) }).await.expect("measured");
    let Figures::Post(posted) = &measurement.figures else { panic!("{measurement}") };
    {
        let heard = heard.lock().expect("unlocked");
        assert_eq!(posted.stored + 1, heard.len() as u64, "and one to warm up");
        for (path, point) in heard.iter() {
            assert_eq!(path, "/write?db=bench&precision=ms");
            let parts: Vec<&str> = point.split(' ').collect();
            let shape = (parts.len(), parts[0], parts[1].split(',').count());
            assert_eq!(shape, (3, "readings,station=stv_secret", 10), "{point}");
        }
    }
    let asked = Mode::Park { trucks: 1, rounds: 1 };
    let error = run(Options { peer: Peer::Influx, ..options(&fake, asked) }).await.expect_err("no trucks there");
    assert!(matches!(error, Error::NotThatPeer), "{error}");
}

#[tokio::test]
async fn posts_are_counted_by_status_and_each_has_an_instant_of_its_own() {
    let (fake, dock) = Dock::start().await;
    let measurement = run(options(&fake, Mode::Post { clients: 4, batch: 1, seconds: 1 })).await.expect("measured");
    let Figures::Post(posted) = &measurement.figures else { panic!("{measurement}") };
    let mut journal = dock.journal.borrow().clone();
    assert_eq!(posted.statuses.get(&201), Some(&(journal.len() as u64 - 1)));
    journal.sort_unstable();
    assert!(journal.windows(2).all(|two| two[0] < two[1]) && journal.len() > 10);
    let program = serde_json::to_value(&measurement).expect("JSON");
    assert_eq!((&program["mode"], &program["clients"]), (&json!("post"), &json!(4)), "{program}");
    assert!(program["took"]["median_ms"].is_number() && program["machine"]["cores"].is_number(), "{program}");
    assert!(measurement.to_string().contains("post: 4 clients, reports in a request: 1, 1 s"), "{measurement}");
}

#[tokio::test]
async fn batches_go_to_two_servers_in_turns_and_each_report_counts() {
    let counted = || {
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = requests.clone();
        let fake = Fake::start(move |request| {
            let body: Value = serde_json::from_slice(&request.body).expect("JSON");
            // The first one warms the server up.
            if let Some(all) = body.as_array() {
                let times: BTreeSet<_> = all.iter().map(|report| report["observed_at"].as_i64()).collect();
                assert_eq!(times.len(), 10);
                counter.fetch_add(1, Ordering::Relaxed);
            }
            async { (201, None, "{}".to_owned()) }
        });
        async { (fake.await, requests) }
    };
    let ((one, at_one), (other, at_other)) = tokio::join!(counted(), counted());
    let asked = Options { also: Some(other.url()), ..options(&one, Mode::Post { clients: 2, batch: 10, seconds: 1 }) };
    let measurement = run(asked).await.expect("measured");
    let Figures::Post(posted) = &measurement.figures else { panic!("{measurement}") };
    let [at_one, at_other] = [at_one, at_other].map(|requests| requests.load(Ordering::Relaxed) as u64);
    assert!(at_one > 0 && at_other > 0, "{at_one} and {at_other}");
    assert_eq!(posted.stored, 10 * (at_one + at_other), "{measurement}");
    let too_many = options(&one, Mode::Post { clients: 2, batch: 100_000, seconds: 1 });
    assert!(matches!(run(too_many).await, Err(Error::Limit { what: "batch", .. })));
}

#[tokio::test]
async fn times_that_an_earlier_run_has_taken_are_passed_over() {
    let now = chrono::Utc::now().timestamp_millis();
    let taken = now + 12_000;
    let fake = Fake::start(move |request| {
        let report: Value = serde_json::from_slice(&request.body).expect("JSON");
        let known = report["observed_at"].as_i64().expect("milliseconds") <= taken;
        async move { (if known { 200 } else { 201 }, None, String::new()) }
    })
    .await;
    let measurement = run(options(&fake, Mode::Post { clients: 1, batch: 1, seconds: 1 })).await.expect("measured");
    let Figures::Post(posted) = &measurement.figures else { panic!("{measurement}") };
    assert_eq!(posted.statuses.keys().collect::<Vec<_>>(), [&201]);

    let all_known = Fake::start(|_| async { (200, None, String::new()) }).await;
    assert!(matches!(
        run(options(&all_known, Mode::Post { clients: 1, batch: 1, seconds: 1 })).await,
        Err(Error::NoFreshTimes)
    ));
}

#[tokio::test]
async fn times_that_are_taken_behind_free_ones_are_passed_over_and_not_counted_as_stored() {
    let now = chrono::Utc::now().timestamp_millis();
    let taken = now + 400..now + 12_000;
    let fake = Fake::start(move |request| {
        let report: Value = serde_json::from_slice(&request.body).expect("JSON");
        let known = taken.contains(&report["observed_at"].as_i64().expect("milliseconds"));
        async move { (if known { 200 } else { 201 }, None, String::new()) }
    })
    .await;
    let measurement = run(options(&fake, Mode::Post { clients: 1, batch: 1, seconds: 1 })).await.expect("measured");
    let Figures::Post(posted) = &measurement.figures else { panic!("{measurement}") };
    assert_eq!((posted.duplicates, posted.statuses.get(&200)), (3, Some(&3)), "three steps of five seconds");
    assert_eq!(posted.statuses.get(&201), Some(&posted.stored));
    assert!((posted.stored_per_s * posted.seconds - posted.stored as f64).abs() < 0.5);
    assert!(measurement.to_string().contains("not stored: duplicates"), "{measurement}");
}

#[tokio::test]
async fn a_key_that_is_not_known_ends_the_measurement() {
    let (fake, _dock) = Dock::start().await;
    let strange = Options { keys: vec!["stv_other".to_owned()], ..options(&fake, Mode::Park { trucks: 1, rounds: 1 }) };
    let error = run(strange).await.expect_err("401");
    assert!(matches!(error, Error::Answer { status: 401, .. }), "{error}");
}

#[tokio::test]
async fn load_is_bounded_and_stays_on_this_machine() {
    let (fake, _dock) = Dock::start().await;
    for mode in [
        Mode::Park { trucks: 0, rounds: 1 },
        Mode::Park { trucks: 1_000_000, rounds: 1 },
        Mode::Deliver { trucks: 1, seconds: 86_400, news_per_s: None },
        Mode::Post { clients: 100_000, batch: 1, seconds: 1 },
    ] {
        assert!(matches!(run(options(&fake, mode)).await, Err(Error::Limit { .. })), "{mode:?}");
    }
    for news in [0.0, -1.0, f64::NAN, 1e9] {
        let mode = Mode::Deliver { trucks: 1, seconds: 1, news_per_s: Some(news) };
        assert!(matches!(run(options(&fake, mode)).await, Err(Error::Pace(_))), "{mode:?}");
    }
    let elsewhere = Options {
        url: "http://192.0.2.1".to_owned(),
        ..options(&fake, Mode::Post { clients: 1, batch: 1, seconds: 1 })
    };
    assert!(matches!(run(elsewhere).await, Err(Error::NotLoopback(_))));
}
