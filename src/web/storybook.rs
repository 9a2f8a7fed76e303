//! The storybook, in debug builds only: every template in every state, with made-up data, for people who change templates. The rooms
//! bring their stories, and `app.rs` puts them into one book.

use super::Build;
use askama::Template;
use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, State, get, routes};
use std::path::PathBuf;
use weather::time::Timestamp;

/// The present of all stories: 2026-11-22 14:18:07 UTC, a Sunday; 15:18 in Berlin.
pub const NOW: Timestamp = Timestamp(1_795_357_087_000);

/// As on pages; and the book shows its stories in frames.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'";
/// The book's own style. It is no file of `static/`, so that a release has nothing of it.
const STYLE: &str = include_str!("storybook/style.css");

/// A template in one state.
#[derive(Clone, Copy)]
pub struct Story {
    /// The template's file below `templates/`.
    pub template: &'static str,
    /// The state's name in addresses.
    pub state: &'static str,
    /// What there is to see.
    pub says: &'static str,
    /// Prints it, with files of that build.
    pub print: fn(&Build) -> String,
}

impl Story {
    /// A story.
    pub const fn new(
        template: &'static str,
        state: &'static str,
        says: &'static str,
        print: fn(&Build) -> String,
    ) -> Self {
        Self { template, state, says, print }
    }

    /// Where it is shown: `/storybook/admin/login/wrong`.
    fn path(&self) -> String {
        let name = self.template.rsplit_once('.').map_or(self.template, |(name, _)| name);
        format!("/storybook/{name}/{}", self.state)
    }

    fn kind(&self) -> ContentType {
        if self.template.ends_with(".svg") { ContentType::SVG } else { ContentType::HTML }
    }
}

/// All stories; those of a template stand side by side.
pub struct Storybook(pub Vec<Story>);

/// The routes, for `/`. They need a [`Storybook`] and a [`Build`] in Rocket's state.
pub fn routes() -> Vec<Route> {
    routes![index, style, story]
}

/// The index.
#[derive(Template)]
#[template(path = "storybook.html")]
struct Index {
    build: String,
    chapters: Vec<Chapter>,
}

/// The stories of a template.
struct Chapter {
    template: &'static str,
    stories: Vec<Link>,
}

struct Link {
    path: String,
    state: &'static str,
    says: &'static str,
}

impl Index {
    fn of(stories: &[Story], build: &Build) -> Self {
        let link = |story: &Story| Link { path: story.path(), state: story.state, says: story.says };
        let chapter = |of: &[Story]| Chapter { template: of[0].template, stories: of.iter().map(link).collect() };
        let chapters = stories.chunk_by(|one, next| one.template == next.template);
        Self { build: build.0.clone(), chapters: chapters.map(chapter).collect() }
    }
}

/// A leaf of the book.
#[derive(Responder)]
struct Shown {
    text: (ContentType, String),
    policy: Header<'static>,
    caching: Header<'static>,
}

impl Shown {
    fn new(kind: ContentType, text: String) -> Self {
        Self {
            text: (kind, text),
            policy: Header::new("Content-Security-Policy", POLICY),
            caching: Header::new("Cache-Control", "no-store"),
        }
    }
}

#[get("/storybook")]
fn index(book: &State<Storybook>, build: &State<Build>) -> Shown {
    Shown::new(ContentType::HTML, printed(&Index::of(&book.0, build)))
}

#[get("/storybook/style.css")]
fn style() -> Shown {
    Shown::new(ContentType::CSS, STYLE.to_owned())
}

#[get("/storybook/<name..>")]
fn story(name: PathBuf, book: &State<Storybook>, build: &State<Build>) -> Option<Shown> {
    let path = format!("/storybook/{}", name.to_str()?);
    let story = book.0.iter().find(|story| story.path() == path)?;
    Some(Shown::new(story.kind(), still(&(story.print)(build))))
}

/// The text of a template; a person reads why there is none.
pub fn printed(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| format!("<!doctype html><p>The template cannot be printed: {error}</p>"))
}

/// The same page without its scripts: they would ask the server for news, and put it in the place of what is made up.
fn still(html: &str) -> String {
    let without = cut(html, "<script", "</script>", |script| !script.contains("application/json"));
    cut(&without, "<link", ">", |link| link.contains("modulepreload"))
}

/// A text without those pieces from `start` to `end` that are unwanted.
fn cut(text: &str, start: &str, end: &str, is_unwanted: impl Fn(&str) -> bool) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(from) = rest.find(start)
        && let Some(length) = rest[from..].find(end)
    {
        let to = from + length + end.len();
        kept.push_str(if is_unwanted(&rest[from..to]) { &rest[..from] } else { &rest[..to] });
        rest = &rest[to..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_keeps_its_state_and_loses_its_scripts() {
        let html = r#"<link rel="icon"><link rel="modulepreload" href="a.js"><script type="module" src="a.js"></script>
<script type="application/json" id="state">{}</script><p>now</p><script defer src="b.js"></script>"#;
        let wanted =
            "<link rel=\"icon\">\n<script type=\"application/json\" id=\"state\">{}</script><p>now</p>".to_owned();
        assert_eq!(still(html), wanted);
        for odd in ["", "<script", "<link rel=\"modulepreload\"", "<p>ä</p>"] {
            assert_eq!(still(odd), odd);
        }
    }
}
