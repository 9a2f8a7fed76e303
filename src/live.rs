//! The dock's doors: trucks at `POST /dock/<bay>`, and two kinds of streams. `docs/PROTOCOL.md` describes what they speak.
//!
//! They are plain functions over a request's head, and know no HTTP server: the front door reads and writes for them.

mod events;
mod frames;
mod gate;
pub mod socket;
mod stream;
mod trip;

pub use events::Events;
pub use trip::Trip;

use crate::keeper::Keeper;
use crate::storage::Storage;
use crate::storage::words::Visitor;
use crate::web::answer::Answer;
use crate::web::body::{BodyLimit, NoBody};
use crate::web::brake::Brake;
use crate::web::head::Head;
use crate::web::origin::{self, Opens};
use crate::web::{self, Build, visitor};
use channel::Dock;
use gate::{Caller, Refusal};
use governor::clock::DefaultClock;
use rocket::http::Method;
use std::sync::Arc;

/// Below this path are the dock's doors.
pub const PATH: &str = "/dock/";

/// The methods of the dock's doors, as Rocket would write the routes.
pub const METHODS: [(Method, &str); 3] =
    [(Method::Post, "/dock/<bay>"), (Method::Get, "/dock/<bay>/events"), (Method::Get, "/dock/<bay>/socket")];

/// The dock's doors; clones share what is behind them.
#[derive(Clone)]
pub struct Live(Arc<Engines>);

/// The parts of the server that a truck needs.
pub(crate) struct Engines {
    /// The dock, where it parks.
    dock: Dock,
    /// The storage of its words, and of the journal that it may have to read.
    storage: Storage,
    /// The keeper, who listens to words.
    keeper: Keeper,
    /// The pages' build. Without one no page is told of another build.
    build: Option<Build>,
    /// Whom the doors believe.
    web: web::Options,
    /// The brake of each page's trucks, whichever door they come to.
    brake: Brake,
    /// The visitor of a request that names none: nobody has said anything in this name.
    nobody: Visitor,
}

/// Which of the dock's doors a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `/dock/<bay>`
    Trucks,
    /// `/dock/<bay>/events`
    Events,
    /// `/dock/<bay>/socket`
    Socket,
}

impl Door {
    /// The door that a path names, and the bay, which may be no good one.
    pub fn of(path: &str) -> Option<(Self, &str)> {
        let rest = path.strip_prefix(PATH)?;
        match rest.split_once('/') {
            None if !rest.is_empty() => Some((Self::Trucks, rest)),
            Some((bay, "events")) => Some((Self::Events, bay)),
            Some((bay, "socket")) => Some((Self::Socket, bay)),
            _ => None,
        }
    }
}

/// A truck at the gate: its head is good, its body comes next.
pub struct Truck {
    caller: Caller,
    announced_bytes: Option<usize>,
    is_json: bool,
}

impl Live {
    /// The doors to these parts.
    pub fn new(dock: Dock, storage: Storage, keeper: Keeper, build: Option<Build>, web: web::Options) -> Self {
        let brake = Brake::new(DefaultClock::default());
        Self(Arc::new(Engines { dock, storage, keeper, build, web, brake, nobody: visitor::stranger().0 }))
    }

    /// Lets a truck in by its head.
    pub fn truck(&self, bay: &str, head: &dyn Head) -> Result<Truck, Answer> {
        // Before the brake: what a page elsewhere can send is no JSON, and must not brake the visitor's page.
        if !origin::is_json(head) {
            return Err(gate::no_json().into());
        }
        let caller = self.caller(bay, head)?;
        let announced_bytes = head.first("Content-Length").and_then(|length| length.parse().ok());
        Ok(Truck { caller, announced_bytes, is_json: origin::is_json(head) })
    }

    /// Opens a stream of events.
    pub fn events(&self, bay: &str, head: &dyn Head) -> Result<Events, Answer> {
        Ok(Events::open(self.caller(bay, head)?, head)?)
    }

    /// Lets a WebSocket in, before it is opened.
    pub fn socket(&self, bay: &str, head: &dyn Head) -> Result<socket::Opening, Answer> {
        match origin::socket(head, &self.0.web) {
            Opens::ForVisitor => Ok(socket::Opening::new(self.caller(bay, head)?, false, head)?),
            Opens::ForStranger => Ok(socket::Opening::new(self.stranger(bay, head)?, true, head)?),
            Opens::Not => Err(self.sends_away(bay, head).into()),
        }
    }
}

impl Truck {
    /// How much of the body is read; the answer if the head says that there is more, or something else.
    pub fn takes(&self) -> Result<BodyLimit, Answer> {
        if !self.is_json {
            return Err(gate::no_json().into());
        }
        if self.announced_bytes.is_some_and(|length| length > gate::BODY.bytes) {
            return Err(gate::no_body(&NoBody::TooLarge(gate::BODY.bytes)).into());
        }
        Ok(gate::BODY)
    }

    /// Reads the clipboard, stores its words, brings the truck to the dock.
    pub async fn arrives(mut self, body: Result<Vec<u8>, NoBody>) -> Result<Trip, Answer> {
        let body = body.map_err(|error| gate::no_body(&error))?;
        let clipboard = gate::clipboard(&body)?;
        self.caller.engines.dock.came(&clipboard, body.len());
        drop(body);
        if !clipboard.say.is_empty() {
            self.caller.introduce();
        }
        Ok(Trip::start(&self.caller, clipboard).await.map_err(Refusal::from)?)
    }
}
