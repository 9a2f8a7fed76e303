//! Who is let in, and who is not.

use super::{FORM, OURS, PASSWORD, cookie_set, hidden, location, log_in, set_password};
use crate::guard::ask;
use crate::kit::app::TestApp;
use crate::kit::program;
use std::io::Write;
use std::process::Stdio;
use stevenson::{admin, web};

const HTML: &str = "Accept: text/html\r\n";

#[tokio::test]
async fn without_a_password_the_rooms_are_there_for_this_machine_alone() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    for host in ["", "Host: 127.0.0.1:8000\r\n", "Host: [::1]\r\n"] {
        let page = ask(&app, "GET /admin", host, b"").await;
        assert_eq!(page.status, 200, "{host}: {}", page.body);
        assert!(page.body.contains("There is no password yet") && page.body.contains("Town Hall"), "{}", page.body);
    }
    for others in
        ["Host: weather.example\r\n", "Via: 1.1 proxy\r\n", "X-Forwarded-For: 127.0.0.1\r\n", "Host: 192.168.1.7\r\n"]
    {
        for path in ["/admin", "/admin/new", "/admin/stations/roof", "/admin/login"] {
            let answer = ask(&app, &format!("GET {path}"), &format!("{others}{HTML}"), b"").await;
            assert_eq!(answer.status, 404, "{path} {others}");
            assert!(!answer.body.contains("owner"), "{}", answer.body);
        }
        let body = b"slug=barn&name=&zone=UTC&elevation=";
        assert_eq!(ask(&app, "POST /admin/stations", &format!("{others}{OURS}"), body).await.status, 404, "{others}");
    }
    assert_eq!(ask(&app, "GET //admin", "", b"").await.status, 404, "a proxy that shuts /admin shuts all of it");
    assert_eq!(app.storage.directory().count(), 1);
}

#[tokio::test]
async fn a_trusted_proxy_on_this_machine_makes_no_visitor_local() {
    let trusted_proxies: Vec<web::Network> = vec!["127.0.0.1".parse().expect("a network")];
    let app = TestApp::with(|config| config.web.trusted_proxies = trusted_proxies).await;
    assert_eq!(ask(&app, "GET /admin", "", b"").await.status, 404);
}

#[tokio::test]
async fn with_a_password_nobody_comes_in_without_it_and_this_machine_does_not_either() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    set_password(&app, PASSWORD).await;
    for from in ["", "Host: weather.example\r\n", "Via: 1.1 proxy\r\n"] {
        let answer = ask(&app, "GET /admin", &format!("{from}{HTML}"), b"").await;
        assert_eq!((answer.status, location(&answer).as_str()), (303, "/admin/login"), "{from}");
        assert_eq!(ask(&app, "GET /admin", from, b"").await.status, 403, "a program");
        let body = b"slug=barn&name=&zone=UTC&elevation=";
        assert_eq!(ask(&app, "POST /admin/stations", &format!("{from}{OURS}"), body).await.status, 403, "{from}");
    }
    for wrong in ["", "correct horse", "Correct horse battery"] {
        assert_eq!(log_in(&app, wrong).await, None, "{wrong}");
    }
    let session = log_in(&app, PASSWORD).await.expect("a session");
    let page = ask(&app, "GET /admin", &session, b"").await;
    assert!(page.status == 200 && page.body.contains("Town Hall") && page.body.contains("Log out"), "{}", page.body);
    assert!(!page.body.contains("There is no password"));
    let guessed = format!("Cookie: admin={}\r\n", "A".repeat(43));
    assert_eq!(ask(&app, "GET /admin", &guessed, b"").await.status, 403);
}

#[tokio::test]
async fn a_session_ends_with_the_logout_and_all_end_with_the_password() {
    let app = TestApp::start().await;
    set_password(&app, PASSWORD).await;
    let [first, second] = [log_in(&app, PASSWORD).await.expect("one"), log_in(&app, PASSWORD).await.expect("two")];
    assert_ne!(first, second, "each login makes a secret of its own");
    let enters = async |session: &str| ask(&app, "GET /admin", session, b"").await.status == 200;
    assert!(enters(&first).await && enters(&second).await);
    let token = hidden(&ask(&app, "GET /admin", &first, b"").await.body, "token");
    let out = ask(&app, "POST /admin/logout", &format!("{FORM}{first}"), format!("token={token}").as_bytes()).await;
    assert_eq!((out.status, cookie_set(&out, "admin").as_deref()), (303, Some("")), "{}", out.raw);
    assert!(!enters(&first).await && enters(&second).await, "the secret is worth nothing, wherever it was copied to");
    // As a browser logs in that had a session, perhaps one that somebody gave it.
    let again = ask(&app, "POST /admin/login", &format!("{OURS}{second}"), b"password=correct+horse+battery").await;
    assert_eq!(again.status, 303);
    assert!(!enters(&second).await, "a login ends the session that came with it");
    let third = format!("Cookie: admin={}\r\n", cookie_set(&again, "admin").expect("another"));
    assert!(enters(&third).await);
    set_password(&app, "another password").await;
    assert!(!enters(&third).await);
    assert_eq!(log_in(&app, PASSWORD).await, None);
    assert!(log_in(&app, "another password").await.is_some());
}

