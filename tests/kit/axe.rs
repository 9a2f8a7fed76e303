//! axe-core, which finds what keeps people from using a page. The file in `tests/vendor` is as its makers published it.

use super::chrome::Browser;
use serde::Deserialize;
use sha2::{Digest, Sha256};

const AXE: &str = include_str!("../vendor/axe-core-4.14.1/axe.min.js");
/// Of that file, in version 4.14.1 of the npm package `axe-core`.
const SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";

/// Runs all rules, and says of each finding what it is and where.
const RUN: &str = r#"
    const done = arguments[0];
    const say = ({ id, help, nodes }) => ({ rule: id, help, at: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) });
    axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done({ findings: violations.map(say), failure: null }),
        (error) => done({ findings: [], failure: String(error) }));
"#;

/// A rule that is broken.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is printed when a test fails")]
pub struct Finding {
    rule: String,
    help: String,
    at: Vec<String>,
}

#[derive(Deserialize)]
struct Outcome {
    findings: Vec<Finding>,
    failure: Option<String>,
}

/// What axe finds on the page that the browser shows.
pub async fn findings(browser: &Browser) -> Vec<Finding> {
    let hash: String = Sha256::digest(AXE).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, SHA256, "tests/vendor/axe-core-4.14.1/axe.min.js has been changed");
    browser.execute(AXE, vec![]).await.expect("axe is loaded");
    let outcome = browser.execute_async(RUN, vec![]).await.expect("axe runs");
    let outcome: Outcome = outcome.convert().expect("findings");
    assert_eq!(outcome.failure, None, "axe itself failed");
    outcome.findings
}
