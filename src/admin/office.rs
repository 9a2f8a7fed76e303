//! What the owner's rooms share.

use super::once::Once;
use super::password;
use crate::storage::words::Visitor;
use crate::web::brake::Brake;
use channel::crowd::Source;
use governor::Quota;
use governor::clock::DefaultClock;
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use weather::time::Timestamp;

/// Passwords that an address may try in a minute, for any length of time: who mistypes is not stopped, and who guesses needs ages.
const TRIES_A_MINUTE: NonZeroU32 = NonZeroU32::new(6).expect("6 is not zero");
/// Passwords that an address may try at once.
const TRIES_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("10 is not zero");
/// Seconds until one more may be tried.
pub(super) const TRY_AGAIN_S: u32 = 10;
/// Passwords that are compared at once: each takes 19 MiB and a processor for some tens of milliseconds.
const COMPARED_AT_ONCE: usize = 2;
/// The longest wait for a turn. If more wait, somebody guesses from many addresses.
const TURN_MAX: Duration = Duration::from_secs(5);

/// What the owner's rooms share.
pub struct Office {
    brake: Brake,
    compared: Semaphore,
    /// Whom forms are bound to while there is no password: a secret of this run that only pages for this machine hold.
    pub(super) local: Visitor,
    /// Keys that are shown once.
    pub(super) keys: Once,
}

/// The slugs of stations that messages of MQTT are read for, by the configuration.
#[derive(Debug, Clone, Default)]
pub struct Subscribed(pub Vec<String>);

/// Why a password was not looked at.
#[derive(Debug)]
pub(super) enum NotCompared {
    /// The address has tried too many.
    TooEager,
    /// Others are being compared.
    Busy,
}

impl Default for Office {
    fn default() -> Self {
        let quota = Quota::per_minute(TRIES_A_MINUTE).allow_burst(TRIES_AT_ONCE);
        Self {
            brake: Brake::with(quota, DefaultClock::default()),
            compared: Semaphore::new(COMPARED_AT_ONCE),
            local: crate::web::visitor::stranger().0,
            keys: Once::default(),
        }
    }
}

impl Office {
    /// Whether a password is the one with this hash. `from`: who tries; all that come from this machine are one.
    pub(super) async fn is_password(
        &self,
        from: Option<Source>,
        password: &str,
        hash: &str,
    ) -> Result<bool, NotCompared> {
        self.brake.check(from).map_err(|_| NotCompared::TooEager)?;
        let turn = timeout(TURN_MAX, self.compared.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(NotCompared::Busy)?;
        let (password, hash) = (password.to_owned(), hash.to_owned());
        // It fails when the server stops.
        spawn_blocking(move || password::is(&password, &hash)).await.map_err(|_| NotCompared::Busy)
    }
}

/// The present instant. The owner's rooms read the clock here only.
#[expect(clippy::disallowed_methods, reason = "routes read the clock and pass the time on")]
pub(super) fn now() -> Timestamp {
    chrono::Utc::now().into()
}
