//! `POST /lab/change`: makes a piece of news for one visitor alone.

use crate::storage::Storage;
use crate::web::brake::Brake;
use crate::web::error::Problem;
use crate::web::{origin, visitor};
use ::lab;
use governor::clock::DefaultClock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use rocket::http::{Method, Status};
use rocket::request::Request;
use rocket::route::{Handler, Outcome};
use rocket::{Data, Route};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Changes of all visitors in a second, for any length of time: visitors are easily invented. A place in the journal is kept for
/// `journal_keep_lab` changes.
const ALL_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("50 is not zero");
/// Changes of all visitors at once.
const ALL_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).expect("500 is not zero");

/// The door, with its brake: ten changes a second, which is as many as a home lets trucks leave.
pub(crate) fn route() -> Route {
    let all = RateLimiter::direct(Quota::per_second(ALL_PER_SECOND).allow_burst(ALL_AT_ONCE));
    let door = Door { brake: Arc::new(Brake::new(DefaultClock::default())), all: Arc::new(all) };
    let mut route = Route::new(Method::Post, "/lab/change", door);
    route.name = Some("lab_change".into());
    route
}

#[derive(Clone)]
struct Door {
    brake: Arc<Brake>,
    /// The brake of all visitors together.
    all: Arc<DefaultDirectRateLimiter>,
}

#[rocket::async_trait]
impl Handler for Door {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        match self.change(request).await {
            Ok(()) => Outcome::from(request, Status::NoContent),
            Err(problem) => Outcome::from(request, problem),
        }
    }
}

impl Door {
    /// Writes a piece of news for the visitor alone, with the number that the page gave it.
    async fn change(&self, request: &Request<'_>) -> Result<(), Problem> {
        if !origin::may_send_json(request) {
            let detail = "only this server's own pages may make changes; send Content-Type: application/json";
            return Err(Problem::new(Status::Forbidden, detail));
        }
        let Some(visitor) = visitor::known(request) else {
            return Err(Problem::new(
                Status::BadRequest,
                "open /lab first: the news is for the visitor that the cookie names",
            ));
        };
        let Some(Ok(number)) = request.query_value::<u64>("number") else {
            return Err(Problem::new(
                Status::BadRequest,
                "number: a whole number is needed, by which the page knows the news again",
            ));
        };
        self.brake.check(visitor.as_str()).map_err(|_| Problem::too_many("more than ten changes a second", 1))?;
        self.all
            .check()
            .map_err(|_| Problem::too_many("the lab is crowded: all its visitors together make too many changes", 1))?;
        let Some(storage) = request.rocket().state::<Storage>() else {
            return Err(Problem::unavailable("the server is not ready"));
        };
        let body = format!(r#"{{"kind":"lab","number":{number}}}"#);
        storage.tell(&visitor, lab::STATION, body.into()).await.map_err(Problem::from)
    }
}
