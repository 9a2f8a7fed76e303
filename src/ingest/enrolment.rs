//! Enrolment: who may wait for an owner.

use crate::inbox::is_private;
use crate::web::brake::Brake;
use governor::clock::DefaultClock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Uploads of unclaimed devices that are kept in a second: each is a transaction. Real consoles send some a minute.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
/// Uploads of unclaimed devices that are kept at once.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// So many of an address in a second: a hub sends for each of its devices some times a minute.
const OF_ADDRESS_PER_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("1 is not zero");
/// So many of an address at once, so that one that floods leaves room for another.
const OF_ADDRESS_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("10 is not zero");

/// Whether devices that are no station's may wait; clones share it.
#[derive(Clone)]
pub struct Enrolment(Option<Arc<Limits>>);

/// Why an upload of nobody does not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Turned {
    /// Nothing waits.
    #[error("enrolment is off")]
    Off,
    /// A proxy or a page stands between.
    #[error("its own address is not known, because a proxy or a page sent it, so it does not wait")]
    Hidden,
    /// It comes from elsewhere.
    #[error("its address is not in a private network, so it does not wait")]
    Public,
    /// There are too many.
    #[error("more such uploads come than can wait")]
    Flood,
}

struct Limits {
    all: DefaultDirectRateLimiter,
    of_address: Brake,
}

impl Enrolment {
    /// Enrolment, if it is on.
    pub fn new(is_on: bool) -> Self {
        let limits = || Limits {
            all: RateLimiter::direct(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE)),
            of_address: Brake::with(
                Quota::per_second(OF_ADDRESS_PER_SECOND).allow_burst(OF_ADDRESS_AT_ONCE),
                DefaultClock::default(),
            ),
        };
        Self(is_on.then(|| Arc::new(limits())))
    }

    /// Whether it is on.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Whether an upload from there may wait. `from` is an address that is sure; a proxy that names nobody has none.
    ///
    /// # Errors
    /// [`Turned`] says why not.
    pub(crate) fn lets_wait(&self, from: Option<IpAddr>) -> Result<(), Turned> {
        let Self(Some(limits)) = self else { return Err(Turned::Off) };
        let from = from.map(|from| from.to_canonical()).ok_or(Turned::Hidden)?;
        if !is_private(from) {
            return Err(Turned::Public);
        }
        let is_calm = limits.of_address.check(from).is_ok() && limits.all.check().is_ok();
        if is_calm { Ok(()) } else { Err(Turned::Flood) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_while_it_is_off_nobody_without_an_address_and_no_flood() {
        let home = Some("192.168.1.7".parse().expect("an address"));
        assert_eq!(Enrolment::new(false).lets_wait(home), Err(Turned::Off));
        let on = Enrolment::new(true);
        assert_eq!(on.lets_wait(None), Err(Turned::Hidden));
        assert_eq!(on.lets_wait(Some([198, 51, 100, 7].into())), Err(Turned::Public));
        assert_eq!((0..100).filter(|_| on.lets_wait(home).is_ok()).count(), 10);
        assert_eq!(on.lets_wait(home), Err(Turned::Flood));
        let others = (0..=255).map(|last| Some(std::net::IpAddr::from([192, 168, 2, last])));
        assert_eq!(
            others.filter(|other| on.lets_wait(*other).is_ok()).count(),
            10,
            "one address takes no more than its part of all"
        );
    }
}
