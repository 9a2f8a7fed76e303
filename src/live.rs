//! The dock's doors: trucks at `POST /dock/<bay>`, and two kinds of streams. `docs/PROTOCOL.md` describes what they speak.

mod events;
mod gate;
mod socket;
mod stream;
mod trip;

use crate::web::brake::Brake;
use gate::{Gate, Refusal};
use governor::clock::DefaultClock;
use rocket::http::{ContentType, Method};
use rocket::response::{self, Responder, Response};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Route};
use std::io::Cursor;
use std::sync::Arc;
use trip::Trip;

/// The dock's routes. They need a [`channel::Dock`], a [`crate::storage::Storage`] and a [`crate::keeper::Keeper`]
/// among Rocket's state. Without a [`crate::web::Build`] no page is told of another build.
pub fn routes() -> Vec<Route> {
    let gate = Gate { brake: Arc::new(Brake::new(DefaultClock::default())) };
    let mut routes = vec![
        Route::new(Method::Post, "/dock/<bay>", Trucks { gate: gate.clone() }),
        Route::new(Method::Get, "/dock/<bay>/events", events::Events { gate: gate.clone() }),
        Route::new(Method::Get, "/dock/<bay>/socket", socket::Socket { gate }),
    ];
    for (route, name) in routes.iter_mut().zip(["dock", "events", "socket"]) {
        route.name = Some(name.into());
    }
    routes
}

/// A handler written by hand: most trucks are parked, and a parked future should hold nothing that it does not need.
#[derive(Clone)]
struct Trucks {
    gate: Gate,
}

#[rocket::async_trait]
impl Handler for Trucks {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        // Boxed, and dropped before the truck parks: the future that reads the request is large, the one that waits is small.
        let trip = Box::pin(self.take_in(request, data)).await;
        let answer = match trip {
            Ok(trip) => trip.home().await.map_err(Refusal::from),
            Err(refusal) => Err(refusal),
        };
        match answer {
            Ok(load) => Outcome::from(request, Encoded(load.json)),
            Err(refusal) => Outcome::from(request, refusal),
        }
    }
}

impl Trucks {
    /// Reads the request, stores its words, brings the truck to the dock.
    async fn take_in<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Result<Trip<'r>, Refusal> {
        let mut caller = self.gate.caller(request)?;
        let (clipboard, bytes) = gate::clipboard(request, data).await?;
        caller.engines.dock.came(&clipboard, bytes);
        if !clipboard.say.is_empty() {
            caller.introduce(request);
        }
        Ok(Trip::start(&caller, clipboard).await?)
    }
}

/// A load on its way out.
struct Encoded(Vec<u8>);

impl<'r> Responder<'r, 'static> for Encoded {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let length = self.0.len();
        Response::build()
            .header(ContentType::JSON)
            .raw_header("Cache-Control", "no-store")
            .raw_header("X-Accel-Buffering", "no")
            .raw_header("X-Content-Type-Options", "nosniff")
            .sized_body(length, Cursor::new(self.0))
            // One piece, and a byte to find its end by.
            .max_chunk_size(length + 1)
            .ok()
    }
}
