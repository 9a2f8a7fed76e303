//! Questions that make no sense are told what is wrong with them.

use super::{plain, with_roof};
use crate::guard::ask;
use serde_json::Value;

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (app, _) = with_roof().await;
    let series = "/stations/roof/series?quantity=temperature";
    for (path, status, says) in [
        ("/stations/nope".to_owned(), 404, "there is no station \"nope\""),
        ("/stations/nope/latest".to_owned(), 404, "there is no station \"nope\""),
        (format!("/stations/{}", "x".repeat(10_000)), 404, "there is no station"),
        ("/stations/%FF".to_owned(), 404, "there is no station"),
        ("/stations?limt=1".to_owned(), 400, "limt = \"1\": not known here; did you mean limit?"),
        ("/stations?limit=0".to_owned(), 400, "use a number from 1 to 500"),
        ("/stations?limit=501".to_owned(), 400, "use a number from 1 to 500"),
        ("/stations?after=A".to_owned(), 400, "is not a station slug"),
        ("/status?x=1".to_owned(), 400, "nothing is asked for here"),
        ("/stations/roof?units=si".to_owned(), 400, "units may be one of: metric, us"),
        ("/stations/roof/series".to_owned(), 400, "name one, or several with commas between them"),
        ("/stations/roof/series?quantity=temprature".to_owned(), 400, "did you mean temperature?"),
        ("/stations/roof/series?quantity=precipitation_counted".to_owned(), 400, "no quantity"),
        (format!("{series},humidity,temperature"), 400, "quantity = \"temperature\": it is there twice"),
        (format!("{series}&points=1501"), 400, "use a number from 1 to 1500"),
        (format!("{series}&points=1&points=2"), 400, "it is there twice"),
        (format!("{series}&from=2026-11-22&to=2026-11-21"), 400, "it is not before the end"),
        (format!("{series}&from=1500-01-01"), 400, "use a time from 1700 to 9999"),
        (format!("{series}&sensor=cellar"), 404, "has no sensor \"cellar\""),
        (format!("{series}&sensor=Cellar"), 400, "is not a sensor name"),
        (
            "/stations/roof/days?quantity=temperature&from=2000-01-01&to=2026-01-01".to_owned(),
            400,
            "ask for 4000 at most",
        ),
        ("/stations/roof/days?quantity=temperature&from=22.11.2026".to_owned(), 400, "write it as 2026-11-22"),
        (
            "/stations/roof/days?quantity=temperature&from=2026-01-02&to=2026-01-01".to_owned(),
            400,
            "after the last day",
        ),
        ("/stations/roof/nothing".to_owned(), 404, "there is nothing at"),
        ("/stations/".to_owned(), 404, "there is nothing at"),
    ] {
        let answer = plain(&app, &path, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some("application/problem+json")),
            "{path}"
        );
        let problem: Value = serde_json::from_str(&answer.body).expect("JSON");
        let detail = problem["detail"].as_str().expect("a text");
        assert!(detail.contains(says) && detail.len() < 400, "{path}: {detail}");
        assert!(answer.is_for_programs(), "{}", answer.head);
    }
    let many: Vec<&str> = weather::quantity::Quantity::shown().take(9).map(|quantity| quantity.name()).collect();
    let answer = plain(&app, &format!("/stations/roof/series?quantity={}", many.join(",")), "").await;
    assert!(answer.status == 400 && answer.body.contains("ask for 8 at most"), "{}", answer.body);
}

#[tokio::test]
async fn other_methods_are_told_which_work() {
    let (app, _) = with_roof().await;
    for path in
        ["/stations", "/stations/roof", "/stations/roof/series", "/stations/roof/export", "/status", "/openapi.json"]
    {
        for method in ["POST", "PUT", "DELETE", "PATCH", "QUERY"] {
            let answer = ask(&app, &format!("{method} /api/v1{path}"), "", b"").await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some("get, head, options")), "{method} {path}");
        }
        let answer = ask(&app, &format!("OPTIONS /api/v1{path}"), "", b"").await;
        assert_eq!((answer.status, answer.header("allow")), (204, Some("get, head, options")), "{path}");
    }
    let answer = ask(&app, "GET /api/v1/status", "", b"a body that nobody wants").await;
    assert_eq!(answer.status, 200);
}
