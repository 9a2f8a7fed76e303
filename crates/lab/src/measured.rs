//! What was measured of a fleet, however it was: the same counters for a simulation and for a run over the network.
//!
//! A *trip* is a request with its response; a *leg* is one way of it. A stream is one trip, of which each event is a leg
//! home; on a WebSocket each frame is a leg.

use hdrhistogram::Histogram;
use serde::Serialize;

/// The counters of a fleet.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measured {
    /// How long it was measured.
    pub seconds: f64,
    /// Requests that were sent; a stream counts once each time it is opened.
    pub trips: u64,
    /// Ways out, with what was said.
    pub legs_out: u64,
    /// Ways home that arrived.
    pub legs_home: u64,
    /// Ways out without a word.
    pub empty_out: u64,
    /// Ways home without news.
    pub empty_home: u64,
    /// Trucks (or a stream's loads) that came home because their time was up.
    pub tickets: u64,
    /// Trucks that came home because another took their place.
    pub relieved: u64,
    /// Trucks that did not come home, or streams that broke.
    pub lost: u64,
    /// Pieces of news that came home again.
    pub repeated: u64,
    /// Trucks with words that met news on the road: what they found at the factory was on its way home already.
    pub crossings: u64,
    /// Times that the page had to be loaded anew.
    pub reloads: u64,
    /// Words that home did not take because too many waited.
    pub unsaid: u64,
    /// Pieces of news that happened.
    pub news: u64,
    /// Pieces of news that reached the page, each once.
    pub news_delivered: u64,
    /// Words that were said.
    pub words: u64,
    /// Words that reached the factory, each once.
    pub words_delivered: u64,
    /// Answers of a keeper that reached the page.
    pub answers: u64,
    /// Bodies of requests, bytes.
    pub bytes_up: u64,
    /// Bodies of responses that arrived, bytes.
    pub bytes_down: u64,
    /// Trucks (or streams) parked, on average over time.
    pub parked: f64,
    /// How old news was when the page had it: of what was delivered.
    pub age: Option<Age>,
    /// The mean age of all news, if what was not delivered by the end counts with its age at the end, ms. It was older
    /// when it arrived, if it did, so the mean of all news is at least this.
    pub age_mean_least_ms: Option<f64>,
    /// How old a word was when the factory had it.
    pub word_age: Option<Age>,
    /// How long a page waited for a keeper's answer, from the word that asked for it.
    pub answer_age: Option<Age>,
}

impl Measured {
    /// Trips a second.
    pub fn trips_per_s(&self) -> f64 {
        self.trips as f64 / self.seconds
    }

    /// The share of legs on which nothing was carried; `None` if there was no leg.
    pub fn empty_share(&self) -> Option<f64> {
        let legs = self.legs_out + self.legs_home;
        (legs > 0).then(|| (self.empty_out + self.empty_home) as f64 / legs as f64)
    }

    /// The share of news that reached the page by the end; `None` if there was none.
    pub fn delivered_share(&self) -> Option<f64> {
        (self.news > 0).then(|| self.news_delivered as f64 / self.news as f64)
    }

    /// Tickets an hour.
    pub fn tickets_per_h(&self) -> f64 {
        self.tickets as f64 * 3_600.0 / self.seconds
    }

    /// Trips for a piece of news that arrived; `None` if none did.
    pub fn trips_per_news(&self) -> Option<f64> {
        (self.news_delivered > 0).then(|| self.trips as f64 / self.news_delivered as f64)
    }

    /// Bytes of bodies, both ways, for a piece of news that arrived; `None` if none did.
    pub fn bytes_per_news(&self) -> Option<f64> {
        (self.news_delivered > 0).then(|| (self.bytes_up + self.bytes_down) as f64 / self.news_delivered as f64)
    }
}

/// How ages are spread, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Age {
    /// How many.
    pub count: u64,
    /// On average; exact.
    pub mean_ms: f64,
    /// Half were not older, within 0.1 %.
    pub median_ms: f64,
    /// 95 % were not older, within 0.1 %.
    pub p95_ms: f64,
    /// None was older; exact.
    pub worst_ms: f64,
}

/// Collects ages.
#[derive(Debug, Clone)]
pub struct Ages {
    histogram: Histogram<u64>,
    sum_us: u128,
    worst_us: u64,
}

/// The highest age of the histogram, µs: a year. Older news counts as that old, except in the mean and the worst.
const OLDEST_US: u64 = 366 * 86_400 * 1_000_000;

impl Ages {
    /// No ages yet. This fails only if there is no memory for some 100 kB.
    pub fn new() -> Result<Self, hdrhistogram::CreationError> {
        Ok(Self { histogram: Histogram::new_with_bounds(1, OLDEST_US, 3)?, sum_us: 0, worst_us: 0 })
    }

    /// Adds an age, µs.
    pub fn add(&mut self, age_us: u64) {
        self.histogram.saturating_record(age_us);
        self.sum_us += u128::from(age_us);
        self.worst_us = self.worst_us.max(age_us);
    }

    /// The mean age if `waiting` more are `waiting_us` old together, ms; `None` of none.
    pub fn mean_with_ms(&self, waiting: u64, waiting_us: u128) -> Option<f64> {
        let count = self.histogram.len() + waiting;
        (count > 0).then(|| (self.sum_us + waiting_us) as f64 / count as f64 / 1e3)
    }

    /// What the ages come to; `None` of none.
    pub fn age(&self) -> Option<Age> {
        let count = self.histogram.len();
        let at = |quantile| self.histogram.value_at_quantile(quantile) as f64 / 1e3;
        (count > 0).then(|| Age {
            count,
            mean_ms: self.sum_us as f64 / count as f64 / 1e3,
            median_ms: at(0.5),
            p95_ms: at(0.95),
            worst_ms: self.worst_us as f64 / 1e3,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_summed_up() {
        let mut ages = Ages::new().expect("memory");
        assert_eq!(ages.age(), None);
        (1..=100).for_each(|ms| ages.add(ms * 1_000));
        let age = ages.age().expect("a hundred");
        assert_eq!((age.count, age.mean_ms, age.worst_ms), (100, 50.5, 100.0));
        assert_eq!(
            ages.mean_with_ms(100, 100_000_000),
            Some((5_050.0 + 100_000.0) / 200.0),
            "a hundred wait for a second"
        );
        assert!((age.median_ms - 50.0).abs() < 0.1 && (age.p95_ms - 95.0).abs() < 0.1, "{age:?}");
    }

    #[test]
    fn of_nothing_there_is_no_share() {
        let nothing = Measured { seconds: 3_600.0, ..Measured::default() };
        assert_eq!((nothing.empty_share(), nothing.delivered_share(), nothing.trips_per_s()), (None, None, 0.0));
        let some = Measured { legs_out: 6, legs_home: 4, empty_out: 1, empty_home: 4, tickets: 7, ..nothing };
        assert_eq!((some.empty_share(), some.tickets_per_h()), (Some(0.5), 7.0));
    }
}
