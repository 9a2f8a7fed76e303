//! What is around every page of the owner's rooms, and the headers that it goes out with.

use crate::web::Build;
use crate::web::settings::Settings;
use rocket::http::Header;
use rocket::request::Request;
use rocket::response::{self, Responder};

/// As for other pages, and nobody can frame these.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'";

/// A page on its way out.
pub(super) struct Leaf<R>(pub R);

impl<'r, R: Responder<'r, 'static>> Responder<'r, 'static> for Leaf<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.0.respond_to(request)?;
        for (name, value) in [
            ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ] {
            response.set_header(Header::new(name, value));
        }
        Ok(response)
    }
}

/// What is around a page.
#[derive(Debug)]
pub(super) struct Frame {
    /// The window's title.
    pub title: String,
    /// The build in the addresses of files.
    pub build: String,
    /// Goes along with every form of the page.
    pub token: String,
    /// Who looks.
    pub who: Who,
    /// What was done a moment ago.
    pub done: &'static str,
    /// `light`, `dark`; empty: as the system is.
    pub theme: &'static str,
}

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The owner, who has said the password.
    LoggedIn,
    /// Somebody at this machine, while there is no password.
    Local,
    /// Nobody known.
    Stranger,
}

impl Who {
    /// Whether the links to the rooms are shown.
    pub(super) fn is_in(self) -> bool {
        self != Self::Stranger
    }

    /// Whether there is a session to end.
    pub(super) fn is_logged_in(self) -> bool {
        self == Self::LoggedIn
    }

    /// Whether the owner is to be told that there is no password.
    pub(super) fn is_local(self) -> bool {
        self == Self::Local
    }
}

impl Frame {
    /// The frame for somebody who has no forms but the page's own.
    pub(super) fn new(title: impl Into<String>, request: &Request<'_>) -> Self {
        let build = request.rocket().state::<Build>().map_or_else(String::new, |build| build.0.clone());
        let theme = Settings::of(request).theme.attribute();
        Self { title: title.into(), build, token: String::new(), who: Who::Stranger, done: "", theme }
    }

    /// The frame of a page of the storybook: the owner looks at it.
    #[cfg(debug_assertions)]
    pub(super) fn of_story(title: &str, build: &Build) -> Self {
        let title = format!("{title} – Stevenson");
        Self { title, build: build.0.clone(), token: String::new(), who: Who::LoggedIn, done: "", theme: "" }
    }
}

/// What forms tell that they have done: the word in the address, and the sentence for it.
const DONE: [(&str, &str); 18] = [
    ("claimed", "The device is this station’s now, with the reports that it has sent."),
    ("forgotten", "The device is forgotten."),
    ("renamed", "The station has its new name."),
    ("set", "The station’s settings are changed."),
    ("moved", "The station has its new name in addresses. The one before leads on to it."),
    (
        "moved-subscribed",
        "The station has its new name in addresses. The one before leads on to it. Write the new one in [mqtt] of the configuration too.",
    ),
    ("slugs-forgotten", "Former names in addresses lead nowhere any more."),
    (
        "removed-subscribed",
        "The station is gone. Its readings are being deleted. Take it out of [mqtt] in the configuration too: its messages are refused.",
    ),
    ("removed", "The station is gone. Its readings are being deleted."),
    ("bound", "Uploads of that device are this station’s now."),
    ("unbound", "No device is bound to this station now."),
    ("struck", "The values are struck out: they are kept, and count for nothing."),
    ("calibrated", "The calibration holds. What is stored from then on follows."),
    ("uncalibrated", "The calibration is removed. What is stored from then on follows."),
    ("mapped", "The field is read so from now on. What has come already stays as it is."),
    ("unmapped", "The field means nothing from now on. What is stored stays."),
    ("restored", "The values count again."),
    ("out", "You are logged out."),
];

/// The sentence for a word in the address; empty if there is none.
pub(super) fn done(word: Option<&str>) -> &'static str {
    DONE.iter().find(|(known, _)| Some(*known) == word).map_or("", |(_, sentence)| sentence)
}
