//! Shared by all doors: errors, visitors, addresses, settings, the brake.

pub mod address;
pub mod answer;
pub mod base;
pub mod body;
pub mod brake;
pub mod client;
mod coming;
pub mod cors;
pub mod error;
pub mod head;
pub mod host_name;
pub mod hosts;
mod language;
mod methods;
mod more_counts;
mod newest;
mod options;
pub mod origin;
pub mod rooms;
pub mod secrets;
pub mod settings;
#[cfg(debug_assertions)]
pub mod storybook;
pub mod token;
pub mod turns;
pub mod visitor;

pub use methods::Elsewhere;
pub use more_counts::MoreCounts;
pub use newest::NewestCursor;
pub use options::{BadNetwork, Network, Options};

use error::Problem;
use rocket::http::Status;
use rocket::{Catcher, Request, catch, catchers};

/// The name of the set of files that this server's pages are made of, as pages print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build(pub String);

/// Catchers for the addresses of programs: they answer as problem+json when Rocket itself refuses a request.
pub fn catchers() -> Vec<Catcher> {
    catchers![refused]
}

#[catch(default)]
fn refused(status: Status, request: &Request<'_>) -> Problem {
    refusal(status, request)
}

/// The problem of a request that Rocket itself refuses: no route answers it.
pub fn refusal(status: Status, request: &Request<'_>) -> Problem {
    let path = request.uri().path();
    let (status, allowed) = methods::verdict(status, request);
    let what = match status.code {
        404 => format!("there is nothing at {path}"),
        405 => format!("{path} does not accept {}", request.method()),
        _ => format!("{} {path}: {}", request.method(), status.reason_lossy()),
    };
    let problem = Problem::new(status, what);
    match allowed {
        Some(methods) => problem.with("allow", methods),
        None => problem,
    }
}

/// Whether a person asks, with a browser, and not a program.
pub fn wants_page(request: &Request<'_>) -> bool {
    request.headers().get("Accept").any(|kinds| kinds.to_ascii_lowercase().contains("text/html"))
}
