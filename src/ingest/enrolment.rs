//! Enrolment: who may wait for an owner.

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Uploads of unclaimed devices that are kept in a second: each is a transaction. Real consoles send some a minute.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
/// Uploads of unclaimed devices that are kept at once.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// Whether devices that are no station's may wait; clones share it.
#[derive(Clone)]
pub struct Enrolment(Option<Arc<DefaultDirectRateLimiter>>);

impl Enrolment {
    /// Enrolment, if it is on.
    pub fn new(is_on: bool) -> Self {
        Self(is_on.then(|| Arc::new(RateLimiter::direct(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE)))))
    }

    /// Whether an upload from there may wait. `from` is an address that is sure; a proxy that names nobody has none.
    pub(crate) fn lets_wait(&self, from: Option<IpAddr>) -> bool {
        let Self(Some(limiter)) = self else { return false };
        from.is_some_and(is_private) && limiter.check().is_ok()
    }
}

/// Whether an address is of a network that the internet does not reach: RFC 1918, RFC 4193, link-local, and this machine.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_internet_never_wait() {
        for private in
            ["192.168.1.7", "10.0.0.1", "172.16.0.1", "127.0.0.1", "169.254.3.4", "::1", "fd00::7", "fe80::1"]
        {
            assert!(is_private(private.parse().expect("an address")), "{private}");
        }
        for public in ["198.51.100.7", "172.32.0.1", "8.8.8.8", "2001:db8::1", "100.64.0.1", "0.0.0.0", "::"] {
            assert!(!is_private(public.parse().expect("an address")), "{public}");
        }
        assert!(is_private("::ffff:192.168.1.7".parse().expect("an address")), "as a listener on [::] sees it");
    }

    #[test]
    fn nobody_waits_while_it_is_off_nobody_without_an_address_and_no_flood() {
        let home = Some("192.168.1.7".parse().expect("an address"));
        assert!(!Enrolment::new(false).lets_wait(home));
        let on = Enrolment::new(true);
        assert!(!on.lets_wait(None));
        assert_eq!((0..100).filter(|_| on.lets_wait(home)).count(), 20);
    }
}
