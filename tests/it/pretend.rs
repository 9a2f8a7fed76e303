//! The pretend station against a server that is fine, busy, away or a stranger.

use crate::kit::fake::{Answer, Fake, Request};
use serde_json::Value;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use stevenson::pretend::plan::{Error, Plan};
use stevenson::pretend::station::run;

/// What arrived, in order.
type Heard = Arc<Mutex<Vec<Vec<i64>>>>;

fn plan(fake: &Fake, count: u64) -> Plan {
    Plan { every: Duration::from_millis(20), count: Some(count), ..Plan::new(fake.url(), "stv_secret") }
}

/// The times in a post.
fn times(request: &Request) -> Vec<i64> {
    let time = |report: &Value| report["observed_at"].as_i64().expect("milliseconds");
    match serde_json::from_slice(&request.body).expect("JSON") {
        Value::Array(reports) => reports.iter().map(time).collect(),
        report => vec![time(&report)],
    }
}

fn stored(count: usize) -> Answer {
    (201, None, format!(r#"{{"stored":{count},"duplicate":0,"warnings":[]}}"#))
}

/// A server that answers the n-th request as `answer(n)` says, or stores it where that is `None`.
async fn server(answer: impl Fn(usize) -> Option<Answer> + Send + Sync + 'static) -> (Fake, Heard) {
    let heard = Heard::default();
    let shared = (heard.clone(), Arc::new(answer));
    let fake = Fake::start(move |request| {
        let (heard, answer) = shared.clone();
        async move {
            assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/v1/readings"));
            assert_eq!(request.authorization.as_deref(), Some("Bearer stv_secret"));
            let times = times(&request);
            let mut heard = heard.lock().expect("not poisoned");
            heard.push(times.clone());
            answer(heard.len() - 1).unwrap_or_else(|| stored(times.len()))
        }
    });
    (fake.await, heard)
}

fn posts(heard: &Heard) -> Vec<Vec<i64>> {
    heard.lock().expect("not poisoned").clone()
}

#[tokio::test]
async fn every_reading_is_posted_once_and_counted() {
    let (fake, heard) = server(|_| None).await;
    let summary = run(plan(&fake, 5), pending()).await.expect("runs");
    let times = posts(&heard).concat();
    assert_eq!((times.len(), summary.stored, summary.unsent), (5, 5, 0));
    assert!(times.windows(2).all(|two| two[0] < two[1]), "{times:?}");
    assert_eq!(summary.posts.get(&201), Some(&(posts(&heard).len() as u64)));
    assert!(summary.answers.quantile(0.5).is_some());
}

#[tokio::test]
async fn the_clock_does_not_drift_however_long_answers_take() {
    let fake = Fake::start(|request| async move {
        tokio::time::sleep(Duration::from_millis(30)).await; // a server that is slower than the beat
        stored(times(&request).len())
    })
    .await;
    let started = Instant::now();
    run(plan(&fake, 21), pending()).await.expect("runs");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(400), "twenty beats of 20 ms, not {took:?}");
    assert!(took < Duration::from_millis(1_000), "{took:?}: answers hold up the beat");
}

#[tokio::test]
async fn what_a_busy_server_did_not_take_is_sent_again_together_with_what_came_since() {
    let busy = r#"{"status":503,"detail":"the writer is busy"}"#.to_owned();
    let (fake, heard) = server(move |n| (n < 2).then(|| (503, None, busy.clone()))).await;
    let summary = run(plan(&fake, 30), pending()).await.expect("runs");
    let posts = posts(&heard);
    assert_eq!(posts[0], posts[1][..1], "the first is still the first");
    assert!(posts[2].len() > 1, "what was measured meanwhile goes as a batch: {}", posts[2].len());
    assert_eq!((posts[2..].concat().len(), summary.stored, summary.posts.get(&503)), (30, 30, Some(&2)));
    assert_eq!(summary.last_failure.as_deref(), Some("503 Service Unavailable: the writer is busy"));
}

#[tokio::test]
async fn a_server_that_names_a_time_is_left_alone_until_then() {
    let at = Arc::new(Mutex::new(Vec::new()));
    let seen = at.clone();
    let (fake, _) = server(move |n| {
        seen.lock().expect("not poisoned").push(Instant::now());
        (n == 0).then(|| (503, Some("Retry-After: 1"), String::new()))
    })
    .await;
    run(plan(&fake, 1), pending()).await.expect("runs");
    let at = at.lock().expect("not poisoned").clone();
    assert!(at[1] - at[0] >= Duration::from_secs(1), "came back after {:?}", at[1] - at[0]);
}

#[tokio::test]
async fn readings_of_an_outage_arrive_when_the_server_is_back() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    let heard = Heard::default();
    let shared = heard.clone();
    let outage = async move {
        for _ in 0..2 {
            drop(listener.accept().await.expect("a station")); // hangs up on it
        }
        Fake::on(listener, move |request| {
            let times = times(&request);
            shared.lock().expect("not poisoned").push(times.clone());
            async move { stored(times.len()) }
        })
    };
    let plan = Plan {
        every: Duration::from_millis(20),
        count: Some(25),
        ..Plan::new(format!("http://{address}"), "stv_secret")
    };
    let (summary, _fake) = tokio::join!(run(plan, pending()), outage);
    let (summary, times) = (summary.expect("runs"), posts(&heard).concat());
    assert_eq!((times.len(), summary.stored, summary.unsent), (25, 25, 0));
    assert!(summary.unanswered >= 2 && times.windows(2).all(|two| two[0] < two[1]));
}

