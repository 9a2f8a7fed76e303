//! The dock's knobs.

use serde::{Deserialize, Serialize};

/// Knobs of the dock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Most trucks parked at once, over all bays; who comes later is sent away with 503.
    pub parked_max_trucks: usize,
    /// Most news kept at hand for trucks that come back; older news is read from the journal.
    pub ring_max_entries: usize,
    /// The same, in bytes.
    pub ring_max_bytes: usize,
    /// Most news in one load; the rest follows with the next truck.
    pub load_max_items: usize,
    /// How long a truck parks that does not say, milliseconds.
    pub park_default_ms: u64,
    /// The shortest time a truck may park, milliseconds.
    pub park_min_ms: u64,
    /// The longest time a truck may park, milliseconds.
    pub park_max_ms: u64,
    /// When the server stops, its pages come back spread over this time, milliseconds.
    pub closing_spread_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            // At some 35 kB a truck this is 350 MB: what a small machine can spare.
            parked_max_trucks: 10_000,
            // Half an hour of two pieces of news a second: a page that was out of reach for a while needs no reload.
            ring_max_entries: 4_096,
            ring_max_bytes: 4 << 20,
            // 250 kB of reports: more is quicker to fetch as a page.
            load_max_items: 1_000,
            park_default_ms: 25_000,
            // Shorter is polling, and has a fleet of its own.
            park_min_ms: 5_000,
            // Debian's HAProxy cuts at 50 s, nginx at 60 s.
            park_max_ms: 45_000,
            closing_spread_ms: 3_000,
        }
    }
}

/// How much shorter a park may get by chance, so that pages do not come back in step.
const SPREAD: f64 = 0.1;

impl Options {
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

    /// When a page should come back to a server that stops, milliseconds from now. `chance` is random in `0.0..1.0`.
    pub fn retry_ms(&self, chance: f64) -> u64 {
        (self.closing_spread_ms as f64 * chance) as u64
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
