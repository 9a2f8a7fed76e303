//! The owner's rooms, `/admin`: who is let in, and what is done there.

mod calibrations;
mod clock;
mod doors;
mod enrolment;
mod fields;
mod inbox;
mod readings;
mod stations;

use crate::guard::{Plain, ask};
use crate::kit::app::TestApp;
use stevenson::admin::password;

/// The owner's password in these tests.
pub(crate) const PASSWORD: &str = "correct horse battery";
/// A form that a browser sends from a page of this server.
pub(crate) const OURS: &str = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
/// A form of which nobody says where it comes from.
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Sets the password of a server that runs.
pub(crate) async fn set_password(app: &TestApp, text: &str) {
    app.storage.set_admin_password(&password::hash(text).expect("a hash")).await.expect("it is set");
}

/// What a cookie is set to, as it was written.
pub(crate) fn cookie_set(answer: &Plain, name: &str) -> Option<String> {
    let start = format!("set-cookie: {name}=");
    let line = answer.raw.lines().find(|line| line.to_ascii_lowercase().starts_with(&start))?;
    Some(line[start.len()..].split(';').next().unwrap_or_default().to_owned())
}

/// Logs in; the header with the session's cookie.
pub(crate) async fn log_in(app: &TestApp, password: &str) -> Option<String> {
    let body = format!("password={}", password.replace(' ', "+"));
    let answer = ask(app, "POST /admin/login", OURS, body.as_bytes()).await;
    let secret = cookie_set(&answer, "admin")?;
    Some(format!("Cookie: admin={secret}\r\n"))
}

/// What a hidden field of a page holds.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!(r#"name="{name}" value=""#)).expect("a hidden field");
    rest.split('"').next().expect("a value").to_owned()
}

/// Where a redirect leads, as it was written.
pub(crate) fn location(answer: &Plain) -> String {
    let line = answer.raw.lines().find(|line| line.to_ascii_lowercase().starts_with("location: "));
    line.unwrap_or_else(|| panic!("no redirect: {}", answer.raw))["location: ".len()..].to_owned()
}

/// The words of a page, without its markup.
pub(crate) fn words(html: &str) -> String {
    let mut text = String::new();
    for (at, piece) in html.split('<').enumerate() {
        text.push_str(if at == 0 { piece } else { piece.split_once('>').map_or("", |(_, rest)| rest) });
        text.push(' ');
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&")
}
