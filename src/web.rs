//! What all doors share.

pub mod brake;
pub mod client;
pub mod error;
mod options;
pub mod origin;
pub mod preference;
pub mod visitor;

pub use options::{BadNetwork, Network, Options};

use error::Problem;
use rocket::http::Status;
use rocket::{Catcher, Request, catch, catchers};

/// The name of the set of files that this server's pages are made of, as pages print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build(pub String);

/// The last resort of doors for programs: whatever Rocket itself refuses, as problem+json.
pub fn catchers() -> Vec<Catcher> {
    catchers![refused]
}

#[catch(default)]
fn refused(status: Status, request: &Request<'_>) -> Problem {
    let what = match status.code {
        404 => format!("there is nothing at {}", request.uri().path()),
        405 => format!("{} is not done here", request.method()),
        _ => format!("{} {}: {}", request.method(), request.uri().path(), status.reason_lossy()),
    };
    Problem::new(status, what)
}