#[tokio::test]
async fn a_session_of_an_old_password_is_not_opened() {
    let app = TestApp::start().await;
    set_password(&app, PASSWORD).await;
    let before = app.storage.admin_password().await.expect("read").expect("a hash");
    set_password(&app, "another password").await;
    let until = weather::time::Timestamp(i64::MAX);
    let late = app.storage.open_session(&before, weather::time::Timestamp(0), until).await.expect("asked");
    assert!(late.is_none(), "the password was changed while it was compared");
}

#[tokio::test]
async fn a_session_ends_by_itself_after_a_week() {
    let app = TestApp::start().await;
    set_password(&app, PASSWORD).await;
    let session = log_in(&app, PASSWORD).await.expect("a session");
    assert_eq!(ask(&app, "GET /admin", &session, b"").await.status, 200);
    let database = app.database();
    let until: i64 =
        database.query_row("SELECT until_ms - opened_ms FROM admin_session", [], |row| row.get(0)).expect("one");
    assert_eq!(until, 7 * weather::time::DAY_MS);
    database.execute("UPDATE admin_session SET until_ms = opened_ms", []).expect("SQL");
    assert_eq!(ask(&app, "GET /admin", &session, b"").await.status, 403);
}

#[tokio::test]
async fn the_cookie_is_for_these_pages_alone_and_secure_under_https() {
    let trusted_proxies: Vec<web::Network> = vec!["127.0.0.1".parse().expect("a network")];
    let app = TestApp::with(|config| config.web.trusted_proxies = trusted_proxies).await;
    set_password(&app, PASSWORD).await;
    for (proxy, is_secure) in [("X-Forwarded-Proto: https\r\n", true), ("X-Forwarded-Proto: http\r\n", false)] {
        let body = b"password=correct+horse+battery";
        let answer = ask(&app, "POST /admin/login", &format!("{OURS}{proxy}"), body).await;
        let cookie = answer.head.lines().find(|line| line.starts_with("set-cookie: admin=")).expect("a cookie");
        for part in ["; httponly", "; samesite=strict", "; path=/admin", "; max-age=604800"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert_eq!(cookie.contains("; secure"), is_secure, "{cookie}");
    }
    let kept: String = app
        .database()
        .query_row("SELECT group_concat(hex(hash)) FROM admin_session", [], |row| row.get(0))
        .expect("rows");
    let answer = ask(&app, "POST /admin/login", OURS, b"password=correct+horse+battery").await;
    let secret = cookie_set(&answer, "admin").expect("a cookie");
    assert!(secret.len() == 43 && !kept.contains(&secret), "the database has a hash only");
}

#[tokio::test]
async fn every_form_needs_the_sessions_own_token_and_no_other_site_sends_one() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let local = hidden(&ask(&app, "GET /admin/stations/roof", "", b"").await.body, "token");
    set_password(&app, PASSWORD).await;
    let session = log_in(&app, PASSWORD).await.expect("a session");
    let token = hidden(&ask(&app, "GET /admin", &session, b"").await.body, "token");
    let other = log_in(&app, PASSWORD).await.expect("a session");
    let other = hidden(&ask(&app, "GET /admin", &other, b"").await.body, "token");
    // A page on another port of this host can set the visitor's cookie, and so can make that visitor's token.
    let visitor = stevenson::storage::words::Visitor::of_secret("AAAAAAAAAAAAAAAAAAAAAA");
    let planted = stevenson::web::token::new(&visitor);
    let cookies = format!("{}; visitor=AAAAAAAAAAAAAAAAAAAAAA\r\n", session.trim_end());
    let posts: Vec<String> = admin::routes()
        .iter()
        .filter(|route| route.method == rocket::http::Method::Post && route.uri.path() != "/admin/login")
        .map(|route| route.uri.path().replace("<slug>", "roof").replace("<id>", "1"))
        .collect();
    assert!(posts.len() >= 7, "{posts:?}");
    let fields = "slug=roof&name=Evil&zone=UTC&elevation=&clock_offset=&kind=mac&secret=24C86E012345";
    for path in &posts {
        for wrong in ["", "AAAA", &planted, &other, &local] {
            let body = format!("{fields}&token={wrong}");
            let answer = ask(&app, &format!("POST {path}"), &format!("{FORM}{cookies}"), body.as_bytes()).await;
            assert_eq!(answer.status, 403, "{path} with {wrong:?}");
        }
        let body = format!("{fields}&token={token}");
        for site in ["same-site", "cross-site"] {
            let headers = format!("{FORM}{cookies}Sec-Fetch-Site: {site}\r\n");
            assert_eq!(
                ask(&app, &format!("POST {path}"), &headers, body.as_bytes()).await.status,
                403,
                "{path} {site}"
            );
        }
    }
    let roof = app.storage.directory().by_slug("roof").expect("still there").clone();
    assert!(roof.name == "Town Hall" && app.storage.directory().devices("roof").is_empty());
    for site in ["same-site", "cross-site"] {
        let headers = format!("{FORM}Sec-Fetch-Site: {site}\r\n");
        let login = ask(&app, "POST /admin/login", &headers, b"password=correct+horse+battery").await;
        assert_eq!((login.status, cookie_set(&login, "admin")), (403, None), "{site}");
    }
    assert_eq!(ask(&app, "POST /admin/login", FORM, b"password=correct+horse+battery").await.status, 403, "no token");
    let name = format!("name=New&token={token}");
    let headers = format!("{FORM}{session}");
    assert_eq!(ask(&app, "POST /admin/stations/roof/name", &headers, name.as_bytes()).await.status, 303, "the token");
}

