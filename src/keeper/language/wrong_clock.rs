//! What the keeper says of a station whose clock is off.

use weather::clock::{self, Off};
use weather::station::Station;

/// Behind an answer about now.
pub fn beside_now(clock: Off) -> String {
    let why = if clock.is_replaced() {
        "so I use the time at which its reports arrive"
    } else {
        "so its readings carry the wrong time"
    };
    format!("My station's clock is {}, {why}.", clock::off(clock.by_ms))
}

/// Beside alerts that do not ring, and how its owner changes that; `cannot`: what they do not do. `None` if they ring all the same.
pub fn beside_alerts(clock: Option<Off>, station: &Station, cannot: &str) -> Option<String> {
    let clock = clock.filter(Off::makes_old)?;
    let right = clock::correction(clock.right_ms(station.clock_offset_ms)?);
    let (off, slug) = (clock::off(clock.by_ms), &station.slug);
    Some(format!(
        "My station's clock is {off}, so each report looks old and I cannot {cannot} until the clock is put right. Its owner does \
         that at /admin/stations/{slug}, or with: stevenson station set {slug} --clock-offset {right}"
    ))
}
