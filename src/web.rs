//! Shared by all doors: errors, visitors, addresses, units, the brake.

pub mod answer;
pub mod body;
pub mod brake;
pub mod client;
pub mod error;
pub mod head;
mod more_counts;
mod newest;
mod options;
pub mod origin;
pub mod preference;
pub mod visitor;

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
    let what = match status.code {
        404 => format!("there is nothing at {}", request.uri().path()),
        405 => format!("{} does not accept {}", request.uri().path(), request.method()),
        _ => format!("{} {}: {}", request.method(), request.uri().path(), status.reason_lossy()),
    };
    Problem::new(status, what)
}
