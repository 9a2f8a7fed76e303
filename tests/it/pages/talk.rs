//! The keeper's door for forms, with a real database behind it.

use super::between;
use super::stories::HOSTILE;
use crate::kit::app;
use rocket::http::{Accept, ContentType, Cookie, Header, SameSite, Status};
use rocket::local::asynchronous::{Client, LocalResponse};
use stevenson::app::App;
use stevenson::pages;
use stevenson::storage::words::Visitor;
use tempfile::TempDir;

const SAY: &str = "/s/town-hall/words";
const FORGET: &str = "/s/town-hall/words/forget";

/// The program, not yet listening, and its visitors' browsers.
struct Open {
    app: App,
    folder: TempDir,
}

impl Open {
    async fn new() -> Self {
        let (app, folder) = app::open(|_| {}).await;
        app::add_station(app.storage(), "town-hall").await;
        Self { app, folder }
    }

    /// Another browser, with cookies of its own.
    async fn browser(&self) -> Client {
        Client::tracked(self.app.rocket(([127, 0, 0, 1], 0).into())).await.expect("rocket")
    }
}

async fn page(browser: &Client) -> String {
    let answer = browser.get("/s/town-hall").dispatch().await;
    assert_eq!(answer.status(), Status::Ok);
    answer.into_string().await.expect("a body")
}

fn key(page: &str) -> String {
    between(page, r#"name="key" value=""#, r#"""#).to_owned()
}

fn form(key: &str, text: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("key", key).append_pair("text", text).finish()
}

async fn post<'b>(browser: &'b Client, path: &'static str, body: String) -> LocalResponse<'b> {
    browser.post(path).header(ContentType::Form).header(ours()).body(body).dispatch().await
}

/// What a browser says of a form of our own pages, on https.
fn ours() -> Header<'static> {
    Header::new("Sec-Fetch-Site", "same-origin")
}

async fn say(browser: &Client, text: &str) {
    let key = key(&page(browser).await);
    let answer = post(browser, SAY, form(&key, text)).await;
    assert_eq!(answer.status(), Status::SeeOther);
    assert_eq!(answer.headers().get_one("Location"), Some("/s/town-hall#keeper"));
}

