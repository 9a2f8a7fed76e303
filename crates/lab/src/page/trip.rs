//! One trip: a request to the dock, and what its answer means.

use super::error::Error;
use crate::home::{Load, Ms};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Url, redirect};
use std::time::Duration;

/// A server that cannot be reached within this time is away.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// The page's way to its bay. It sends a secret of its own, by which the page is the same visitor at every trip.
#[derive(Clone)]
pub(crate) struct Door {
    client: Client,
    bay: Url,
    secret: String,
}

/// The header with the secret of a home that keeps no cookies.
pub(crate) const SECRET: &str = "visitor";

/// What came of a trip.
pub(crate) struct Arrival {
    pub load: Result<Load, Lost>,
    /// Bytes of the answer's body.
    pub bytes: usize,
}

/// The truck does not come home with a load.
pub(crate) struct Lost {
    /// How long the server asks to stay away.
    pub retry_after_ms: Option<Ms>,
}

impl Door {
    /// To the bay of that name, over a pool of its own of at most `trucks` connections. `secret` is 128 random bits.
    pub(crate) fn new(url: &str, bay: &str, secret: &str, trucks: u8) -> Result<Self, Error> {
        let bad = || Error::Url(url.to_owned());
        let server = Url::parse(url).ok().filter(|url| url.scheme() == "http").ok_or_else(bad)?;
        let path = format!("{}/dock/{bay}", server.path().trim_end_matches('/'));
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_MAX)
            .pool_max_idle_per_host(trucks.into())
            .build()?;
        Ok(Self { client, bay: server.join(&path).map_err(|_| bad())?, secret: secret.to_owned() })
    }

    /// Sends a truck; dropped before its end, it is called back.
    pub(crate) fn send(&self, body: String) -> impl Future<Output = Arrival> + Send + 'static {
        let request = self.client.post(self.bay.clone()).header(CONTENT_TYPE, "application/json");
        let request = request.header(SECRET, &self.secret).body(body);
        async move {
            let lost = |retry_after_ms| Err(Lost { retry_after_ms });
            let Ok(answer) = request.send().await else { return Arrival { load: lost(None), bytes: 0 } };
            let headers = answer.headers();
            let (ok, is_json, retry_after_ms) = (answer.status() == 200, is_json(headers), retry_after_ms(headers));
            let body = answer.bytes().await.unwrap_or_default();
            let load = match Load::read(&body) {
                Ok(load) if ok && is_json => Ok(load),
                _ => lost(retry_after_ms.filter(|_| !ok)),
            };
            Arrival { load, bytes: body.len() }
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// `Retry-After` in seconds. The server writes no dates there.
fn retry_after_ms(headers: &HeaderMap) -> Option<Ms> {
    let seconds: u32 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Ms::from(seconds) * 1_000)
}