#[tokio::test]
async fn an_address_may_try_a_few_passwords_only() {
    let app = TestApp::start().await;
    set_password(&app, PASSWORD).await;
    for number in 0..10 {
        let answer = ask(&app, "POST /admin/login", OURS, b"password=wrong").await;
        assert_eq!(answer.status, 403, "{number}");
    }
    let answer = ask(&app, "POST /admin/login", OURS, b"password=correct+horse+battery").await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("10")), "the right one is not looked at");
}

#[tokio::test]
async fn no_page_frames_these_pages_and_nobody_keeps_them() {
    let app = TestApp::start().await;
    let open = ask(&app, "GET /admin", "", b"").await;
    set_password(&app, PASSWORD).await;
    let shut = ask(&app, "GET /admin", HTML, b"").await;
    let login = ask(&app, "GET /admin/login", "", b"").await;
    let wrong = ask(&app, "POST /admin/login", FORM, b"password=x").await;
    for answer in [&open, &login, &shut] {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.head);
        assert_eq!(answer.header("x-frame-options"), Some("deny"), "{}", answer.head);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    assert_eq!((wrong.status, wrong.header("cache-control")), (403, Some("no-store")));
}

#[tokio::test]
async fn the_command_line_sets_the_password_while_the_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = program::Program::start(folder.path());
    let admin = async || reqwest::get(format!("{}/admin", server.url)).await.expect("an answer");
    assert!(admin().await.text().await.expect("text").contains("There is no password yet"));
    let set = |text: &str| {
        let mut command = program::program();
        command.arg("--data").arg(folder.path()).args(["admin", "password"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (is_set, told) = set("short\n");
    assert!(!is_set && told.contains("shorter than 10 characters"), "{told}");
    assert!(admin().await.text().await.expect("text").contains("There is no password yet"));
    assert_eq!(set("correct horse battery\n"), (true, String::new()));
    assert_eq!(admin().await.status(), 403);
    let form = [("password", "correct horse battery")];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let login = client.post(format!("{}/admin/login", server.url)).header("Sec-Fetch-Site", "same-origin");
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let login = login.header("Content-Type", "application/x-www-form-urlencoded").body(body).send().await;
    assert_eq!(login.expect("an answer").status(), 303);
}

#[tokio::test]
async fn the_way_to_the_rooms_is_shown_to_their_owner_and_nobody_else() {
    let app = TestApp::start().await;
    app.add_station("roof").await;
    let shows = async |headers: &str| {
        let mut shown = Vec::new();
        for path in ["/", "/s/roof", "/lab"] {
            let html = ask(&app, &format!("GET {path}"), headers, b"").await.body;
            shown.push(html.contains(r#"href="/admin""#));
        }
        assert!(shown.iter().all(|one| *one == shown[0]), "{headers}: {shown:?}");
        shown[0]
    };
    assert!(shows("").await, "this machine");
    let others = "Host: weather.example\r\n";
    assert!(!shows(others).await);
    set_password(&app, PASSWORD).await;
    let body = format!("password={}", PASSWORD.replace(' ', "+"));
    let answer = ask(&app, "POST /admin/login", &format!("{others}{OURS}"), body.as_bytes()).await;
    let sign = cookie_set(&answer, "rooms").expect("a sign beside the session");
    assert!(shows(&format!("{others}Cookie: rooms={sign}\r\n")).await, "who has logged in");
    let forged = format!("{others}Cookie: rooms={sign}\r\n");
    assert_eq!(ask(&app, "GET /admin", &forged, b"").await.status, 403, "the sign opens nothing");
    let session = cookie_set(&answer, "admin").expect("a session");
    let session = format!("{others}Cookie: admin={session}\r\n{OURS}");
    let out = ask(&app, "POST /admin/logout", &session, b"").await;
    assert_eq!(cookie_set(&out, "rooms").as_deref(), Some(""), "it goes with the session");
}
