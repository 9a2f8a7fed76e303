//! Counts the parked trucks of each visitor and of each source.

use super::Options;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

/// A limit that keeps a truck from parking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Of one visitor's trucks, see [`Options::visitor_max_trucks`].
    Visitor,
    /// Of the trucks from one address, see [`Options::address_max_trucks`].
    Address,
    /// Of all trucks, see [`Options::parked_max_trucks`].
    Dock,
}

impl Limit {
    /// All of them.
    pub const ALL: [Limit; 3] = [Limit::Visitor, Limit::Address, Limit::Dock];

    /// The name on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Limit::Visitor => "visitor",
            Limit::Address => "address",
            Limit::Dock => "dock",
        }
    }
}

/// The part of an address by which places are shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

/// The part of an IPv6 address that a provider gives to one customer: the first 64 bits.
const CUSTOMER_BITS: u32 = 64;

impl Source {
    /// Of a client's address: IPv4 as it is, IPv6 by its first 64 bits. `None` for this machine: requests from here
    /// are the owner's own, or come through a proxy from everywhere.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            loopback if loopback.is_loopback() => None,
            IpAddr::V4(v4) => Some(Self(v4.into())),
            IpAddr::V6(v6) => {
                let customer = v6.to_bits() >> (Ipv6Addr::BITS - CUSTOMER_BITS) << (Ipv6Addr::BITS - CUSTOMER_BITS);
                Some(Self(Ipv6Addr::from_bits(customer).into()))
            }
        }
    }
}

/// The visitor and the source that a parked truck counts against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The visitor who looks at the page; `None`: unknown, and without private news.
    pub visitor: Option<Arc<str>>,
    /// The source of the request; `None`: without a limit.
    pub source: Option<Source>,
}

/// The count. Its memory is one entry for each visitor and each source that has a truck parked.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    visitors: HashMap<Arc<str>, usize>,
    sources: HashMap<Source, usize>,
    all: usize,
    visitor_max: usize,
    address_max: usize,
    all_max: usize,
}

impl Crowd {
    /// An empty count with the limits of `options`.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            visitors: HashMap::new(),
            sources: HashMap::new(),
            all: 0,
            visitor_max: options.visitor_max_trucks,
            address_max: options.address_max_trucks,
            all_max: options.parked_max_trucks,
        }
    }

    /// A truck of `party` parks.
    pub(crate) fn enter(&mut self, party: &Party) {
        self.all += 1;
        if let Some(visitor) = &party.visitor {
            *self.visitors.entry(visitor.clone()).or_default() += 1;
        }
        if let Some(source) = party.source {
            *self.sources.entry(source).or_default() += 1;
        }
    }

    /// It has left.
    pub(crate) fn leave(&mut self, party: &Party) {
        self.all -= 1;
        if let Some(visitor) = &party.visitor {
            one_less(&mut self.visitors, visitor);
        }
        if let Some(source) = &party.source {
            one_less(&mut self.sources, source);
        }
    }

    /// The limit that another truck of `party` would exceed, once the places of `freed` are free.
    pub(crate) fn limit<'a>(&self, party: &Party, freed: impl Iterator<Item = &'a Party> + Clone) -> Option<Limit> {
        let places = |taken: usize, frees: &dyn Fn(&Party) -> bool| taken - freed.clone().filter(|p| frees(p)).count();
        let by_visitor = party.visitor.as_ref().and_then(|visitor| self.visitors.get(visitor)).copied().unwrap_or(0);
        let by_source = party.source.and_then(|source| self.sources.get(&source)).copied().unwrap_or(0);
        if by_visitor > 0 && places(by_visitor, &|other| other.visitor == party.visitor) >= self.visitor_max {
            return Some(Limit::Visitor);
        }
        if by_source > 0 && places(by_source, &|other| other.source == party.source) >= self.address_max {
            return Some(Limit::Address);
        }
        (places(self.all, &|_| true) >= self.all_max).then_some(Limit::Dock)
    }
}

fn one_less<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str) -> Option<Source> {
        Source::of(address.parse().expect("an address"))
    }

    #[test]
    fn neighbours_of_one_customer_come_from_one_place_and_this_machine_from_none() {
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(source(own), None, "{own}");
        }
    }

    #[test]
    fn a_party_without_trucks_is_forgotten() {
        let mut crowd = Crowd::new(&Options::default());
        let party = Party { visitor: Some("ann".into()), source: source("192.0.2.1") };
        crowd.enter(&party);
        crowd.enter(&party);
        crowd.leave(&party);
        assert_eq!((crowd.visitors.len(), crowd.sources.len(), crowd.all), (1, 1, 1));
        crowd.leave(&party);
        assert_eq!((crowd.visitors.len(), crowd.sources.len(), crowd.all), (0, 0, 0));
    }
}
