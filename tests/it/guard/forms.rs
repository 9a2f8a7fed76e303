//! Forms on plain http, where no browser says whose page sent them.

use super::{Plain, ask};
use crate::kit::app::TestApp;
use stevenson::storage::words::Visitor;
use stevenson::web;

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A browser that has opened the page of a station: its cookie, and what the page's forms hold.
struct Browser {
    cookie: String,
    token: String,
    key: String,
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!(r#"name="{name}" value=""#)).expect("a hidden field");
    rest.split('"').next().expect("a value").to_owned()
}

fn cookie(answer: &Plain, name: &str) -> Option<String> {
    let start = format!("set-cookie: {name}=");
    answer.head.lines().find(|line| line.starts_with(&start)).map(str::to_owned)
}

impl Browser {
    async fn open(app: &TestApp) -> Self {
        // Lower case is not good enough for a secret: the cookie is made here.
        let secret = "AAAAAAAAAAAAAAAAAAAAAA";
        Self::with(app, secret).await
    }

    async fn with(app: &TestApp, secret: &str) -> Self {
        let cookie = format!("Cookie: visitor={secret}\r\n");
        let page = ask(app, "GET /s/roof", &cookie, b"").await;
        assert_eq!(page.status, 200);
        Self { cookie, token: hidden(&page.body, "token"), key: hidden(&page.body, "key") }
    }

    async fn sends(&self, app: &TestApp, path: &str, body: &str, more: &str) -> u16 {
        ask(app, &format!("POST {path}"), &format!("{FORM}{}{more}", self.cookie), body.as_bytes()).await.status
    }
}

async fn words(app: &TestApp) -> usize {
    let visitor = Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    app.storage
        .conversation(&visitor, "roof", 100)
        .await
        .expect("words")
        .iter()
        .filter(|word| word.text == "hello")
        .count()
}

#[tokio::test]
async fn a_form_of_another_page_does_nothing_in_the_visitors_name() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let ann = Browser::open(&app).await;
    let bob = Browser::with(&app, "BBBBBBBBBBBBBBBBBBBBBA").await;
    // A page on another port of this host: the cookie travels, and nothing says where the form was.
    let key = &ann.key;
    for token in ["", "&token=", "&token=AAAA", &format!("&token={}", bob.token)] {
        assert_eq!(ann.sends(&app, "/s/roof/words", &format!("key={key}&text=hello{token}"), "").await, 403, "{token}");
        assert_eq!(ann.sends(&app, "/units", &format!("temperature=F{token}"), "").await, 403, "{token}");
        assert_eq!(ann.sends(&app, "/s/roof/words/forget", token.trim_start_matches('&'), "").await, 403, "{token}");
    }
    assert_eq!(words(&app).await, 0);
    assert_eq!(ann.sends(&app, "/lab/change?number=1", "", "").await, 403, "as a form would ask");
    for site in ["same-site", "cross-site"] {
        let more = format!("Sec-Fetch-Site: {site}\r\n");
        let body = format!("key={key}&text=hello&token={}", ann.token);
        assert_eq!(ann.sends(&app, "/s/roof/words", &body, &more).await, 403, "{site}");
    }
}

#[tokio::test]
async fn a_form_of_our_own_page_works_behind_a_proxy_that_rewrites_the_host() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let ann = Browser::open(&app).await;
    let rewritten = "Host: 127.0.0.1:8000\r\nOrigin: https://weather.example\r\n";
    let body = format!("key={}&text=hello&token={}", ann.key, ann.token);
    assert_eq!(ann.sends(&app, "/s/roof/words", &body, rewritten).await, 303);
    assert_eq!(words(&app).await, 1);
    assert_eq!(ann.sends(&app, "/units", &format!("temperature=F&token={}", ann.token), rewritten).await, 303);
    assert_eq!(ann.sends(&app, "/s/roof/words/forget", &format!("token={}", ann.token), rewritten).await, 303);
    assert_eq!(words(&app).await, 0, "forgotten");
    assert_eq!(
        ann.sends(&app, "/lab/change?number=1", "", "Content-Type: application/json\r\n").await,
        403,
        "two types are none"
    );
    let json = format!("{}Content-Type: application/json\r\n", ann.cookie);
    assert_eq!(ask(&app, "POST /lab/change?number=1", &json, b"").await.status, 204);
    let same = "Sec-Fetch-Site: same-origin\r\n";
    assert_eq!(ann.sends(&app, "/units", "temperature=C", same).await, 303, "the browser says it itself");
}

#[tokio::test]
async fn the_token_is_another_in_each_answer() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let (one, other) = (Browser::open(&app).await.token, Browser::open(&app).await.token);
    assert!(one.len() > 40 && one != other, "{one} {other}");
    for path in ["/", "/lab", "/s/roof"] {
        let page = ask(&app, &format!("GET {path}"), "Cookie: visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n", b"").await;
        assert!(!hidden(&page.body, "token").is_empty(), "{path}");
    }
    let first = ask(&app, "GET /s/roof", "", b"").await;
    assert!(cookie(&first, "visitor").is_some() && hidden(&first.body, "token").len() > 40, "at the first visit too");
}

#[tokio::test]
async fn every_cookie_is_secure_under_https_and_none_is_on_plain_http() {
    let trusted_proxies: Vec<web::Network> = vec!["127.0.0.1".parse().expect("a network")];
    let app = TestApp::with(|config| config.web.trusted_proxies = trusted_proxies).await;
    app.add_station("roof").await;
    for (proxy, is_secure) in
        [("X-Forwarded-Proto: https\r\n", true), ("X-Forwarded-Proto: http\r\n", false), ("", false)]
    {
        let page = ask(&app, "GET /s/roof", proxy, b"").await;
        assert_eq!(cookie(&page, "visitor").expect("a cookie").contains("; secure"), is_secure, "{proxy}");
        let ours = format!("{FORM}{proxy}Sec-Fetch-Site: same-origin\r\n");
        let chosen = ask(&app, "POST /units", &ours, b"temperature=F").await;
        assert_eq!(cookie(&chosen, "settings").expect("a cookie").contains("; secure"), is_secure, "{proxy}");
    }
}
