//! Value noise: numbers that look random, are smooth in time, and depend on nothing but the seed and the time.

/// A source of noise. The same seed gives the same numbers on every machine and after every restart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// A number in −1..1 for a lattice point, independent of its neighbours.
    pub(super) fn point(self, channel: u64, index: i64) -> f64 {
        /// The 53 bits that a double holds exactly, as a number below 2.
        const UNIT: f64 = 2.0 / (1u64 << 53) as f64;
        let bits = mix(mix(self.0 ^ channel) ^ index as u64);
        (bits >> 11) as f64 * UNIT - 1.0
    }

    /// A smooth curve within −1..1 that passes through [`Self::point`] at whole `x`; flat there, steepest (15/8 of the
    /// difference) half-way between.
    pub(super) fn smooth(self, channel: u64, x: f64) -> f64 {
        let index = x.floor() as i64;
        let f = x - x.floor();
        let ease = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
        let (from, to) = (self.point(channel, index), self.point(channel, index + 1));
        from + (to - from) * ease
    }

    /// A rougher curve within −1..1: [`Self::smooth`] with half as much of a finer one on top.
    pub(super) fn rough(self, channel: u64, x: f64) -> f64 {
        /// Not a whole number, so that the two curves are never flat at the same time.
        const FINER: f64 = 2.7;
        (self.smooth(channel, x) + 0.5 * self.smooth(!channel, x * FINER)) / 1.5
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every input bit moves every output bit.
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_is_the_one_that_splitmix_publishes() {
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn the_curve_is_bounded_smooth_and_centred() {
        let noise = Noise::new(7);
        let mut sum = 0.0;
        let mut before = noise.rough(3, -50.0);
        for step in 1..=100_000 {
            let now = noise.rough(3, -50.0 + f64::from(step) * 0.01);
            assert!(now.abs() <= 1.0 && (now - before).abs() < 0.06, "step {step}: {before} to {now}");
            sum += now;
            before = now;
        }
        assert!((sum / 100_000.0f64).abs() < 0.1, "mean {}", sum / 100_000.0);
    }

    #[test]
    fn another_seed_and_another_channel_are_other_weather() {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(!near(Noise::new(1).smooth(1, 0.5), Noise::new(2).smooth(1, 0.5)));
        assert!(!near(Noise::new(1).smooth(1, 0.5), Noise::new(1).smooth(2, 0.5)));
    }
}
