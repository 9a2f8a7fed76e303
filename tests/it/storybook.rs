//! The storybook of debug builds.

use crate::kit::app::TestApp;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The templates that have no story, with the reason.
const WITHOUT: [(&str, &str); 1] = [("storybook.html", "it is the index of the stories")];

/// The files of a folder of templates, by their paths below `templates/`, with their texts.
fn templates(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            templates(&path, found);
        } else {
            let name = path.strip_prefix("templates").expect("below it").to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(path).expect("text")));
        }
    }
}

async fn get(app: &TestApp, path: &str) -> (u16, String) {
    let request = reqwest::Client::new().get(format!("{}{path}", app.url)).header("Accept", "text/html");
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

/// The paths of all stories.
async fn stories(app: &TestApp) -> Vec<String> {
    let (status, index) = get(app, "/storybook").await;
    assert_eq!(status, 200);
    index.split("<p><a href=\"").skip(1).map(|rest| rest.split('"').next().expect("a path").to_owned()).collect()
}

#[tokio::test]
async fn a_debug_build_has_a_storybook_and_a_release_has_none() {
    let app = TestApp::start().await;
    let wanted = if cfg!(debug_assertions) { 200 } else { 404 };
    for path in ["/storybook", "/storybook/style.css", "/storybook/station/full", "/storybook/badge/mild"] {
        assert_eq!(get(&app, path).await.0, wanted, "{path}");
    }
    for path in ["/storybook/station", "/storybook/station/nothing", "/storybook/../stevenson"] {
        assert_eq!(get(&app, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
#[cfg(debug_assertions)]
async fn every_template_that_is_no_part_of_another_has_a_story() {
    let mut all = Vec::new();
    templates(Path::new("templates"), &mut all);
    assert!(all.len() > 30, "the templates have been found");
    let app = TestApp::start().await;
    let told = stories(&app).await;
    let is_part = |name: &str| all.iter().any(|(_, text)| text.contains(&format!("\"{name}\" %}}")));
    let missing: Vec<_> = all
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !name.starts_with("part/") && !is_part(name) && WITHOUT.iter().all(|(known, _)| known != name))
        .filter(|name| {
            let (name, _) = name.rsplit_once('.').expect("an ending");
            !told.iter().any(|path| path.starts_with(&format!("/storybook/{name}/")))
        })
        .collect();
    assert!(missing.is_empty(), "no story shows {missing:?}");
}

#[tokio::test]
#[cfg(debug_assertions)]
async fn every_story_is_printed_with_a_policy_and_without_a_script() {
    let app = TestApp::start().await;
    let paths = stories(&app).await;
    let different: BTreeSet<_> = paths.iter().collect();
    assert_eq!(different.len(), paths.len(), "each has a path of its own");
    for path in paths {
        let answer = reqwest::get(format!("{}{path}", app.url)).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'self'"), "{path}: {policy}");
        let text = answer.text().await.expect("text");
        assert!(!text.contains("cannot be printed") && !text.contains("type=\"module\""), "{path}");
        assert!(text.ends_with("</html>") || text.ends_with("</svg>"), "{path}: {text}");
    }
}
