//! Real proxies in front of the server, as Debian configures them: pages stay live. Run by `scripts/test --all`.

use crate::kit::chrome::{Browser, Options, eventually};
use crate::kit::program::Program;
use crate::kit::proxy::{Proxy, caddy_for, free_port, haproxy_for, nginx_for, start};
use crate::kit::relay::Relay;
use serde::Deserialize;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use thirtyfour::By;

/// How long pages are watched: longer than all common patience of proxies.
const WATCHED: Duration = Duration::from_secs(180);
/// How long a page may take until it is live.
const START_MAX: Duration = Duration::from_secs(60);
/// The document with the configurations.
const PROXIES: &str = include_str!("../../docs/PROXIES.md");

/// Writes down every state of the feed, and every age of the temperature, by which news shows.
const WATCH: &str = r#"
    window.seen = { feeds: [], readings: new Set() };
    const look = () => {
        const feed = document.documentElement.dataset.feed;
        if (window.seen.feeds.at(-1) !== feed) window.seen.feeds.push(feed);
        window.seen.readings.add(document.querySelector('[data-show="age"]')?.dateTime);
    };
    look();
    setInterval(look, 200);
"#;
const SEEN: &str = "return { feeds: window.seen.feeds, readings: window.seen.readings.size };";

#[derive(Debug, Deserialize)]
struct Seen {
    feeds: Vec<String>,
    readings: usize,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "installs four proxies and watches for three minutes: scripts/test --all"]
async fn pages_stay_live_behind_every_proxy() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Program::start_with(data.path(), &["--demo"]);
    let folder = tempfile::tempdir().expect("a folder for the proxies");
    let proxies = [nginx, haproxy, caddy, apache].map(|start| start(folder.path(), server.address()));

    let browser = Browser::open(Options::default()).await;
    let mut tabs = Vec::new();
    for proxy in &proxies {
        proxy.wait_for();
        let relay = Relay::start(proxy.address).await.expect("a relay");
        // A window of its own: what is hidden is not painted.
        let tab = browser.new_window().await.expect("a window");
        browser.switch_to_window(tab.clone()).await.expect("the window");
        browser.goto(relay.url("/s/town-hall")).await.expect("a page");
        eventually("the page is live", START_MAX, async || feed(&browser).await).await;
        browser.execute(WATCH, vec![]).await.expect("a watch");
        relay.forget();
        tabs.push((proxy.name, tab, relay));
    }
    tokio::time::sleep(WATCHED).await;
    for (name, tab, relay) in &tabs {
        browser.switch_to_window(tab.clone()).await.expect("the window");
        let seen: Seen = browser.execute(SEEN, vec![]).await.expect("what was seen").convert().expect("what was seen");
        println!("{name}: {} trucks, at most {} out, {seen:?}", relay.count("POST", "/dock/"), relay.trucks_out_max());
        assert_eq!(seen.feeds, ["live"], "{name}");
        assert!(seen.readings > 20, "{name}: news came: {seen:?}");
        assert!(relay.trucks_out_max() <= 2, "{name}");
    }
    assert_eq!(browser.console_errors().await, Vec::<String>::new(), "no error in any of them");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx and Caddy: scripts/test --all"]