#[tokio::test]
async fn a_key_that_is_not_known_stops_the_station_at_once() {
    let (fake, heard) = server(|_| Some((401, None, String::new()))).await;
    let forever = Plan { count: None, ..plan(&fake, 1) };
    let error = run(forever, pending()).await.expect_err("no key");
    assert!(matches!(error, Error::KeyRefused { status: 401, .. }) && error.to_string().contains("key"), "{error}");
    assert_eq!(posts(&heard).len(), 1);
}

#[tokio::test]
async fn a_key_that_fits_no_header_is_an_error_and_not_a_wait() {
    let (fake, heard) = server(|_| None).await;
    let error = run(Plan { key: "stv_\nsecret".to_owned(), ..plan(&fake, 1) }, pending()).await.expect_err("a newline");
    assert!(matches!(error, Error::Client(_)) && !error.to_string().contains("secret"), "{error}");
    assert!(posts(&heard).is_empty());
}

#[tokio::test]
async fn a_plan_beyond_the_limits_is_refused_before_anything_is_sent() {
    let (fake, heard) = server(|_| None).await;
    let often = Plan { every: Duration::from_millis(1), ..plan(&fake, 1) };
    assert!(matches!(run(often, pending()).await, Err(Error::TooOften(_))));
    let far = Plan { fast_forward: Some(Duration::from_secs(400 * 86_400)), ..plan(&fake, 1) };
    assert!(matches!(run(far, pending()).await, Err(Error::TooFarBack(_))));
    assert!(posts(&heard).is_empty());
}

#[tokio::test]
async fn a_report_that_is_refused_does_not_hold_up_the_next() {
    let (fake, _) = server(|n| (n == 0).then(|| (400, None, r#"{"detail":"no"}"#.to_owned()))).await;
    let summary = run(plan(&fake, 3), pending()).await.expect("runs");
    assert_eq!((summary.refused, summary.stored, summary.unsent), (1, 2, 0));
}

#[tokio::test]
async fn the_past_is_sent_in_batches_without_a_gap_and_without_a_repetition() {
    let (fake, heard) = server(|n| (n == 1).then(|| (503, None, String::new()))).await;
    let past = Duration::from_secs(2 * 86_400);
    let before = chrono::Utc::now().timestamp_millis();
    let summary = run(Plan { fast_forward: Some(past), ..plan(&fake, 0) }, pending()).await.expect("runs");
    let after = chrono::Utc::now().timestamp_millis();

    let mut posts = posts(&heard);
    let failed = posts.remove(1);
    assert_eq!(failed, posts[1], "the same again");
    assert!(posts.iter().all(|post| post.len() <= 1_000));
    let times = posts.concat();
    assert!(times.windows(2).all(|two| two[1] - two[0] == 60_000), "a report a minute");
    assert!((0..60_000).contains(&(times[0] - (before - 2 * 86_400_000))), "from the first minute");
    assert!((before - 60_000..=after).contains(times.last().expect("some")), "to the last");
    assert_eq!((summary.stored, summary.unsent), (times.len() as u64, 0));
}

#[tokio::test]
async fn after_the_past_the_station_goes_on_live() {
    let (fake, heard) = server(|_| None).await;
    let plan = Plan { fast_forward: Some(Duration::from_secs(3_600)), ..plan(&fake, 3) };
    run(plan, pending()).await.expect("runs");
    let times = posts(&heard).concat();
    assert!((63..=64).contains(&times.len()), "sixty minutes and three readings, not {}", times.len());
    assert!(times.windows(2).all(|two| two[0] < two[1]));
}

#[tokio::test]
async fn a_body_that_is_too_big_is_sent_in_halves() {
    let heard = Heard::default();
    let shared = heard.clone();
    let fake = Fake::start(move |request| {
        let heard = shared.clone();
        async move {
            let times = times(&request);
            if times.len() > 300 {
                return (413, None, String::new());
            }
            heard.lock().expect("not poisoned").push(times.clone());
            stored(times.len())
        }
    })
    .await;
    let plan = Plan { fast_forward: Some(Duration::from_secs(86_400)), ..plan(&fake, 0) };
    let summary = run(plan, pending()).await.expect("runs");
    let times = posts(&heard).concat();
    assert!(times.windows(2).all(|two| two[1] - two[0] == 60_000));
    assert_eq!((summary.stored, summary.unsent), (times.len() as u64, 0));
}

#[tokio::test]
async fn a_station_that_is_told_to_stop_stops_and_says_what_is_left() {
    let posted = Arc::new(tokio::sync::Notify::new());
    let bell = posted.clone();
    let fake = Fake::start(move |_| {
        bell.notify_one();
        pending::<Answer>() // never answers
    })
    .await;
    let forever = Plan { count: None, ..plan(&fake, 1) };
    let summary = run(forever, posted.notified()).await.expect("runs");
    assert!(summary.unsent >= 1 && summary.stored == 0, "{}", summary.unsent);
    assert!(summary.elapsed < Duration::from_secs(2));
}

#[tokio::test]
async fn values_are_posted_under_the_names_the_door_knows() {
    let body = Arc::new(Mutex::new(Value::Null));
    let shared = body.clone();
    let fake = Fake::start(move |request| {
        *shared.lock().expect("not poisoned") = serde_json::from_slice(&request.body).expect("JSON");
        async { stored(1) }
    })
    .await;
    run(plan(&fake, 1), pending()).await.expect("runs");
    let report = body.lock().expect("not poisoned").clone();
    for field in report.as_object().expect("one report").keys().filter(|field| *field != "observed_at") {
        assert!(weather::quantity::Quantity::from_name(field).is_some(), "{field}");
    }
    assert!(report["temperature"].is_number() && report["precipitation"].is_number(), "{report}");
}
