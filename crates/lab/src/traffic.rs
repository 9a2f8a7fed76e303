//! Seeded chance, and the traffic made of it: the same numbers on every machine, for every fleet.

/// Microseconds of virtual time.
pub type Us = u64;

/// Seconds in microseconds.
pub(crate) fn us(seconds: f64) -> Us {
    (seconds * 1e6).round() as Us
}

/// A source of chance: SplitMix64 (Steele, Lea and Flood, 2014). Whole numbers and exact doubles only, so that the same
/// seed gives the same numbers everywhere.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A source for one purpose; the purposes of one seed have nothing to do with each other.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut first = Self(seed ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03));
        Self(first.bits())
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A waiting time of mean 1, exponential: von Neumann's method of 1951, which only compares. A logarithm may differ
    /// in its last bit from machine to machine.
    pub fn wait(&mut self) -> f64 {
        let mut whole = 0.0;
        loop {
            let first = self.unit();
            let (mut last, mut falls) = (first, 1u32);
            loop {
                let next = self.unit();
                if next >= last {
                    break;
                }
                last = next;
                falls += 1;
            }
            if falls % 2 == 1 {
                return whole + first;
            }
            whole += 1.0;
        }
    }
}

/// Below them, purposes are told apart by their number; above, by the page's.
const PURPOSE_BITS: u32 = 8;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A piece of news at the factory.
    News,
    /// Somebody says something at home.
    Word,
}

/// News and words at random times (Poisson), without end.
#[derive(Debug, Clone)]
pub struct Traffic {
    news: Arrivals,
    words: Arrivals,
}

/// Events at random times.
#[derive(Debug, Clone)]
struct Arrivals {
    dice: Dice,
    per_us: f64,
    /// A double holds microseconds exactly for 285 years.
    next: f64,
}

impl Arrivals {
    fn new(seed: u64, purpose: u64, per_s: f64) -> Self {
        let mut arrivals = Self { dice: Dice::new(seed, purpose), per_us: per_s / 1e6, next: 0.0 };
        arrivals.step();
        arrivals
    }

    fn step(&mut self) {
        self.next += self.dice.wait() / self.per_us;
    }
}

impl Traffic {
    /// The traffic of a seed. That of the news does not depend on that of the words.
    pub fn new(seed: u64, news_per_s: f64, words_per_s: f64) -> Self {
        Self::of_page(seed, 0, news_per_s, words_per_s)
    }

    /// The traffic of one of many pages: they all hear the same news, and each says words of its own.
    pub fn of_page(seed: u64, page: u64, news_per_s: f64, words_per_s: f64) -> Self {
        let words = 2 + (page << PURPOSE_BITS);
        Self { news: Arrivals::new(seed, 1, news_per_s), words: Arrivals::new(seed, words, words_per_s) }
    }

    /// When something happens next; far away if nothing ever does.
    pub fn next_at(&self) -> Us {
        self.news.next.min(self.words.next) as Us
    }
}

impl Iterator for Traffic {
    type Item = (Us, What);

    fn next(&mut self) -> Option<Self::Item> {
        let (arrivals, what) = if self.news.next <= self.words.next {
            (&mut self.news, What::News)
        } else {
            (&mut self.words, What::Word)
        };
        if arrivals.next.is_infinite() {
            return None;
        }
        let at = arrivals.next as Us;
        arrivals.step();
        Some((at, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_that_splitmix_publishes() {
        let mut dice = Dice(1_234_567);
        assert_eq!(
            [0; 3].map(|_| dice.bits()),
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn waits_are_exponential() {
        let mut dice = Dice::new(7, 7);
        let waits: Vec<f64> = (0..100_000).map(|_| dice.wait()).collect();
        let mean = waits.iter().sum::<f64>() / 1e5;
        let longer = |than: f64| waits.iter().filter(|wait| **wait > than).count() as f64 / 1e5;
        assert!((mean - 1.0).abs() < 0.015, "{mean}");
        for than in [0.1, 0.5, 1.0, 2.0, 4.0] {
            assert!((longer(than) - (-than).exp()).abs() < 0.007, "{than}: {}", longer(than));
        }
    }

    #[test]
    fn traffic_comes_in_order_and_the_words_do_not_change_the_news() {
        let news = |words: f64| {
            let all = Traffic::new(3, 0.5, words).take_while(|(at, _)| *at < 1_000_000_000);
            let all: Vec<_> = all.collect();
            assert!(all.is_sorted_by_key(|(at, _)| *at));
            all.into_iter().filter(|(_, what)| *what == What::News).collect::<Vec<_>>()
        };
        assert_eq!(news(0.0), news(2.0));
        assert!((400..600).contains(&news(0.0).len()), "500 on average");
        assert_eq!(Traffic::new(3, 0.0, 0.0).next(), None);
    }
}
