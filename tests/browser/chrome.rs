//! The browser of the tests is tested, too.

use crate::kit::chrome::{Browser, DESKTOP, Options, PATIENCE, PHONE, eventually};
use crate::kit::static_files::StaticFiles;
use thirtyfour::By;

/// What a page can know of who looks at it.
async fn prefers(browser: &Browser, query: &str) -> bool {
    let script = format!("return matchMedia('({query})').matches");
    browser.execute(script, vec![]).await.expect("run").convert().expect("a truth")
}

async fn width(browser: &Browser) -> u32 {
    let width = browser.execute("return document.documentElement.clientWidth", vec![]).await.expect("run");
    width.convert().expect("a number")
}

#[tokio::test]
async fn a_browser_shows_the_page_as_its_options_ask() {
    let server = StaticFiles::start().await.expect("a server");
    let browser = Browser::open(Options::default()).await;
    browser.goto(server.url("/")).await.expect("a page");
    let seen = (prefers(&browser, "prefers-color-scheme: dark").await, width(&browser).await);
    assert_eq!(seen, (false, DESKTOP.0));
    assert!(!prefers(&browser, "prefers-reduced-motion: reduce").await);
    browser.close().await;

    let options = Options { window: PHONE, dark: true, reduced_motion: true, scripts: true };
    let browser = Browser::open(options).await;
    browser.goto(server.url("/")).await.expect("a page");
    assert!(prefers(&browser, "prefers-color-scheme: dark").await);
    assert!(prefers(&browser, "prefers-reduced-motion: reduce").await);
    browser.goto("data:text/html,<meta name=viewport content='width=device-width'>phone").await.expect("a page");
    assert_eq!(width(&browser).await, PHONE.0);
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("phone.png");
    browser.screenshot(&picture).await.expect("a picture");
    assert!(std::fs::read(picture).expect("a file").starts_with(b"\x89PNG"));
    browser.close().await;
}

#[tokio::test]
async fn a_page_without_scripts_can_be_read_all_the_same() {
    const PAGE: &str =
        "data:text/html,<h1>18.4</h1><noscript><p>Reload</p></noscript><script>document.body.textContent='x'</script>";
    let browser = Browser::open(Options { scripts: false, ..Options::default() }).await;
    browser.goto(PAGE).await.expect("a page");
    assert_eq!(browser.find(By::Css("h1")).await.expect("a number").text().await.expect("its text"), "18.4");
    assert_eq!(browser.find(By::Css("noscript p")).await.expect("a note").text().await.expect("its text"), "Reload");
    browser.close().await;
}

#[tokio::test]
async fn what_the_console_complains_about_is_told_once() {
    let server = StaticFiles::start().await.expect("a server");
    let browser = Browser::open(Options::default()).await;
    browser.goto(server.url("/")).await.expect("a page");
    assert!(browser.console_errors().await.is_empty());
    browser.execute("console.error('broken'); console.info('fine')", vec![]).await.expect("run");
    let errors = browser.console_errors().await;
    assert!(errors.len() == 1 && errors[0].contains("broken"), "{errors:?}");
    assert!(browser.console_errors().await.is_empty());
    browser.close().await;
}

#[tokio::test]
async fn a_browser_that_is_dropped_leaves_nothing_behind() {
    let profile = {
        let browser = Browser::open(Options::default()).await;
        browser.profile().to_owned()
    };
    assert!(!profile.exists(), "its profile is removed");
    // The system takes a moment to end the last of its processes.
    let look = async || match running_with(&profile.display().to_string()) {
        left if left.is_empty() => Ok(()),
        left => Err(left),
    };
    eventually("nothing runs any more", PATIENCE, look).await;
}

/// The command lines of processes that name `text`.
fn running_with(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).into_owned()).filter(|line| line.contains(text)).collect()
}