/// What the log of a page shows, `from: text`.
fn log(page: &str) -> Vec<String> {
    let list = between(page, "<ol data-words>", "</ol>");
    let row = |row: &str| {
        let text = between(row, r#"data-word="text">"#, "</p>");
        format!("{}: {text}", between(row, r#"data-from=""#, r#"""#))
    };
    list.split("<li ").skip(1).map(row).collect()
}

#[rocket::async_test]
async fn what_is_said_by_a_form_is_on_the_page_and_waits_for_its_answer() {
    let program = Open::new().await;
    let browser = program.browser().await;
    assert!(log(&page(&browser).await).is_empty());
    say(&browser, "  How cold is it?  ").await;
    let shown = page(&browser).await;
    assert_eq!(log(&shown), ["you: How cold is it?"]);
    assert!(shown.contains(r#"<meta http-equiv="refresh" content="3">"#), "soon, for the answer");
    assert!(shown.contains("data-thinking>"), "thinking is shown");

    let waiting = program.app.storage().unanswered(0, 10).await.expect("words");
    assert!(program.app.storage().answer(&waiting[0], "18.4 °C", Vec::new()).await.expect("stored"));
    let shown = page(&browser).await;
    assert_eq!(log(&shown), ["you: How cold is it?", "robot: 18.4 °C"]);
    assert!(shown.contains(r#"<meta http-equiv="refresh" content="60">"#) && shown.contains("data-thinking hidden>"));
    assert!(!between(&shown, "<ol data-words>", "</ol>").contains("data-blurt"), "it was asked");
    program.app.storage().speak(&waiting[0].visitor, "town-hall", Some("It rains."), Vec::new()).await.expect("stored");
    assert_eq!(page(&browser).await.matches("data-blurt").count(), 1, "now it was not");
}

#[rocket::async_test]
async fn a_form_that_is_sent_twice_says_it_once_and_another_text_is_another_word() {
    let program = Open::new().await;
    let browser = program.browser().await;
    let key = key(&page(&browser).await);
    for text in ["hello", "hello", "is it windy?", "hello"] {
        assert_eq!(post(&browser, SAY, form(&key, text)).await.status(), Status::SeeOther);
    }
    assert_eq!(log(&page(&browser).await), ["you: hello", "you: is it windy?"]);
}

#[rocket::async_test]
async fn what_cannot_be_taken_comes_back_with_the_reason_and_its_text() {
    let program = Open::new().await;
    let browser = program.browser().await;
    let key = key(&page(&browser).await);
    let long = "ä".repeat(1_001);
    for (key, text, status, why) in [
        (key.as_str(), " \t ", Status::UnprocessableEntity, "Write something first."),
        (&key, &long, Status::UnprocessableEntity, "Your text has 1001 characters. The keeper takes at most 1000."),
        ("", "hello", Status::BadRequest, "This page was too old"),
    ] {
        let answer = post(&browser, SAY, form(key, text)).await;
        assert_eq!(answer.status(), status, "{why}");
        let policy = answer.headers().get_one("Content-Security-Policy").unwrap_or_default();
        assert!(policy.starts_with(pages::CONTENT_SECURITY_POLICY), "{policy}");
        let body = answer.into_string().await.expect("a body");
        assert!(body.contains(why) && body.contains(&format!(r#"name="text" value="{text}""#)), "{body}");
        assert!(!body.contains("http-equiv"), "it does not go away while somebody reads it");
    }
    assert!(log(&page(&browser).await).is_empty());
    let longest = "ä".repeat(1_000);
    say(&browser, &longest).await;
    for address in [SAY, FORGET] {
        let reloaded = browser.get(address).dispatch().await;
        assert_eq!(reloaded.headers().get_one("Location"), Some("/s/town-hall#keeper"), "{address}");
    }
    let huge = form(&key, &"x".repeat(20_000));
    assert_eq!(post(&browser, SAY, huge).await.status(), Status::PayloadTooLarge);
}

#[rocket::async_test]
async fn a_suggestion_fills_the_field_and_sends_nothing() {
    let program = Open::new().await;
    let browser = program.browser().await;
    let html = page(&browser).await;
    let asks: Vec<&str> = html.split(r#"<a href="/s/town-hall?ask="#).skip(1).collect();
    assert_eq!(asks.len(), 2, "a station that has sent nothing is asked of itself only");
    let query = asks[0].split('#').next().expect("a query").to_owned();
    let filled = browser.get(format!("/s/town-hall?ask={query}")).dispatch().await.into_string().await.expect("a body");
    assert!(filled.contains(r#"name="text" value="Are you alive?""#));
    assert!(log(&filled).is_empty() && !filled.contains("http-equiv"));
    let hostile: String = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect();
    let filled = browser.get(format!("/s/town-hall?ask={hostile}")).dispatch().await.into_string().await;
    assert!(!filled.expect("a body").contains("<script>alert"));
}

#[rocket::async_test]
async fn words_are_text_and_never_markup() {
    let program = Open::new().await;
    let browser = program.browser().await;
    say(&browser, HOSTILE).await;
    let html = page(&browser).await;
    assert!(!html.contains("<script>alert") && html.contains("&#60;script&#62;alert"), "{html}");
}

#[rocket::async_test]
async fn two_visitors_never_see_each_others_words() {
    let program = Open::new().await;
    let (ann, bob) = (program.browser().await, program.browser().await);
    say(&ann, "I am Ann").await;
    say(&bob, "I am Bob").await;
    assert_eq!(log(&page(&ann).await), ["you: I am Ann"]);
    assert_eq!(log(&page(&bob).await), ["you: I am Bob"]);
    let stranger = program.browser().await;
    assert!(log(&page(&stranger).await).is_empty());
    for answer in [ann.get("/s/town-hall").dispatch().await, ann.get("/").dispatch().await] {
        assert_eq!(answer.headers().get_one("Cache-Control"), Some("private, no-cache"), "for nobody else");
        assert_eq!(answer.headers().get_one("Vary"), Some("Cookie, Accept-Language"));
    }
}

#[rocket::async_test]
async fn a_conversation_is_forgotten_by_its_visitor_alone() {
    let program = Open::new().await;
    let (ann, bob) = (program.browser().await, program.browser().await);
    say(&ann, "I am Ann").await;
    say(&bob, "I am Bob").await;
    let answer = post(&ann, FORGET, String::new()).await;
    assert_eq!(answer.status(), Status::SeeOther);
    assert_eq!(answer.headers().get_one("Location"), Some("/s/town-hall#keeper"));
    assert!(log(&page(&ann).await).is_empty());
    assert_eq!(log(&page(&bob).await), ["you: I am Bob"]);
}

#[rocket::async_test]
async fn a_page_of_another_site_can_neither_speak_nor_forget_nor_make_a_new_visitor() {
    let program = Open::new().await;
    let browser = program.browser().await;
    say(&browser, "hello").await;
    let key = key(&page(&browser).await);
    for site in ["cross-site", "same-site"] {
        for (path, body) in [(SAY, form(&key, "evil")), (FORGET, String::new()), ("/units", "temperature=F".into())] {
            let request = browser.post(path).header(ContentType::Form).header(Accept::HTML).body(body);
            let answer = request.header(Header::new("Sec-Fetch-Site", site)).dispatch().await;
            assert_eq!(
                (answer.status(), answer.content_type()),
                (Status::Forbidden, Some(ContentType::HTML)),
                "{path}"
            );
            assert!(answer.headers().get_one("Set-Cookie").is_none());
        }
    }
    // On plain http the browser does not say where a form was; then it comes without the cookie, and gets none.
    let nobody = program.browser().await;
    let answer = post(&nobody, SAY, form(&key, "evil")).await;
    assert_eq!(answer.status(), Status::BadRequest);
    assert!(answer.headers().get_one("Set-Cookie").is_none(), "the visitor's own cookie stays");
    assert!(answer.into_string().await.expect("a body").contains("Allow cookies for this site"));
    assert_eq!(log(&page(&browser).await), ["you: hello"]);
}

#[rocket::async_test]
async fn a_visitor_is_known_by_a_cookie_that_scripts_cannot_read() {
    let program = Open::new().await;
    for path in ["/", "/s/town-hall"] {
        let browser = program.browser().await;
        let answer = browser.get(path).dispatch().await;
        let cookie = answer.headers().get_one("Set-Cookie").expect("a cookie").to_owned();
        let cookie = Cookie::parse(cookie).expect("parses");
        assert_eq!((cookie.name(), cookie.path(), cookie.http_only()), ("visitor", Some("/"), Some(true)));
        assert_eq!(cookie.same_site(), Some(SameSite::Lax));
        assert_eq!(cookie.max_age().map(|age| age.whole_days()), Some(400));
        assert_eq!(cookie.value().len(), 22, "128 bits");
        let again = browser.get(path).dispatch().await;
        assert!(again.headers().get_one("Set-Cookie").is_none(), "once");
    }
    assert_ne!(Visitor::of_secret("a"), Visitor::of_secret("b"));
}

#[rocket::async_test]
async fn the_page_is_whole_while_the_keeper_is_away() {
    let program = Open::new().await;
    let browser = program.browser().await;
    let key = key(&page(&browser).await);
    let database = rusqlite::Connection::open(program.folder.path().join("stevenson.db")).expect("the database");
    database.execute_batch("ALTER TABLE word RENAME TO gone").expect("broken");
    let html = page(&browser).await;
    assert!(html.contains("Town Hall") && html.contains("The keeper is away at the moment."));
    let answer = post(&browser, SAY, form(&key, "hello")).await;
    assert_eq!(answer.status(), Status::ServiceUnavailable);
    let html = answer.into_string().await.expect("a body");
    assert!(html.contains("Send it again in a minute.") && html.contains(r#"name="text" value="hello""#), "{html}");
}

#[rocket::async_test]
async fn a_station_that_is_not_there_has_no_keeper() {
    let program = Open::new().await;
    let browser = program.browser().await;
    let key = key(&page(&browser).await);
    for path in ["/s/nowhere/words", "/s/nowhere/words/forget", "/s/NO/words"] {
        assert_eq!(post(&browser, path, form(&key, "hello")).await.status(), Status::NotFound, "{path}");
    }
}
