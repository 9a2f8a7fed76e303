//! The weather of a place that does not exist: a pure function of a seed and the time, so that posting an instant again
//! gives the same values and a restart goes on where it was.

use super::noise::Noise;
use super::{sky, sun};
use std::f64::consts::TAU;
use weather::derived;
use weather::quantity::Quantity::{self, *};
use weather::report::Values;
use weather::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use weather::units::round_half_up;
use weather::zone::Zone;
use weather::{day, station::ELEVATION_LIMITS_M};

/// Channels of the noise, apart from those of the sky.
mod channel {
    pub(super) const PRESSURE: u64 = 20;
    pub(super) const AIR: u64 = 21;
    pub(super) const DRYNESS: u64 = 22;
    pub(super) const WIND: u64 = 23;
    pub(super) const TURBULENCE: u64 = 24;
    pub(super) const GUST: u64 = 25;
    pub(super) const VANE: u64 = 26;
    pub(super) const WEATHERCOCK: u64 = 27;
    pub(super) const THERMALS: u64 = 28;
    pub(super) const SENSOR: u64 = 40;
}

/// Millimetres of rain that tip the gauge's bucket.
const TIP_MM: f64 = 0.2;
/// The gauge sums the rain in steps of this length: showers take longer, and a day is cheap to sum.
const GAUGE_STEP_MS: i64 = 5 * MINUTE_MS;
/// Air gets colder with height, °C per metre (standard atmosphere).
const LAPSE_C_PER_M: f64 = 0.0065;
/// The default latitude, degrees north: the middle of Europe.
pub const LATITUDE_DEFAULT: f64 = 50.0;

/// A pretend place with its weather.
#[derive(Debug, Clone)]
pub struct Climate {
    noise: Noise,
    zone: Zone,
    latitude: f64,
    elevation_m: f64,
}

/// A rain gauge: the rain since local midnight. It only saves work; [`Climate::at`] gives the same without one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauge {
    midnight: Option<Timestamp>,
    steps: i64,
    millimetres: f64,
}

/// The air at an instant, before a sensor measures it.
struct Air {
    days: f64,
    fronts: sky::Fronts,
    elevation_sine: f64,
    shade: f64,
    temperature: f64,
    rain_rate: f64,
}

impl Climate {
    /// The weather of `seed` at a place. The zone gives the longitude (its standard time) and the rain gauge its midnight.
    /// Latitude is kept within ±66° (days must have a day and a night), elevation within the limits of a station.
    pub fn new(seed: u64, zone: Zone, latitude: f64, elevation_m: f64) -> Self {
        let elevation_m = elevation_m.clamp(*ELEVATION_LIMITS_M.start(), *ELEVATION_LIMITS_M.end());
        Self { noise: Noise::new(seed), zone, latitude: latitude.clamp(-66.0, 66.0), elevation_m }
    }

    /// The sensors' values at an instant, rounded as sensors do. The same instant always gives the same values.
    pub fn at(&self, at: Timestamp) -> Values {
        self.read(at, &mut Gauge::default())
    }

    /// The same as [`Self::at`], cheaper when called with instants in order and one gauge.
    pub fn read(&self, at: Timestamp, gauge: &mut Gauge) -> Values {
        let mut values = Values::default();
        for (quantity, value) in self.sense(at, gauge) {
            // The station does not report values outside the gross limits, such as the pressure on the highest peaks.
            let _ = values.put(quantity, value);
        }
        values
    }

    fn sense(&self, at: Timestamp, gauge: &mut Gauge) -> [(Quantity, f64); 13] {
        let air = self.air(at);
        let noise = |of: Quantity| self.noise.point(channel::SENSOR + of.index() as u64, at.0);

        let temperature = round_half_up(air.temperature + 0.04 * noise(Temperature), 1);
        let humidity = round_half_up((self.humidity(&air) + 0.3 * noise(Humidity)).clamp(8.0, 99.0), 0);
        let dew_point = derived::dew_point(temperature, humidity).unwrap_or(temperature);
        let sea_level = self.pressure(&air) + 0.03 * noise(SeaLevelPressure);
        let station = sea_level / derived::sea_level_pressure(1.0, self.elevation_m, temperature, humidity);
        let (speed, gust) = self.wind(&air);
        let direction = round_half_up(self.direction(&air), 0).rem_euclid(360.0);
        let light = 1.0 - 0.75 * air.shade.powf(3.4); // Kasten and Czeplak, 1980
        let solar = sun::clear_sky(air.elevation_sine) * light;
        let uv = sun::clear_uv(air.elevation_sine) * (0.3 + 0.7 * light);
        let fallen = self.fallen(at, gauge);
        let battery = 2.95 + 0.004 * air.temperature + 0.1 * air.elevation_sine.max(0.0);
        [
            (Temperature, temperature),
            (Humidity, humidity),
            (DewPoint, round_half_up(dew_point, 1)),
            (StationPressure, round_half_up(station, 1)),
            (SeaLevelPressure, round_half_up(sea_level, 1)),
            (WindSpeed, round_half_up(speed, 1)),
            (WindGust, round_half_up(gust, 1)),
            (WindDirection, direction),
            (Precipitation, round_half_up((fallen / TIP_MM + 1e-9).floor() * TIP_MM, 1)),
            (PrecipitationRate, round_half_up(air.rain_rate, 1)),
            (SolarRadiation, round_half_up(solar, 0)),
            (UvIndex, round_half_up(uv, 1)),
            (BatteryVoltage, round_half_up(battery, 2)),
        ]
    }

