//! The description says what there is, and nothing else.

use super::schema::fits;
use super::{get, plain, with_roof};
use crate::guard::ask;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_document_and_the_addresses_are_the_same() {
    let (app, _) = with_roof().await;
    let document = get(&app, "/openapi.json").await;
    assert_eq!(document["openapi"].as_str().map(|version| &version[..4]), Some("3.1."));
    let described: BTreeSet<String> = document["paths"].as_object().expect("paths").keys().cloned().collect();
    let is_described = |path: &&str| path.starts_with("/api/v1/") || path.starts_with("/stream/");
    let answered = stevenson::api::paths().filter(is_described);
    let answered: BTreeSet<String> = answered.map(|path| path.replace('<', "{").replace('>', "}")).collect();
    assert_eq!(described, answered);
    for (path, item) in document["paths"].as_object().expect("paths") {
        let methods: Vec<&String> = item.as_object().expect("methods").keys().collect();
        assert_eq!(methods, ["get"], "{path}");
        // Its protocol has other names passed over.
        if path.starts_with("/stream/") {
            continue;
        }
        let known = item["get"]["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query");
        let known: Vec<&str> = known.filter_map(|one| one["name"].as_str()).collect();
        let path = path.strip_prefix("/api/v1").expect("below it").replace("{slug}", "roof");
        let refused = plain(&app, &format!("{path}?zzzzzzzzzzzzzzzz=1"), "").await;
        let listed =
            if known.is_empty() { "nothing is asked for here".to_owned() } else { format!("use {}", known.join(", ")) };
        assert!(
            refused.status == 400 && refused.body.contains(&format!("{listed}\"")),
            "{path}: {} – {listed}",
            refused.body
        );
    }
}

#[tokio::test]
async fn every_answer_is_what_the_document_says() {
    let (app, key) = with_roof().await;
    app.measures(&key, &json!({"temperature": 60.0, "precipitation": 1.2, "battery_low": "low"})).await;
    let document = get(&app, "/openapi.json").await;
    let schema = |path: &str, status: &str, kind: &str| {
        let path = path.replace('/', "~1");
        let kind = kind.replace('/', "~1");
        let pointer = format!("/paths/~1api~1v1{path}/get/responses/{status}/content/{kind}/schema");
        document.pointer(&pointer).cloned().unwrap_or_else(|| panic!("{pointer} is not there"))
    };
    for (path, query) in [
        ("/stations", "?limit=1"),
        ("/stations/{slug}", ""),
        ("/stations/{slug}/latest", "?units=us"),
        ("/stations/{slug}/series", "?quantity=temperature,precipitation"),
        ("/stations/{slug}/days", "?quantity=temperature"),
        ("/stations/{slug}/records", "?units=us"),
        ("/stations/{slug}/climate", ""),
        ("/stations/{slug}/climate", "?month=1999-02"),
        ("/status", ""),
    ] {
        for slug in ["roof", "hut"] {
            let answer = get(&app, &format!("{}{query}", path.replace("{slug}", slug))).await;
            fits(&document, &schema(path, "200", "application/json"), &answer, path).expect("it fits");
        }
        let problem = plain(&app, &format!("{}?x=1", path.replace("{slug}", "roof")), "").await;
        let problem: Value = serde_json::from_str(&problem.body).expect("JSON");
        fits(&document, &schema(path, "400", "application/problem+json"), &problem, path).expect("it fits");
    }
    let problem: Value = serde_json::from_str(&plain(&app, "/stations/nope", "").await.body).expect("JSON");
    fits(&document, &schema("/stations/{slug}", "404", "application/problem+json"), &problem, "404").expect("it fits");
}

#[tokio::test]
async fn the_guide_is_whole_and_asks_nobody_else() {
    let (app, _) = with_roof().await;
    let page = ask(&app, "GET /api/docs", "", b"").await;
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(page.status == 200 && policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{}", page.head);
    assert!(!page.head.contains("set-cookie") && !page.body.contains("//"), "{}", page.body);
    let mut files = 0;
    for part in page.body.split(['"']).filter(|part| part.starts_with("docs/")) {
        let file = ask(&app, &format!("GET /api/{part}"), "", b"").await;
        assert_eq!(file.status, 200, "{part}");
        assert!(file.body.len() > 100 && file.header("x-content-type-options") == Some("nosniff"), "{part}");
        if part.ends_with("initializer.js") {
            assert!(
                file.body.contains("\"url\": \"v1/openapi.json\"") && file.body.contains("\"validatorUrl\": \"none\"")
            );
        }
        files += 1;
    }
    assert_eq!(files, 4);
    for none in ["/api/docs/index.html", "/api/docs/..%2f..%2fetc", "/api/docs/oauth2-redirect.html"] {
        assert_eq!(ask(&app, &format!("GET {none}"), "", b"").await.status, 404, "{none}");
    }
}
