//! `GET /metrics`: all counts as OpenMetrics text, for this machine and for the networks in `metrics_from`.

mod counts;

use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::web::error::Problem;
use crate::web::{MoreCounts, Options, client};
use channel::Dock;
use counts::Counts;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use rocket::http::{ContentType, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Route, State, get, routes};

/// The metrics' route. It needs a [`Dock`], a [`Storage`] and a [`Keeper`] among Rocket's state.
pub fn routes() -> Vec<Route> {
    routes![metrics]
}

/// Before the name of each metric.
const PREFIX: &str = "stevenson";

#[get("/metrics")]
fn metrics(
    watcher: Result<Watcher<'_>, Stranger>,
    dock: &State<Dock>,
    storage: &State<Storage>,
    keeper: &State<Keeper>,
) -> Result<(ContentType, String), Problem> {
    let Ok(Watcher { more }) = watcher else {
        let detail = "only this machine may read the metrics; `metrics_from` in [web] of the configuration allows other networks";
        return Err(Problem::new(Status::Forbidden, detail));
    };
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Counts {
        dock: dock.stats(),
        storage: storage.stats(),
        keeper: keeper.stats(),
    }));
    if let Some(more) = more {
        registry.register_collector(more.now());
    }
    let mut encoded = String::new();
    text::encode(&mut encoded, &registry).map_err(|error| Problem::unavailable(error.to_string()))?;
    let version = [("version", "1.0.0"), ("charset", "utf-8")];
    Ok((ContentType::new("application", "openmetrics-text").with_params(version), encoded))
}

/// A client that may read the metrics: this machine (but not a proxy on it that speaks for others), or a client from
/// `metrics_from`.
struct Watcher<'r> {
    /// What parts count that this floor does not know.
    more: Option<&'r MoreCounts>,
}

/// A client that may not.
#[derive(Debug)]
struct Stranger;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Watcher<'r> {
    type Error = Stranger;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Stranger> {
        let unset = Options::default();
        let options = request.rocket().state().unwrap_or(&unset);
        let from = client::address(request, options);
        let is_named = from.is_some_and(|from| options.metrics_from.iter().any(|network| network.holds(from)));
        if is_named || client::is_local(request, options) {
            return Outcome::Success(Watcher { more: request.rocket().state() });
        }
        Outcome::Error((Status::Forbidden, Stranger))
    }
}