async fn below_a_base_pages_are_live_whether_the_proxy_takes_it_off_or_not() {
    let data = tempfile::tempdir().expect("a folder");
    let server = Program::start_with(data.path(), &["--demo", "--base", "/weather"]);
    let folder = tempfile::tempdir().expect("a folder for the proxies");
    let (_, part) = PROXIES.split_once("## A part of a host").expect("a section");
    let within = |language: &str| {
        let (_, rest) = part.split_once(&format!("```{language}\n")).expect("a configuration");
        rest.split_once("```").expect("its end").0.replace("127.0.0.1:8000", &server.address().to_string())
    };
    let (port, other) = (free_port(), free_port());
    let leaves = format!("server {{\n listen 127.0.0.1:{port};\n{}}}", within("nginx"));
    let takes = within("caddyfile").replace("example.org {", &format!("http://127.0.0.1:{other} {{"));
    let browser = Browser::open(Options::default()).await;
    for proxy in [nginx_for(folder.path(), port, &leaves), caddy_for(folder.path(), other, &takes)] {
        proxy.wait_for();
        browser.goto(format!("http://{}/weather", proxy.address)).await.expect("a page");
        eventually("the overview is live", START_MAX, async || feed(&browser).await).await;
        browser.find(By::Css("[data-station] a")).await.expect("a link").click().await.expect("the station");
        for fleet in ["ping-pong", "sse"] {
            let page = format!("http://{}/weather/s/town-hall?fleet={fleet}", proxy.address);
            browser.goto(page).await.expect("a page");
            eventually("the page is live", START_MAX, async || feed(&browser).await).await;
        }
    }
    assert_eq!(browser.console_errors().await, Vec::<String>::new());
    browser.close().await;
}

/// Nothing if the page says that it is live, else what it says.
async fn feed(browser: &Browser) -> Result<(), String> {
    let html = browser.find(By::Tag("html")).await.map_err(|error| error.to_string())?;
    match html.attr("data-feed").await.map_err(|error| error.to_string())? {
        Some(feed) if feed == "live" => Ok(()),
        other => Err(other.unwrap_or_default()),
    }
}

/// The configuration of a proxy as the document has it, for these addresses.
fn site(language: &str, port: u16, server: SocketAddr) -> String {
    let (_, rest) = PROXIES.split_once(&format!("```{language}\n")).expect("a configuration");
    let (site, _) = rest.split_once("```").expect("its end");
    site.replace("127.0.0.1:8000", &server.to_string())
        .replace("listen 80;", &format!("listen 127.0.0.1:{port};"))
        .replace("bind :80", &format!("bind 127.0.0.1:{port}"))
        .replace(":80 {", &format!("http://127.0.0.1:{port} {{"))
        .replace("*:80>", &format!("127.0.0.1:{port}>"))
}

fn nginx(folder: &Path, server: SocketAddr) -> Proxy {
    let port = free_port();
    nginx_for(folder, port, &site("nginx", port, server))
}

fn haproxy(folder: &Path, server: SocketAddr) -> Proxy {
    let port = free_port();
    haproxy_for(folder, port, &site("haproxy", port, server))
}

fn caddy(folder: &Path, server: SocketAddr) -> Proxy {
    let port = free_port();
    caddy_for(folder, port, &site("caddyfile", port, server))
}

fn apache(folder: &Path, server: SocketAddr) -> Proxy {
    let (port, file) = (free_port(), folder.join("apache2.conf"));
    let site_file = folder.join("apache-site.conf");
    let config = fs::read_to_string("/etc/apache2/apache2.conf")
        .expect("Apache's configuration")
        .replace(
            "Include ports.conf",
            &format!(
                "Include mods-available/proxy.load\nInclude mods-available/proxy_http.load\nListen 127.0.0.1:{port}"
            ),
        )
        .replace("IncludeOptional sites-enabled/*.conf", &format!("Include {}", site_file.display()));
    fs::write(&file, config).expect("a file");
    fs::write(site_file, site("apache", port, server)).expect("a file");
    let here = folder.display().to_string();
    let mut command = Command::new("apache2");
    command.args(["-d", "/etc/apache2", "-DFOREGROUND", "-f"]).arg(file);
    for (name, value) in [
        ("APACHE_RUN_USER", "www-data"),
        ("APACHE_RUN_GROUP", "www-data"),
        ("APACHE_RUN_DIR", &here),
        ("APACHE_LOCK_DIR", &here),
        ("APACHE_LOG_DIR", &here),
        ("APACHE_PID_FILE", &format!("{here}/apache2.pid")),
    ] {
        command.env(name, value);
    }
    start("Apache", port, &mut command)
}
