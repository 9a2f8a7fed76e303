//! Runs the tests of the pages' scripts, `tests/js/*.test.js`, in a real browser.

use crate::kit::chrome::{Browser, Options};
use crate::kit::static_files::StaticFiles;
use serde::Deserialize;
use std::time::Duration;

/// The longest that one file may take: the runs on a bad road are many.
const FILE_MAX: Duration = Duration::from_secs(120);

/// Imports the tests of a file, runs them and hands over what came of it.
const RUN: &str = r#"
    const [file, done] = arguments;
    (async () => {
        const kit = await import('/tests/js/check.js');
        await import(file);
        return { results: await kit.results(), failure: null };
    })().catch((error) => ({ results: [], failure: String(error?.stack ?? error) })).then(done);
"#;

#[derive(Deserialize)]
struct Outcome {
    results: Vec<Test>,
    failure: Option<String>,
}

#[derive(Deserialize)]
struct Test {
    name: String,
    ms: u64,
    failure: Option<String>,
}

#[tokio::test]
async fn the_scripts_of_the_pages_keep_their_promises() {
    let files = test_files();
    assert!(!files.is_empty(), "no tests were found");
    let server = StaticFiles::start().await.expect("a server for the scripts");
    let browser = Browser::open(Options::default()).await;
    browser.set_script_timeout(FILE_MAX).await.expect("a longer timeout");
    let mut failures = Vec::new();
    for file in files {
        browser.goto(server.url("/")).await.expect("an empty page");
        let path = serde_json::json!(format!("/tests/js/{file}"));
        let outcome = browser.execute_async(RUN, vec![path]).await.expect("an answer from the page");
        let outcome: Outcome = outcome.convert().expect("results");
        println!("{file}");
        failures.extend(outcome.failure.iter().map(|failure| format!("{file}: {failure}")));
        if outcome.results.is_empty() {
            failures.push(format!("{file}: no test ran"));
        }
        for Test { name, ms, failure } in outcome.results {
            println!("  {} {name} ({ms} ms)", if failure.is_none() { "ok    " } else { "FAILED" });
            failures.extend(failure.map(|failure| format!("{file}: {name}\n    {failure}")));
        }
    }
    let errors = browser.console_errors().await;
    browser.close().await;
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(errors.is_empty(), "the console complains: {errors:#?}");
}

/// The files of tests, by name.
fn test_files() -> Vec<String> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js")).expect("the folder of tests");
    let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut files: Vec<_> = names.filter(|name| name.ends_with(".test.js")).collect();
    files.sort();
    files
}
