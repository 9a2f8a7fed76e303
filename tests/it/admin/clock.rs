//! A clock that is wrong is offered to be put right, with one click.

use super::{OURS, hidden, location, words};
use crate::guard::ask;
use crate::kit::app::TestApp;
use serde_json::json;

async fn page(app: &TestApp, path: &str) -> String {
    let answer = ask(app, &format!("GET {path}"), "", b"").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

async fn send(app: &TestApp, key: &str, clock_h: i64) {
    let at = chrono::Utc::now() + chrono::Duration::hours(clock_h);
    app.measures(key, &json!({"temperature": 11.7, "observed_at": at.to_rfc3339()})).await;
}

#[tokio::test]
async fn a_clock_that_is_behind_is_put_right_with_one_click_on_the_page_of_the_station_or_of_the_upload() {
    let app = TestApp::start().await;
    let (_, key) = app.add_station("roof").await;
    send(&app, &key, -5).await;
    assert!(!page(&app, "/admin/stations/roof").await.contains("clock is"), "one may be a backlog");
    send(&app, &key, -5).await;
    send(&app, &key, -5).await;
    for path in ["/admin/stations/roof", "/admin/inbox/3"] {
        let shown = page(&app, path).await;
        assert!(words(&shown).contains("Its clock is 5 h behind. Add 5 h to its times?"), "{path}: {shown}");
        assert_eq!(hidden(&shown, "clock_offset"), "5h", "{path}");
    }
    // The list of the owner's stations, and the hint on the station's page, say the same, and lead to the button.
    let listed = page(&app, "/admin").await;
    assert!(listed.contains(r#"data-state="clock""#) && listed.contains(">Clock 5 h behind<"), "{listed}");
    let public = page(&app, "/s/roof").await;
    assert!(public.contains(r##"<a href="/admin/stations/roof#put-right">Put it right</a>"##), "{public}");
    assert!(page(&app, "/admin/stations/roof").await.contains(r#"id="put-right""#));
    let strangers = ask(&app, "POST /admin/stations/roof/clock", "Via: 1.1 proxy\r\n", b"clock_offset=5h").await;
    assert_ne!(strangers.status, 303, "the owner alone");
    let set = ask(&app, "POST /admin/stations/roof/clock", OURS, b"clock_offset=5h").await;
    assert_eq!((set.status, location(&set).as_str()), (303, "/admin/stations/roof?done=set"), "{}", set.body);
    let roof = app.storage.directory().by_slug("roof").expect("there").clone();
    assert_eq!((roof.clock_offset_ms, roof.elevation_m), (18_000_000, Some(214.0)), "and nothing else");
    send(&app, &key, -5).await;
    for path in ["/admin/stations/roof", "/admin/inbox/4"] {
        assert!(!words(&page(&app, path).await).contains("Its clock is"), "{path}");
    }
    let wrong = ask(&app, "POST /admin/stations/roof/clock", OURS, b"clock_offset=5").await;
    assert!(wrong.status == 422 && wrong.body.contains("write 5h"), "{}", wrong.body);
    // It was right by two hours too much: what is there already counts.
    for _ in 0..3 {
        send(&app, &key, -3).await;
    }
    let shown = page(&app, "/admin/stations/roof").await;
    assert!(words(&shown).contains("Its clock is 2 h ahead"), "{shown}");
    // The time of arrival counts then: the values are live.
    let listed = page(&app, "/admin").await;
    assert!(listed.contains(r#"data-state="live""#) && listed.contains("its clock is 2 h ahead"), "{listed}");
    assert_eq!(hidden(&shown, "clock_offset"), "3h");
    assert!(words(&page(&app, "/admin/inbox/7").await).contains("Its clock is 2 h ahead"));
}
