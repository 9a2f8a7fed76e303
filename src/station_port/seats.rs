//! Places for connections, in all and by address.

use super::options::Options;
use channel::crowd::Source;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The places. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    most: usize,
    most_by_address: usize,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug, Default)]
struct Book {
    taken: usize,
    /// No entry is 0.
    by_source: HashMap<Source, usize>,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Seats,
    source: Option<Source>,
}

impl Seats {
    pub(super) fn new(options: &Options) -> Self {
        let (most, most_by_address) = (options.max_connections, options.address_max_connections);
        Self { most, most_by_address, book: Arc::default() }
    }

    /// A place for a connection from there, if one is free.
    pub(super) fn take(&self, address: IpAddr) -> Option<Seat> {
        let source = Source::of(address);
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let of_source = source.and_then(|source| book.by_source.get(&source)).copied().unwrap_or(0);
        if book.taken >= self.most || of_source >= self.most_by_address {
            return None;
        }
        book.taken += 1;
        if let Some(source) = source {
            book.by_source.insert(source, of_source + 1);
        }
        Some(Seat { seats: self.clone(), source })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut book = self.seats.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.taken -= 1;
        let Some(source) = self.source else { return };
        match book.by_source.get_mut(&source) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(book.by_source.remove(&source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_its_share_and_all_together_have_no_more_than_there_is() {
        let seats = Seats::new(&Options { max_connections: 4, address_max_connections: 2, ..Options::default() });
        let take = |address: &str| seats.take(address.parse().expect("an address"));
        let one = take("192.0.2.1").expect("a place");
        let _two = take("192.0.2.1").expect("a place");
        assert!(take("192.0.2.1").is_none() && take("::ffff:192.0.2.1").is_none());
        drop(one);
        let _three = take("192.0.2.1").expect("it is free again");
        let _net = [take("2001:db8::1").expect("a place"), take("2001:db8::2").expect("a place")];
        assert!(take("2001:db8:1::1").is_none() && take("127.0.0.1").is_none(), "all are taken");
        drop(_net);
        assert_eq!(seats.book.lock().expect("whole").by_source.len(), 1, "nothing is kept of those that have gone");
        let _here: Vec<_> = (0..2).map(|_| take("127.0.0.1").expect("this machine has no share")).collect();
    }
}
