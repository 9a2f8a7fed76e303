//! Chance that repeats itself.

/// Numbers that look random and depend on the seed alone (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From 0 up to `below`.
    pub fn below(&mut self, below: u64) -> u64 {
        (self.unit() * below as f64) as u64
    }

    pub fn happens(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    /// A number that makes whole milliseconds of all that home multiplies it with: the twin counts in those.
    pub fn exact(&mut self) -> f64 {
        loop {
            let unit = self.below(500) as f64 / 500.0;
            if [500.0, 3_000.0, 30_000.0].into_iter().all(|ms| (unit * ms).fract() == 0.0) {
                return unit;
            }
        }
    }
}