    fn air(&self, at: Timestamp) -> Air {
        let days = at.0 as f64 / DAY_MS as f64;
        let fronts = sky::fronts(self.noise, days);
        let cover = sky::cover(self.noise, days, &fronts);
        let (season, hour) = (sun::season(at), sun::solar_hour(at, self.longitude(at)));
        let elevation_sine = sun::elevation_sine(season, hour, self.latitude);
        let noon_sine = sun::elevation_sine(season, 12.0, self.latitude).max(0.0);

        // The year lags a month behind the sun, the day three hours; clouds flatten the day.
        let height = self.elevation_m * LAPSE_C_PER_M;
        let year = -0.2 * self.latitude * (TAU * (season - 0.055)).cos();
        let swing = (1.5 + 5.5 * noon_sine) * (1.0 - 0.65 * cover);
        let phase = TAU * (hour - 15.0) / 24.0;
        let rain_rate = sky::rain_rate(self.noise, days, warmth(season, hour, self.latitude));
        let temperature = 28.0 - 0.37 * self.latitude.abs() - height
            + year
            + swing * (phase.cos() + 0.15 * (2.0 * phase).cos())
            + 4.0 * self.noise.rough(channel::AIR, days / 6.0)
            - 4.0 * fronts.swing
            + 0.5 * elevation_sine.max(0.0) * self.noise.rough(channel::THERMALS, days * 100.0)
            - 2.5 * (1.0 - (-rain_rate / 6.0).exp());
        let shade = sky::shade(self.noise, days, cover);
        Air { days, fronts, elevation_sine, shade, temperature: temperature.clamp(-70.0, 50.0), rain_rate }
    }

    /// The air mass sets the moisture; the relative humidity falls as the day warms up.
    fn humidity(&self, air: &Air) -> f64 {
        let dryness = 4.2 + 3.0 * self.noise.rough(channel::DRYNESS, air.days / 1.7) + 1.5 * air.fronts.swing;
        let day = 6.0 * air.elevation_sine.max(0.0) + 3.0 * air.elevation_sine.min(0.0);
        let wet = 1.0 - (-air.rain_rate / 3.0).exp();
        let spread = ((dryness + day) * (1.0 - 0.8 * wet)).max(0.15);
        let vapour = |t: f64| (17.62 * t / (243.12 + t)).exp();
        100.0 * vapour(air.temperature - spread) / vapour(air.temperature)
    }

    fn pressure(&self, air: &Air) -> f64 {
        let tide = 0.5 * (TAU * (2.0 * air.days.fract() - 1.7)).cos();
        let high = 1_019.0 + 13.0 * self.noise.rough(channel::PRESSURE, air.days / 8.0);
        (high - 19.0 * air.fronts.trough + tide).clamp(960.0, 1_045.0)
    }

    /// Speed and the gust of the last minutes, m/s; a gust is never below the speed.
    fn wind(&self, air: &Air) -> (f64, f64) {
        let seconds = air.days * DAY_MS as f64 / 1_000.0;
        let mean = 2.6
            + 2.6 * self.noise.rough(channel::WIND, air.days / 1.1)
            + 5.0 * air.fronts.near
            + 1.4 * air.elevation_sine.max(0.0);
        let turbulence = 1.0 + 0.22 * self.noise.rough(channel::TURBULENCE, seconds / 45.0);
        let gustiness =
            1.45 + 0.25 * self.noise.smooth(channel::GUST, seconds / 240.0) + 0.03 * air.rain_rate.min(15.0);
        let speed = (mean * turbulence - 0.3).max(0.0);
        (speed, (mean.max(0.0) * gustiness - 0.3).max(speed))
    }

    /// The direction that the wind comes from, degrees. It turns slowly, veers when a front passes, and always trembles.
    fn direction(&self, air: &Air) -> f64 {
        let minutes = air.days * DAY_MS as f64 / MINUTE_MS as f64;
        245.0
            + 110.0 * self.noise.smooth(channel::VANE, air.days / 2.5)
            + 40.0 * air.fronts.swing
            + 12.0 * self.noise.rough(channel::WEATHERCOCK, minutes)
    }

    /// Millimetres since local midnight: the rate summed over whole steps, and over what has passed of the last.
    fn fallen(&self, at: Timestamp, gauge: &mut Gauge) -> f64 {
        let (midnight, _) = day::bounds(&self.zone, day::date_at(&self.zone, at));
        let since_ms = at.since(midnight).max(0);
        let steps = since_ms / GAUGE_STEP_MS;
        if gauge.midnight != Some(midnight) || gauge.steps > steps {
            *gauge = Gauge { midnight: Some(midnight), ..Gauge::default() };
        }
        let fell = |step: i64, ms: i64| self.rate(midnight.plus(step * GAUGE_STEP_MS)) * ms as f64 / HOUR_MS as f64;
        while gauge.steps < steps {
            gauge.millimetres += fell(gauge.steps, GAUGE_STEP_MS);
            gauge.steps += 1;
        }
        gauge.millimetres + fell(steps, since_ms - steps * GAUGE_STEP_MS)
    }

    fn rate(&self, at: Timestamp) -> f64 {
        let warmth = warmth(sun::season(at), sun::solar_hour(at, self.longitude(at)), self.latitude);
        sky::rain_rate(self.noise, at.0 as f64 / DAY_MS as f64, warmth)
    }

    /// Degrees east that go with the zone's standard time.
    fn longitude(&self, at: Timestamp) -> f64 {
        self.zone.standard_hours(at) * 15.0
    }
}

/// The strength of showers by the warmth of the ground, 0..1: most on a summer afternoon.
fn warmth(season: f64, hour: f64, latitude: f64) -> f64 {
    let noon = sun::elevation_sine(season, 12.0, latitude);
    let afternoon = (-((hour - 16.0) / 3.0).powi(2)).exp();
    ((noon - 0.5).max(0.0) * 2.0 * afternoon).min(1.0)
}

#[cfg(test)]
mod tests;
