//! Every story of the storybook is photographed, for a person to look at: `target/storybook/index.html` shows all of them.

use crate::kit::axe;
use crate::kit::chrome::{Browser, DESKTOP, Options, PATIENCE, PHONE, eventually};
use crate::kit::program::Program;
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// A picture shows so much of a page at most, px: the longest have thousands of rows.
const HEIGHT_MAX_PX: u64 = 3_000;
/// There are more stories than this; a test that finds none has looked at the wrong place.
const STORIES_MIN: usize = 80;
/// How much wider the page is than the window, and how high it is. Rows of a long table are painted only where the window is; a picture
/// shows all of them.
const SIZE: &str = "for (const row of document.querySelectorAll('tr')) row.style.contentVisibility = 'visible';
    const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
    return [scrollWidth - clientWidth, scrollHeight]";

/// A story: its path, what it is called in the names of pictures, and what there is to see.
#[derive(Clone)]
struct Story {
    path: String,
    name: String,
    says: String,
    /// The first of its template, which shows most.
    is_first: bool,
}

/// How a picture is taken.
#[derive(Clone, Copy)]
struct Look {
    name: &'static str,
    options: Options,
    /// Of the first story of each template only.
    firsts_only: bool,
}

const SCRIPTS: Options = Options { window: DESKTOP, dark: false, reduced_motion: true, scripts: true };
const LIGHT: Look = Look { name: "light", options: SCRIPTS, firsts_only: false };
const PHONES: Look = Look { name: "phone", options: Options { window: PHONE, ..SCRIPTS }, firsts_only: true };
const DARK: Look = Look { name: "dark", options: Options { dark: true, ..SCRIPTS }, firsts_only: true };

/// The stories, as the index of the book lists them.
async fn stories(server: &Program) -> Vec<Story> {
    let index = reqwest::get(format!("{}/storybook", server.url)).await.expect("an answer").text().await.expect("HTML");
    let mut stories: Vec<Story> = Vec::new();
    for piece in index.split("<p><a href=\"").skip(1) {
        let (path, rest) = piece.split_once("\">").expect("a link");
        let (_, says) = rest.split_once("</a>: ").expect("a sentence");
        let name = path.trim_start_matches("/storybook/").replace('/', "-");
        let template = |path: &str| path.rsplit_once('/').map(|(template, _)| template.to_owned());
        let is_first = stories.last().is_none_or(|last| template(&last.path) != template(path));
        let says = says.split("</p>").next().unwrap_or_default().to_owned();
        stories.push(Story { path: path.to_owned(), name, says, is_first });
    }
    assert!(stories.len() > STORIES_MIN, "{} stories", stories.len());
    stories
}

/// Where pictures go.
fn folder() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    target.join("storybook")
}

/// The numbers that [`SIZE`] tells.
async fn size(browser: &Browser) -> (i64, u64) {
    let size = browser.execute(SIZE, vec![]).await.expect("a script").json().clone();
    (size[0].as_i64().expect("a number"), size[1].as_u64().expect("a number"))
}

/// Makes the page as wide as that window.
async fn resize(browser: &Browser, window: (u32, u32)) {
    let metrics = json!({"width": window.0, "height": window.1, "deviceScaleFactor": 1, "mobile": false});
    browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await.expect("another width");
}

async fn photograph(browser: &Browser, window: (u32, u32), height: u64, file: &Path) {
    let height = height.clamp(1, HEIGHT_MAX_PX);
    let clip = json!({"x": 0, "y": 0, "width": window.0, "height": height, "scale": 1});
    let wanted = json!({"format": "png", "captureBeyondViewport": true, "optimizeForSpeed": true, "clip": clip});
    let taken: Value = browser.cdp().send_raw("Page.captureScreenshot", wanted).await.expect("a picture");
    let bytes = Base64::decode_vec(taken["data"].as_str().expect("text")).expect("base64");
    fs::write(file, bytes).expect("written");
}

/// Takes a picture of each story in that look; what is wrong with the pages. Few are photographed as phones show them, but all have
/// to fit a phone.
async fn take(url: String, stories: Vec<Story>, look: Look) -> Vec<String> {
    let browser = Browser::open(look.options).await;
    let mut wrong = Vec::new();
    for story in &stories {
        browser.goto(format!("{url}{}", story.path)).await.expect("the page");
        let (too_wide, height) = size(&browser).await;
        if too_wide > 0 {
            wrong.push(format!("{} {}: {too_wide} px wider than the window", look.name, story.path));
        }
        let file = folder().join(format!("{}-{}.png", story.name, look.name));
        photograph(&browser, look.options.window, height, &file).await;
        if !look.firsts_only {
            resize(&browser, PHONE).await;
            let (too_wide, _) = size(&browser).await;
            if too_wide > 0 {
                wrong.push(format!("{}: {too_wide} px wider than a phone", story.path));
            }
            resize(&browser, look.options.window).await;
        }
        // A page that other sites frame names no icon, as frames show none; in a tab of its own the browser looks for one.
        let errors = browser.console_errors().await.into_iter().filter(|error| !error.contains("/favicon.ico"));
        wrong.extend(errors.map(|error| format!("{} {}: {error}", look.name, story.path)));
    }
    browser.close().await;
    wrong
}

