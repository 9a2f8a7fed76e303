//! `GET /metrics`: all counts, and what stations measure, as text of Prometheus or OpenMetrics: for this machine, for the networks
//! in `metrics_from`, and for who knows `metrics_token`.

mod counts;
mod text;
mod weather;

pub use weather::Intervals;

use self::weather::Weather;
use crate::inbox::Inbox;
use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::web::error::Problem;
use crate::web::{MoreCounts, Options, client};
use ::weather::time::Timestamp;
use channel::Dock;
use counts::Counts;
use prometheus_client::encoding;
use prometheus_client::registry::Registry;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Responder, Route, State, get, routes};
use std::fmt;
use tokio::task::spawn_blocking;

/// The metrics' route. It needs a [`Dock`], a [`Storage`], a [`Keeper`], an [`Inbox`] and [`Intervals`] among Rocket's state.
pub fn routes() -> Vec<Route> {
    routes![metrics]
}

/// Where the metrics are.
pub const PATH: &str = "/metrics";

/// Before the name of each metric.
const PREFIX: &str = "stevenson";

#[get("/metrics")]
async fn metrics(
    watcher: Result<Watcher<'_>, Stranger>,
    dock: &State<Dock>,
    storage: &State<Storage>,
    keeper: &State<Keeper>,
    inbox: &State<Inbox>,
    intervals: &State<Intervals>,
) -> Result<Figures, Problem> {
    let Watcher { more, wants_openmetrics } = watcher?;
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Counts {
        dock: dock.stats(),
        storage: storage.stats(),
        keeper: keeper.stats(),
        zones: storage.zones().source().clone(),
        refusals: inbox.counted_refusals(),
    }));
    for counts in more.into_iter().flat_map(MoreCounts::now) {
        registry.register_collector(counts);
    }
    // The counts tell why the database does not answer.
    match Weather::read(&storage.in_background(), intervals, now()).await {
        Ok(weather) => registry.register_collector(Box::new(weather)),
        Err(error) => tracing::debug!(%error, "the metrics are without weather"),
    }
    // Of thousands of stations that takes milliseconds, and open pages wait on this thread.
    let encoded = spawn_blocking(move || encode(&registry, wants_openmetrics)).await;
    let encoded = encoded.unwrap_or(Err(fmt::Error)).map_err(|error| Problem::unavailable(error.to_string()))?;
    let (kind, version) = match wants_openmetrics {
        true => (ContentType::new("application", "openmetrics-text"), "1.0.0"),
        false => (ContentType::new("text", "plain"), "0.0.4"),
    };
    Ok(Figures {
        text: (kind.with_params([("version", version), ("charset", "utf-8")]), encoded),
        caching: Header::new("Cache-Control", "no-store"),
        varying: Header::new("Vary", "Accept"),
        sniffing: Header::new("X-Content-Type-Options", "nosniff"),
    })
}

fn encode(registry: &Registry, wants_openmetrics: bool) -> Result<String, fmt::Error> {
    let mut encoded = String::new();
    encoding::text::encode(&mut encoded, registry)?;
    Ok(if wants_openmetrics { encoded } else { text::plain(&encoded) })
}

#[expect(clippy::disallowed_methods, reason = "a door reads the clock and passes the time on")]
fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// The answer.
#[derive(Responder)]
struct Figures {
    text: (ContentType, String),
    caching: Header<'static>,
    varying: Header<'static>,
    sniffing: Header<'static>,
}

/// A client that may read the metrics: this machine (but not a proxy on it, which speaks for others), one from `metrics_from`,
/// or one that sends `metrics_token`.
struct Watcher<'r> {
    /// What parts count that this floor does not know.
    more: Option<&'r MoreCounts>,
    wants_openmetrics: bool,
}

/// A client that may not.
#[derive(Debug)]
enum Stranger {
    /// It could show a token.
    Unauthorized,
    /// There is no token.
    Forbidden,
}

impl From<Stranger> for Problem {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::Unauthorized => {
                let detail = "send the `metrics_token` of the configuration: Authorization: Bearer …";
                Self::new(Status::Unauthorized, detail).with("www-authenticate", "Bearer")
            }
            Stranger::Forbidden => {
                let detail = "only this machine may read the metrics, not through a proxy and by a name like localhost; \
                    `metrics_from` and `metrics_token` in [web] of the configuration allow others";
                Self::new(Status::Forbidden, detail)
            }
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Watcher<'r> {
    type Error = Stranger;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Stranger> {
        // Rocket takes more spellings of the path for this one, and a proxy that shuts it may not.
        if request.uri().path().raw() != PATH {
            return Outcome::Forward(Status::NotFound);
        }
        let unset = Options::default();
        let options = request.rocket().state().unwrap_or(&unset);
        if client::is_owner(request, options) || shows_token(request, options) {
            let wants_openmetrics = text::wants_openmetrics(request.headers().get("Accept"));
            return Outcome::Success(Watcher { more: request.rocket().state(), wants_openmetrics });
        }
        match options.metrics_token.is_set() {
            true => Outcome::Error((Status::Unauthorized, Stranger::Unauthorized)),
            false => Outcome::Error((Status::Forbidden, Stranger::Forbidden)),
        }
    }
}

fn shows_token(request: &Request<'_>, options: &Options) -> bool {
    let sent = request.headers().get_one("Authorization").and_then(|value| value.trim().split_once(' '));
    sent.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("Bearer") && options.metrics_token.is(token.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_is_where_the_path_says() {
        let paths: Vec<String> = routes().iter().map(|route| route.uri.path().to_owned()).collect();
        assert_eq!(paths, [PATH]);
    }
}
