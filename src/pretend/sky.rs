//! The sky over the pretend station: fronts that pass every few days, the clouds and showers they bring.

use super::noise::Noise;

/// One front passes in each stretch of this many days.
const FRONT_EVERY_DAYS: f64 = 4.0;
/// Fronts further away in time than this many stretches are not felt.
const FRONTS_AROUND: i64 = 2;
/// The time that the change at a front takes, days: half an hour.
const PASSAGE_DAYS: f64 = 0.5 / 24.0;
/// Heaviest shower, mm/h.
const RATE_MAX: f64 = 40.0;
/// Days in a minute.
const MINUTE_DAYS: f64 = 1.0 / 1440.0;

/// Channels of the noise: one for each thing that varies on its own.
mod channel {
    pub(super) const FRONT_TIME: u64 = 1;
    pub(super) const FRONT_STRENGTH: u64 = 2;
    pub(super) const CLOUD: u64 = 3;
    pub(super) const CUMULUS: u64 = 4;
    pub(super) const SHOWER: u64 = 5;
    pub(super) const BAND: u64 = 6;
}

/// The sum of the fronts around an instant.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Fronts {
    /// −1 just before a front (warm side) to 1 just after it (cold side), fading over a day.
    pub(super) swing: f64,
    /// The depth of the trough, 0..1 and rarely a little more: pressure is lowest when the front passes.
    pub(super) trough: f64,
    /// 1 while a front passes, fading over hours: wind and cloud.
    pub(super) near: f64,
    /// The band of rain at the front, 0..1.
    pub(super) band: f64,
    /// The showers in the cold air behind it, 0..1.
    pub(super) behind: f64,
}

/// The fronts around an instant, given in days since the epoch.
pub(super) fn fronts(noise: Noise, days: f64) -> Fronts {
    let stretch = (days / FRONT_EVERY_DAYS).floor() as i64;
    let mut sum = Fronts::default();
    for index in stretch - FRONTS_AROUND..=stretch + FRONTS_AROUND {
        let place = 0.5 + 0.3 * noise.point(channel::FRONT_TIME, index);
        let strength = 0.65 + 0.35 * noise.point(channel::FRONT_STRENGTH, index);
        let since = days - (index as f64 + place) * FRONT_EVERY_DAYS;
        let fade = |width: f64| strength * (-(since / width).powi(2)).exp();
        sum.swing += strength * (since / PASSAGE_DAYS).tanh() * (-since.abs()).exp();
        // Pressure falls slowly ahead of a front and rises fast behind it.
        sum.trough += fade(if since < 0.0 { 1.1 } else { 0.45 });
        sum.near += fade(0.35);
        sum.band += fade(if since < 0.0 { 0.14 } else { 0.05 });
        sum.behind += if since > 0.0 { fade(0.8) * (1.0 - (-since / 0.08).exp()) } else { 0.0 };
    }
    sum
}

/// The share of the sky that is covered, 0..1, without the small clouds.
pub(super) fn cover(noise: Noise, days: f64, fronts: &Fronts) -> f64 {
    (0.42 + 0.6 * noise.rough(channel::CLOUD, days / 0.9) + 0.7 * fronts.near + 0.2 * fronts.behind).clamp(0.0, 1.0)
}

/// The share of the sun that small clouds hide at the moment, 0..1, under a sky covered by `cover`.
pub(super) fn shade(noise: Noise, days: f64, cover: f64) -> f64 {
    let small = 0.35 * noise.rough(channel::CUMULUS, days / (14.0 * MINUTE_DAYS));
    // Neither a clear sky nor an overcast one has gaps.
    (cover + small * 4.0 * cover * (1.0 - cover)).clamp(0.0, 1.0)
}

/// The rain rate, mm/h. Continuous, 0 most of the time. `warmth` 0..1 is for the showers of a summer afternoon.
pub(super) fn rain_rate(noise: Noise, days: f64, warmth: f64) -> f64 {
    let fronts = fronts(noise, days);
    let cover = cover(noise, days, &fronts);
    let band = (fronts.band - 0.15).max(0.0) * (4.5 + 3.5 * noise.rough(channel::BAND, days / (40.0 * MINUTE_DAYS)));
    let likely = 0.32 * fronts.behind + 0.22 * warmth * cover;
    let cell = noise.rough(channel::SHOWER, days / (35.0 * MINUTE_DAYS));
    let showers = (cell - 0.72 + likely).max(0.0) * 60.0 * cover * (fronts.behind + warmth).min(1.0);
    (band + showers).min(RATE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_front_passes_every_few_days() {
        let noise = Noise::new(1);
        let swing = |step: i32| fronts(noise, 20_000.0 + f64::from(step) / 24.0).swing;
        let passages = (1..24 * 365).filter(|&hour| swing(hour - 1) < -0.1 && swing(hour) > 0.1).count();
        assert!((60..=120).contains(&passages), "{passages} in a year");
    }

    #[test]
    fn it_is_dry_most_of_the_time_and_wet_often_enough() {
        for seed in 0..5 {
            let noise = Noise::new(seed);
            let rates = || (0..365 * 144).map(|step| rain_rate(noise, 20_000.0 + f64::from(step) / 144.0, 0.2));
            let (wet, sum) = (rates().filter(|&rate| rate > 0.0).count(), rates().sum::<f64>() / 6.0);
            assert!((0.02..0.2).contains(&(wet as f64 / (365.0 * 144.0))), "seed {seed}: wet {wet} of 52560");
            assert!((250.0..1800.0).contains(&sum), "seed {seed}: {sum} mm in a year");
        }
    }

    #[test]
    fn the_sky_never_jumps() {
        let noise = Noise::new(3);
        let step = 5.0 / 86_400.0;
        for index in 0..200_000 {
            let (a, b) = (20_000.0 + f64::from(index) * step, 20_000.0 + f64::from(index + 1) * step);
            let (before, after) = (fronts(noise, a), fronts(noise, b));
            assert!((before.swing - after.swing).abs() < 0.004, "{before:?} to {after:?}");
            assert!((rain_rate(noise, a, 0.5) - rain_rate(noise, b, 0.5)).abs() < 1.0);
        }
    }
}
