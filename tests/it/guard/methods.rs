//! Other methods, and addresses that are none.

use super::ask;
use crate::kit::app::TestApp;

#[tokio::test]
async fn another_method_at_an_address_is_405_and_names_those_that_work() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    for (path, wrong, allowed) in [
        ("/api/v1/readings", &["GET", "PUT", "OPTIONS", "DELETE", "PATCH"][..], "post"),
        ("/dock/0123456789abcdef", &["GET", "PUT", "OPTIONS"], "post"),
        ("/dock/0123456789abcdef/events", &["POST", "OPTIONS"], "get"),
        ("/dock/0123456789abcdef/socket", &["POST"], "get"),
        ("/units", &["GET", "PUT", "OPTIONS"], "post"),
        ("/lab/change", &["GET", "OPTIONS"], "post"),
        ("/s/roof/words", &["PUT", "OPTIONS"], "get, head, post"),
        ("/", &["POST", "PUT", "OPTIONS"], "get, head"),
        ("/s/roof", &["POST", "DELETE"], "get, head"),
        ("/metrics", &["POST"], "get, head"),
        ("/favicon.svg", &["POST"], "get, head"),
        ("/weatherstation/updateweatherstation.php", &["PUT", "OPTIONS", "HEAD"], "get, post"),
    ] {
        for method in wrong {
            let answer = ask(&app, &format!("{method} {path}"), "", b"").await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_problem_for_a_program_and_a_page_for_a_person() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/s/nope", "/s/roof/x", "/wp-login.php", "/a/b/c", "/%3Cscript%3E", "/api/v2", "/dock/"] {
        for (method, accept) in [("GET", ""), ("GET", "Accept: */*\r\n"), ("POST", "Accept: application/json\r\n")] {
            let answer = ask(&app, &format!("{method} {path}"), accept, b"").await;
            let status = if (method, path) == ("POST", "/s/nope") { 405 } else { 404 };
            let kind = answer.header("content-type");
            assert_eq!((answer.status, kind), (status, Some("application/problem+json")), "{path}");
            let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
            let detail = problem["detail"].as_str().expect("a text");
            let said = if path == "/s/nope" { "" } else { path };
            assert!(problem["status"] == status && detail.contains(said), "{path}: {problem}");
            assert!(answer.is_for_programs(), "{}", answer.head);
        }
    }
    for path in ["/nothing", "/s/nope", "/s/roof/x"] {
        let page = ask(&app, &format!("GET {path}"), "Accept: text/html,*/*;q=0.8\r\n", b"").await;
        assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")), "{path}");
        assert!(page.body.contains("There is nothing here"));
    }
    let page = ask(&app, "PUT /s/nope", "Accept: text/html\r\n", b"").await;
    assert_eq!((page.status, page.header("allow")), (405, Some("get, head")), "a page names them, too");
}