/// A page with all pictures.
fn index(stories: &[Story]) -> String {
    let mut html = "<!doctype html><meta charset=utf-8><title>Storybook</title><style>
        body { font-family: sans-serif } section { display: flex; gap: 1rem; align-items: flex-start; margin-block-end: 2rem }
        img { border: 1px solid; max-block-size: 60rem } .light, .dark { inline-size: 48rem } .phone { inline-size: 16rem }
        </style><h1>Storybook</h1>\n"
        .to_owned();
    for Story { path, name, says, is_first } in stories {
        write!(html, "<h2 id=\"{name}\">{path}</h2><p>{says}</p><section>").expect("memory");
        for look in [LIGHT, PHONES, DARK].into_iter().filter(|look| *is_first || !look.firsts_only) {
            let look = look.name;
            let file = format!("{name}-{look}.png");
            write!(html, "<a href=\"{file}\"><img class={look} src=\"{file}\" alt=\"{look}\" loading=lazy></a>")
                .expect("memory");
        }
        html.push_str("</section>\n");
    }
    html
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_fits_its_window_complains_of_nothing_and_is_photographed() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Program::start(data.path());
    let stories = stories(&server).await;
    // Pictures of stories that are gone would mislead.
    let _ = fs::remove_dir_all(folder());
    fs::create_dir_all(folder()).expect("a folder");
    fs::write(folder().join("index.html"), index(&stories)).expect("written");
    // Two browsers are open at once: each has half of the work.
    let (some, others) = stories.split_at(stories.len() / 2);
    let firsts: Vec<_> = stories.iter().filter(|story| story.is_first).cloned().collect();
    let taking: Vec<_> = [(some, LIGHT), (others, LIGHT), (&firsts, PHONES), (&firsts, DARK)]
        .into_iter()
        .map(|(stories, look)| tokio::spawn(take(server.url.clone(), stories.to_vec(), look)))
        .collect();
    let mut wrong = Vec::new();
    for one in taking {
        wrong.extend(one.await.expect("taken"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pages in states that no other test shows to axe. The small frame is not among them: it has no scripts, so it loads itself anew each
/// minute, which axe does not allow.
const FOR_AXE: [&str; 37] = [
    "station/soil",
    "station/rooms",
    "station/air",
    "station/rain",
    "station/sensors",
    "station/offline",
    "station/old-wind",
    "station/waiting",
    "station/records",
    "station/marked",
    "station/frozen",
    "station/owner",
    "station/us",
    "station/set-dark",
    "station/night",
    "part/keeper/thinking",
    "part/keeper/complaint",
    "part/keeper/away",
    "part/keeper/odd",
    "overview/none",
    "overview/no-hit",
    "overview/sixty",
    "overview/silent",
    "overview/rooms",
    "settings/usual",
    "settings/set",
    "kiosk/waiting",
    "kiosk/dark",
    "admin/readings/some",
    "admin/upload/refused",
    "history/empty",
    "history/refused",
    "fault/503",
    "admin/login/wrong",
    "admin/stations/waiting",
    "admin/calibrations/some",
    "admin/fields/some",
];

/// What the first frame of the index shows.
const FRAMED: &str =
    "return document.querySelector('iframe').contentDocument?.querySelector('h1')?.textContent ?? null";

#[tokio::test(flavor = "multi_thread")]
async fn the_index_shows_the_stories_and_axe_finds_nothing_in_states_that_are_rare() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Program::start(data.path());
    let browser = Browser::open(SCRIPTS).await;
    browser.goto(format!("{}/storybook", server.url)).await.expect("the index");
    eventually("the first frame shows its story", PATIENCE, async || {
        match browser.execute(FRAMED, vec![]).await.expect("a script").json().as_str() {
            Some("Town Hall") => Ok(()),
            other => Err(other.map(str::to_owned)),
        }
    })
    .await;
    let mut wrong = Vec::new();
    for name in FOR_AXE {
        browser.goto(format!("{}/storybook/{name}", server.url)).await.expect("the page");
        assert_ne!(browser.title().await.expect("a title"), "There is nothing here", "{name}");
        let found = axe::findings(&browser).await;
        wrong.extend(found.iter().map(|finding| format!("{name}: {finding:#?}")));
    }
    browser.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
