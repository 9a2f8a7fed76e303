//! The doors for programs: what a station has recorded, as a file.
//!
//! They are plain functions over a request's head, and know no HTTP server: the front door reads and writes for them.

pub mod export;
mod question;
mod sending;

pub use sending::Sending;

use crate::storage::Storage;
use crate::web::answer::Answer;
use crate::web::error::Problem;
use crate::web::head::Head;
use crate::web::turns::Turns;
use crate::web::{self, client};
use channel::crowd::Source;
use export::Export;
use rocket::http::{Method, Status};
use std::sync::Arc;
use std::time::Duration;

/// All paths, as Rocket writes routes.
pub const METHODS: [(Method, &str); 2] =
    [(Method::Get, "/api/v1/stations/<slug>/export"), (Method::Head, "/api/v1/stations/<slug>/export")];

/// Files that are sent at once. Each holds a megabyte, and asks the database again and again.
const AT_ONCE: usize = 4;
/// Files that are sent at once to one address.
const AT_ONCE_TO_ONE: usize = 2;
/// This machine may have all, because it may be a proxy that speaks for everybody; and so many more of it may wait, so that
/// its slow ones give way to its others.
const AT_ONCE_HERE: usize = 64;
/// The longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The doors.
#[derive(Clone)]
pub struct Api {
    /// Its questions do not stand before those of pages.
    storage: Storage,
    web: web::Options,
    turns: Arc<Turns<Option<Source>>>,
}

impl Api {
    /// Doors over this database.
    pub fn new(storage: &Storage, web: web::Options) -> Self {
        Self { storage: storage.in_background(), web, turns: Turns::new(AT_ONCE, PATIENCE) }
    }

    /// The station whose readings are asked for at this method and path.
    pub(crate) fn exports<'p>(&self, method: &impl AsRef<str>, path: &'p str) -> Option<&'p str> {
        let slug = path.strip_prefix("/api/v1/stations/")?.strip_suffix("/export")?;
        let is_read = matches!(method.as_ref(), "GET" | "HEAD");
        (is_read && !slug.is_empty() && !slug.contains('/')).then_some(slug)
    }

    /// The readings of a station as a file; the answer if there is none.
    pub(crate) async fn export(&self, slug: &str, head: &dyn Head) -> Result<Sending, Answer> {
        Ok(self.open(slug, head).await?)
    }

    async fn open(&self, slug: &str, head: &dyn Head) -> Result<Sending, Problem> {
        let station = self.storage.station_by_slug(slug).await;
        let station = station.ok_or_else(|| Problem::new(Status::NotFound, format!("there is no station {slug:?}")))?;
        let asked = question::read(head, station, self.storage.zones())?;
        let source = client::address(head, &self.web).and_then(Source::of);
        let at_once = source.map_or(AT_ONCE_HERE, |_| AT_ONCE_TO_ONE);
        let turn = self.turns.turn(source, at_once).await;
        let turn = turn.ok_or_else(|| Problem::unavailable("too many files are being sent; come again in a moment"))?;
        let is_head = head.method() == "HEAD";
        Ok(Sending::new(Export::open(self.storage.clone(), asked).await?, turn, is_head))
    }
}
