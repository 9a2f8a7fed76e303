//! A real browser: Debian's Chromium, driven by its chromedriver.

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::sync::{Semaphore, SemaphorePermit};

const CHROMIUM: &str = "/usr/bin/chromium";
const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
/// No accelerator, no sandbox (tests run as root in containers), and no traffic but the tests' own.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP *.weather.test 127.0.0.1",
];
/// How long chromedriver may take to start or end: a machine that has just installed it reads it from a cold disk.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How long between two looks at what is to become true.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The window of a desk.
pub const DESKTOP: (u32, u32) = (1280, 900);
/// The window of a phone.
pub const PHONE: (u32, u32) = (390, 844);

/// Who looks at the page.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Width and height of the page, px.
    pub window: (u32, u32),
    /// They prefer dark colours.
    pub dark: bool,
    /// They prefer that nothing moves.
    pub reduced_motion: bool,
    /// The page's scripts run.
    pub scripts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { window: DESKTOP, dark: false, reduced_motion: false, scripts: true }
    }
}

/// A browser with a profile of its own; it is closed when it is dropped, also by a test that fails.
///
/// It is a [`WebDriver`]. What [`Options`] asks for holds in its first tab.
pub struct Browser {
    driver: Option<WebDriver>,
    // The order matters: the browser ends before its profile is removed.
    _chromedriver: Chromedriver,
    profile: TempDir,
    _turn: SemaphorePermit<'static>,
}

/// Browsers that are open at once, in one file of tests: with one for each test, a small machine would be slower than
/// the second in which a reading has to be on its page.
static TURNS: Semaphore = Semaphore::const_new(2);

impl Browser {
    /// Opens a browser.
    ///
    /// # Panics
    /// If there is none on this machine, or it does not start.
    pub async fn open(options: Options) -> Self {
        for program in [CHROMIUM, CHROMEDRIVER] {
            let advice = "browser tests need it: apt-get install chromium chromium-driver";
            assert!(Path::new(program).exists(), "{program} is missing; {advice}");
        }
        let turn = TURNS.acquire().await.expect("never closed");
        let profile = TempDir::new().expect("a folder for the browser's profile");
        let chromedriver = Chromedriver::start();
        let address = format!("http://127.0.0.1:{}", chromedriver.port);
        let session = session(&address, options, profile.path()).await;
        let driver = Some(session.expect("Chromium opens"));
        Self { driver, _chromedriver: chromedriver, profile, _turn: turn }
    }

    /// The folder of its profile.
    pub fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// What the page's console has complained about since the last call: errors of scripts, policies and loads.
    pub async fn console_errors(&self) -> Vec<String> {
        let log = self.browser_log().await.expect("the browser's log");
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    /// Presses what leads to another page, and waits until that is there: a press returns before the old page has gone.
    pub async fn follow(&self, by: By) {
        self.leads_on(async || self.find(by).await.expect("it is on the page").click().await.expect("a click")).await;
    }

    /// Does something that leads to another page, and waits until that is there.
    pub async fn leads_on(&self, press: impl AsyncFnOnce()) {
        let old = self.find(By::Tag("html")).await.expect("a page");
        press().await;
        // The old page's root is known to nobody then. Whatever is asked next waits until the new page is loaded.
        eventually("another page comes", PATIENCE, async || match old.tag_name().await {
            Ok(_) => Err("the old page is still there"),
            Err(_) => Ok(()),
        })
        .await;
    }

    /// Closes the browser in peace.
    pub async fn close(mut self) {
        if let Some(driver) = self.driver.take() {
            driver.quit().await.expect("the browser closes");
        }
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        self.driver.as_ref().expect("open until it is closed")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Chromedriver ends its sessions with itself; the driver's own way would block the runtime.
            drop(driver.leak());
        }
    }
}

async fn session(address: &str, options: Options, profile: &Path) -> WebDriverResult<WebDriver> {
    let (width, height) = options.window;
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_binary(CHROMIUM)?;
    for flag in FLAGS {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    capabilities.add_arg(&format!("--window-size={width},{height}"))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    let driver = WebDriver::new(address, capabilities).await?;

    let cdp = driver.cdp();
    // A window has borders, and is never as narrow as a phone; the page in it can be.
    let mobile = options.window == PHONE;
    let metrics = serde_json::json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
    cdp.send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
    let scheme = if options.dark { "dark" } else { "light" };
    let motion = if options.reduced_motion { "reduce" } else { "no-preference" };
    let features = serde_json::json!({"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion},
    ]});
    cdp.send_raw("Emulation.setEmulatedMedia", features).await?;
    let off = serde_json::json!({"value": !options.scripts});
    cdp.send_raw("Emulation.setScriptExecutionDisabled", off).await?;
    Ok(driver)
}

/// A chromedriver on a port that it chose; it ends, with its browsers, when it is dropped.
struct Chromedriver {
    child: Child,
    port: u16,
}

impl Chromedriver {
    fn start() -> Self {
        let mut child = Command::new(CHROMEDRIVER)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let (port_found, port) = mpsc::channel();
        // The thread reads on to the end, or chromedriver would stop at a full pipe.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let port = line.split("started successfully on port ").nth(1);
                if let Some(port) = port.and_then(|rest| rest.trim_end_matches('.').parse().ok()) {
                    let _ = port_found.send(port); // nobody listens after the first
                }
            }
        });
        match port.recv_timeout(PATIENCE) {
            Ok(port) => Self { child, port },
            Err(_) => {
                drop(child.kill());
                panic!("{CHROMEDRIVER} did not say its port within {PATIENCE:?}");
            }
        }
    }

    /// Asks it to end itself and its browsers: killed, it would leave them behind.
    fn shut_down(&mut self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new())?;
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() && Instant::now() < deadline {
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // Whatever fails here, nothing more can be done than the next line does.
        drop(self.shut_down());
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits until `look` finds what it looks for, and returns that; its error says what it saw instead.
///
/// # Panics
/// If that does not happen within `deadline`.
pub async fn eventually<T, E: Debug>(what: &str, deadline: Duration, mut look: impl AsyncFnMut() -> Result<T, E>) -> T {
    let began = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) if began.elapsed() > deadline => panic!("not within {deadline:?}: {what}; seen last: {seen:?}"),
            Err(_) => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}
