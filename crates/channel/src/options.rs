//! The dock's knobs.

use serde::{Deserialize, Serialize};

/// Knobs of the dock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Most trucks parked at once, over all bays; later trucks turn round, and their pages poll. At some 10 kB a truck the
    /// default takes 100 MB, which a small machine can spare.
    pub parked_max_trucks: usize,
    /// Most trucks parked at once for one visitor, over all pages and browsers with the visitor's cookie. The default
    /// is enough for 32 pages without a shared home, or for eight of the greediest fleet.
    pub visitor_max_trucks: usize,
    /// Most trucks parked at once that come from one address (IPv6: from one /64); this machine has no such limit. A
    /// school or an office may share one address, and ten of them still find a place.
    pub address_max_trucks: usize,
    /// A truck that a limit kept from parking should come again after this time: the pace of the polling fleet.
    pub limit_retry_ms: u64,
    /// Most news in memory for trucks that come back; older news is read from the journal. The default is two hours of
    /// two pieces of news a second.
    pub ring_max_entries: usize,
    /// Most bytes of news in memory, so that large news cannot take more.
    pub ring_max_bytes: usize,
    /// Most news in one load; the rest follows with the next truck. So many reports are 250 kB; a page that missed more is
    /// fetched anew faster.
    pub load_max_items: usize,
    /// Most bytes of news in one load, or one piece of news that is larger; the rest follows with the next truck. The
    /// default is what `load_max_items` reports of ten values take, so large news cannot make a load larger than small
    /// news can, and a page on a slow road gets it within seconds.
    pub load_max_bytes: usize,
    /// The time that a truck parks if it names none.
    pub park_default_ms: u64,
    /// The shortest time that a truck may park. A shorter one would be polling, which is a fleet of its own.
    pub park_min_ms: u64,
    /// The longest time that a truck may park. Debian's HAProxy cuts a waiting request at 50 s, nginx at 60 s.
    pub park_max_ms: u64,
    /// When the server stops, its pages come back spread over this time at most. The default is the time in which 2,000
    /// pages a second come back from a full dock.
    pub closing_spread_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parked_max_trucks: 10_000,
            visitor_max_trucks: 32,
            address_max_trucks: 1_000,
            limit_retry_ms: 5_000,
            ring_max_entries: 16_384,
            ring_max_bytes: 8 << 20,
            load_max_items: 1_000,
            load_max_bytes: 256_000,
            park_default_ms: 25_000,
            park_min_ms: 5_000,
            park_max_ms: 45_000,
            closing_spread_ms: 5_000,
        }
    }
}

/// Pages that may come back to a new server in a second: a tenth of what one core answers, for they also fetch what
/// they missed.
const RETURN_PER_S: u64 = 2_000;
/// The shortest spread, milliseconds: what a page that is alone waits at most, and about what a restart takes.
const SPREAD_MIN_MS: u64 = 200;
/// How much shorter a park may get by chance, so that pages do not come back in step.
const SPREAD: f64 = 0.1;

impl Options {
    /// Says what does not fit together, and begins with its key.
    ///
    /// # Errors
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        match self.park_max_ms < self.park_min_ms {
            true => Err(format!("dock.park_max_ms: must not be below park_min_ms, which is {}", self.park_min_ms)),
            false => Ok(()),
        }
    }

    /// How long a truck may park that asked for `asked` milliseconds; 0 = not at all. `chance` is random in `0.0..1.0`.
    pub fn park_ms(&self, asked: Option<u64>, chance: f64) -> u64 {
        let ms = match asked {
            Some(0) => return 0,
            Some(ms) => ms,
            None => self.park_default_ms,
        };
        let ms = ms.max(self.park_min_ms).min(self.park_max_ms);
        (ms as f64 * (1.0 - SPREAD * chance)).round() as u64
    }

    /// When a page should come back to a server that stops, milliseconds from now: the more trucks were `parked`, the
    /// wider they are spread. `chance` is random in `0.0..1.0`.
    pub fn retry_ms(&self, parked: usize, chance: f64) -> u64 {
        let enough_ms = (parked as u64).saturating_mul(1_000) / RETURN_PER_S;
        let spread_ms = enough_ms.max(SPREAD_MIN_MS).min(self.closing_spread_ms);
        (spread_ms as f64 * chance) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_park_is_clamped_and_then_shortened_by_chance() {
        let park = |asked, chance| Options::default().park_ms(asked, chance);
        assert_eq!(park(Some(0), 0.5), 0, "0 turns round");
        assert_eq!(park(None, 0.0), 25_000);
        assert_eq!(park(Some(1), 0.0), 5_000);
        assert_eq!(park(Some(u64::MAX), 0.0), 45_000);
        assert_eq!(park(Some(10_000), 0.5), 9_500);
        assert!(park(Some(10_000), 0.999_999) >= 9_000);
    }

    #[test]
    fn pages_come_back_spread_by_how_many_there_are() {
        let spread_ms = |parked| Options::default().retry_ms(parked, 0.999_999) + 1;
        assert_eq!([0, 1, 400].map(spread_ms), [200; 3], "a lone page is back at once");
        assert_eq!([1_000, 5_000, 10_000].map(spread_ms), [500, 2_500, 5_000], "2,000 a second");
        assert_eq!(spread_ms(usize::MAX), 5_000, "nobody waits longer");
        assert_eq!(Options::default().retry_ms(10_000, 0.0), 0);
        let Options { parked_max_trucks, closing_spread_ms, .. } = Options::default();
        assert!(parked_max_trucks as u64 * 1_000 <= closing_spread_ms * RETURN_PER_S, "a full dock is spread as well");
    }

    #[test]
    fn a_page_is_back_within_half_of_the_spread_on_average() {
        let chances = (0..1_000).map(|chance| f64::from(chance) / 1_000.0);
        let mean = chances.map(|chance| Options::default().retry_ms(5_000, chance)).sum::<u64>() / 1_000;
        assert!((1_240..=1_260).contains(&mean), "{mean}");
    }

    #[test]
    fn the_longest_park_is_not_shorter_than_the_shortest() {
        assert_eq!(Options::default().check(), Ok(()));
        let odd = Options { park_max_ms: 4_000, ..Options::default() };
        assert!(odd.check().is_err_and(|why| why.starts_with("dock.park_max_ms: must not be below park_min_ms")));
    }

    #[test]
    fn odd_limits_do_not_fail() {
        let odd = Options { park_min_ms: 9_000, park_max_ms: 100, ..Options::default() };
        assert_eq!(odd.park_ms(None, 0.0), 100, "the longest time wins");
    }

    #[test]
    fn an_unknown_knob_is_refused() {
        assert!(serde_json::from_str::<Options>(r#"{"park_max_ms": 30000}"#).is_ok());
        assert!(serde_json::from_str::<Options>(r#"{"park_max": 30000}"#).is_err());
    }
}
