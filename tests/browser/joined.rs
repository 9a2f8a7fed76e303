//! The scripts as a release serves them, joined and small: between the browser and a debug build stands a road that gives them in the
//! place of the modules. They are made as the build of a release makes them.

use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::fake::{Fake, Request};
use crate::kit::program::{Program, post};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use stevenson::pages::plan::{PAGES, SHARED, WORKER};
use thirtyfour::By;

const PATIENCE: Duration = Duration::from_secs(20);

/// The page with the tags of a release.
fn released(page: &str) -> String {
    let lines =
        page.lines().filter(|line| !line.contains("rel=\"modulepreload\" href=\"/static/") || line.contains("{%"));
    let mut page: String = lines.flat_map(|line| [line, "\n"]).collect();
    for (file, main) in PAGES {
        page = page.replace(main, file);
    }
    page
}

/// What a release serves.
fn joined() -> Vec<join::File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    let plan = join::Plan { shared: SHARED, worker: WORKER, pages: &PAGES };
    join::files(plan, |path| std::fs::read_to_string(folder.join(path)).ok()).expect("scripts that can be joined")
}

/// A road to `server`.
async fn road(server: &Program) -> Fake {
    let (url, client, joined) = (server.url.clone(), reqwest::Client::new(), joined());
    Fake::start(move |request: Request| {
        let (url, client) = (url.clone(), client.clone());
        let script = joined.iter().find(|file| request.path.ends_with(&file.path)).map(|file| file.text.clone());
        async move {
            if let Some(script) = script {
                return (200, Some("content-type: text/javascript"), script);
            }
            let method = reqwest::Method::from_bytes(request.method.as_bytes()).expect("a method");
            let mut asked = client.request(method, format!("{url}{}", request.path)).body(request.body);
            for (name, value) in request.headers {
                if !["content-length", "connection", "accept-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
                    asked = asked.header(name, value);
                }
            }
            let Ok(answer) = asked.send().await else { return (502, None, String::new()) };
            let mut kept = Vec::new();
            for name in ["content-type", "set-cookie"] {
                let values = answer.headers().get_all(name).iter();
                kept.extend(values.map(|value| format!("{name}: {}", value.to_str().expect("text"))));
            }
            let (status, is_page) = (answer.status().as_u16(), kept.iter().any(|line| line.contains("text/html")));
            let text = answer.text().await.unwrap_or_default();
            // The few answers of a test may stay until it ends.
            let headers: &'static str = Box::leak(kept.join("\r\n").into_boxed_str());
            (status, Some(headers), if is_page { released(&text) } else { text })
        }
    })
    .await
}

/// The addresses of the scripts that the page has asked for.
async fn scripts(browser: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((name) => name.endsWith('.js')).map((name) => name.split('/').slice(-2).join('/')).sort()";
    browser.execute(script, vec![]).await.expect("names").convert().expect("texts")
}

#[tokio::test(flavor = "multi_thread")]
async fn joined_scripts_bring_news_as_modules_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Program::start(folder.path());
    let key = server.add_station("town-hall");
    let posted = async |temperature: f64| {
        let (status, answer) = post(&server.url, &key, &json!({"temperature": temperature})).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
    };
    posted(17.1).await;
    let road = road(&server).await;
    let browser = Browser::open(Options::default()).await;
    let says = async |selector: &'static str, wanted: &str| {
        eventually(&format!("{selector} says {wanted}"), PATIENCE, async || {
            let element = browser.find(By::Css(selector)).await.map_err(|error| error.to_string())?;
            let text = element.prop("textContent").await.map_err(|error| error.to_string())?.unwrap_or_default();
            if text.contains(wanted) { Ok(()) } else { Err(text) }
        })
        .await;
    };

    browser.goto(format!("{}/s/town-hall", road.url())).await.expect("the page");
    says("[data-feed-text]", "Live · ping-pong").await;
    posted(18.5).await;
    says("[data-show=big]", "18.5").await;
    assert_eq!(scripts(&browser).await, ["joined/page.js", "joined/shared.js"]);

    // The same file runs a table's and a wall's page.
    for (page, selector, words) in [("/", "[data-feed-text]", "Live"), ("/kiosk/town-hall", "[data-wall]", "Connected")]
    {
        browser.goto(format!("{}{page}", road.url())).await.expect("the page");
        says(selector, words).await;
    }

    browser.goto(format!("{}/s/town-hall/history", road.url())).await.expect("the page");
    let drawn = "return document.querySelectorAll('.uplot canvas').length > 0";
    eventually("a picture is drawn", PATIENCE, async || {
        let drawn = browser.execute(drawn, vec![]).await.map_err(|error| error.to_string())?;
        if drawn.json() == &json!(true) { Ok(()) } else { Err(String::new()) }
    })
    .await;
    browser.goto(format!("{}/lab", road.url())).await.expect("the page");
    eventually("the lab has lanes", PATIENCE, async || {
        browser.find(By::Css(".track")).await.map(|_| ()).map_err(|error| error.to_string())
    })
    .await;
    assert_eq!(scripts(&browser).await, ["joined/lab.js", "joined/shared.js"]);
    assert_eq!(browser.console_errors().await, [""; 0]);
}
