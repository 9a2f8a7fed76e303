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
async fn an_unknown_address_is_a_line_of_text_for_a_program_and_a_page_for_a_person() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/s/roof/x", "/wp-login.php", "/a/b/c"] {
        for (method, accept) in [("GET", ""), ("GET", "Accept: */*\r\n"), ("POST", "Accept: application/json\r\n")] {
            let answer = ask(&app, &format!("{method} {path}"), accept, b"").await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, Some("text/plain; charset=utf-8")),
                "{path}"
            );
            assert_eq!(answer.body, format!("there is nothing at {path}\n"));
            assert!(answer.is_for_programs(), "{}", answer.head);
        }
        let page = ask(&app, &format!("GET {path}"), "Accept: text/html,*/*;q=0.8\r\n", b"").await;
        assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")), "{path}");
        assert!(page.body.contains("There is nothing here"));
    }
    let answer = ask(&app, "GET /%3Cscript%3E", "", b"").await;
    assert_eq!(answer.body, "there is nothing at /%3Cscript%3E\n", "as it was sent");
    for path in ["/api/v2", "/dock/"] {
        let answer = ask(&app, &format!("GET {path}"), "", b"").await;
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/problem+json")), "{path}");
        assert!(answer.is_for_programs(), "{}", answer.head);
    }
}
