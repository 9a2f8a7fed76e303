//! Another real browser: Debian's Firefox, driven by geckodriver.

use super::chrome::PATIENCE;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::{DesiredCapabilities, WebDriver};

const FIREFOX: &str = "/usr/bin/firefox-esr";

/// A Firefox with a profile of its own; it is closed when it is dropped.
pub struct Firefox {
    geckodriver: Child,
    /// The browser.
    pub driver: WebDriver,
}

impl Firefox {
    /// Opens a browser.
    ///
    /// # Panics
    /// If there is none on this machine, or it does not start.
    pub async fn open() -> Self {
        let mut geckodriver = Command::new("geckodriver")
            .args(["--port", "0", "--binary", FIREFOX])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("geckodriver starts: cargo install --locked geckodriver");
        let lines = BufReader::new(geckodriver.stdout.take().expect("it is piped")).lines();
        let (port_found, port) = mpsc::channel();
        // The thread reads on to the end, or geckodriver would stop at a full pipe.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, port)) = line.rsplit_once("Listening on 127.0.0.1:") {
                    let _ = port_found.send(port.trim().to_owned()); // nobody listens after the first
                }
            }
        });
        let port = port.recv_timeout(PATIENCE).expect("geckodriver says its port");
        let mut capabilities = DesiredCapabilities::firefox();
        capabilities.set_headless().expect("a flag");
        capabilities.set_preferences(FirefoxPreferences::new()).expect("preferences");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.expect("Firefox opens");
        Self { geckodriver, driver }
    }

    /// Closes the browser in peace.
    pub async fn close(mut self) {
        self.driver.clone().quit().await.expect("the browser closes");
        drop(self.geckodriver.kill());
        drop(self.geckodriver.wait());
    }
}
