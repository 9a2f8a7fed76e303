//! The owner's rooms, `/admin`: stations are added, renamed and removed here, and uploads are seen as they came.
//!
//! Without a password they exist for this machine alone, by the strict meaning of `web::client::is_local`; to everybody else
//! there is nothing at these addresses. With a password, everybody has to know it, on this machine too.
//!
//! | what | how |
//! |---|---|
//! | session | 256 random bits that the server made at the login, in a cookie of `/admin` that no script reads and no other site sends; the database keeps their hash |
//! | forms | the rule of `web::origin`; the form's token is bound to the session, and not to the visitor, whose cookie a page on another port may set |
//! | guessing | an address may try a few passwords a minute, and two are compared at once in all |
//! | frames, caches | no page can frame these pages, and nobody keeps them |

mod calibrations;
mod clock;
mod devices;
mod fields;
mod forms;
mod frame;
mod inbox;
mod interval;
mod login;
mod office;
mod offset;
mod once;
mod owner;
pub mod password;
mod place;
mod readings;
mod refusal;
mod settings;
mod station;
mod stations;
#[cfg(debug_assertions)]
pub mod storybook;
mod watchers;

pub use interval::{interval, interval_text};
pub use office::{Office, Subscribed};
pub use offset::{clock_offset, clock_offset_text};
pub use place::coordinates_text;
pub use watchers::Watchers;

use rocket::Route;

/// The routes of the owner's rooms, for `/`. They need a `Storage`, an [`Office`], [`Subscribed`], an `Inbox`, [`Watchers`], a `NewestCursor`, a `web::Build`
/// and `web::Options` in Rocket's state.
pub fn routes() -> Vec<Route> {
    [
        login::routes(),
        stations::routes(),
        station::routes(),
        settings::routes(),
        readings::routes(),
        calibrations::routes(),
        fields::routes(),
        inbox::routes(),
        devices::routes(),
    ]
    .concat()
}
