//! When the sun rises and sets at a station, for a page that goes on by itself. `static/js/view/sun.js` reads it.

use super::clock;
use serde::Serialize;
use weather::day;
use weather::daylight::Daylight;
use weather::station::Station;
use weather::time::{MINUTE_MS, Timestamp};

/// So many local days are known, from yesterday on, which pictures show: a page whose server is away for a week still knows when
/// it is dark.
const DAYS: usize = 9;

/// The sun from the beginning of a local day on. Instants are whole minutes: finer ones would tell where the station stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Sunlight {
    /// Whether it is up when the first day begins.
    up: bool,
    /// When that changes, in order, and whether it rises.
    changes: Vec<(Timestamp, bool)>,
}

impl Sunlight {
    /// From yesterday on; none if nobody knows where the station stands.
    pub(crate) fn of(station: &Station, now: Timestamp) -> Option<Self> {
        let place = station.coordinates?;
        let today = day::date_at(&station.zone, now);
        let days: Vec<_> = today
            .pred_opt()?
            .iter_days()
            .take(DAYS)
            .filter_map(|date| Daylight::of(place, &station.zone, date))
            .collect();
        let minute = |at: Timestamp| Timestamp((at.0 + MINUTE_MS / 2).div_euclid(MINUTE_MS) * MINUTE_MS);
        let of_day = |sun: &Daylight| [sun.rise.map(|at| (minute(at), true)), sun.set.map(|at| (minute(at), false))];
        let mut changes: Vec<_> = days.iter().flat_map(of_day).flatten().collect();
        changes.sort_unstable();
        // Before the first change it was the other way round.
        let up = changes.first().map_or(days.first()?.up_ms > 0, |(_, rises)| !rises);
        Some(Self { up, changes })
    }

    /// Whether it is up.
    pub(crate) fn is_up(&self, now: Timestamp) -> bool {
        self.changes.iter().rfind(|(at, _)| *at <= now).map_or(self.up, |(_, rises)| *rises)
    }

    /// `light` while the sun is up, `dark` while it is not.
    pub(crate) fn theme(&self, now: Timestamp) -> &'static str {
        if self.is_up(now) { "light" } else { "dark" }
    }

    /// The sunrises (true) and sunsets after `from` and before `to`.
    pub(crate) fn within(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = (Timestamp, bool)> {
        self.changes.iter().copied().filter(move |(at, _)| from < *at && *at < to)
    }

    /// Today's sunrise and sunset on the station's clock, empty where there is none, and what is to be said in their place.
    pub(crate) fn today(&self, station: &Station, now: Timestamp) -> [String; 3] {
        let today = day::date_at(&station.zone, now);
        let mut of_today = self.changes.iter().filter(|(at, _)| day::date_at(&station.zone, *at) == today);
        let rise = of_today.clone().find(|(_, rises)| *rises);
        let set = of_today.rfind(|(_, rises)| !rises);
        let text =
            |at: Option<&(Timestamp, bool)>| at.map_or(String::new(), |(at, _)| clock::hour_minute(&station.zone, *at));
        let note = match (rise, set) {
            (None, None) if self.theme(now) == "light" => "The sun does not set today.",
            (None, None) => "The sun does not rise today.",
            _ => "",
        };
        [text(rise), text(set), note.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weather::station::{Slug, StationId};
    use weather::sun::Coordinates;
    use weather::time::{DAY_MS, HOUR_MS};
    use weather::zone::Zone;

    /// 2027-01-15 08:00 UTC.
    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn station(place: Option<(f64, f64)>, zone: &str) -> Station {
        Station {
            id: StationId(1),
            slug: Slug::new("hill").expect("a slug"),
            name: "Hill".to_owned(),
            zone: Zone::inside(zone).expect("a zone"),
            elevation_m: None,
            clock_offset_ms: 0,
            coordinates: place.map(|(north, east)| Coordinates::new(north, east).expect("a place")),
            upload_units: Default::default(),
            interval_ms: None,
        }
    }

    #[test]
    fn it_is_dark_from_sunset_to_sunrise_to_the_minute() {
        let berlin = station(Some((52.52, 13.40)), "Europe/Berlin");
        let sun = Sunlight::of(&berlin, NOW).expect("a place");
        assert_eq!(sun.today(&berlin, NOW), ["08:10".to_owned(), "16:22".to_owned(), String::new()]);
        assert_eq!(sun.changes.len(), 18);
        assert!(sun.changes.iter().all(|(at, _)| at.0 % MINUTE_MS == 0), "no finer than a minute");
        let set = sun.changes[3].0;
        assert_eq!(
            [sun.theme(set.plus(-1)), sun.theme(set), sun.theme(set.plus(12 * HOUR_MS))],
            ["light", "dark", "dark"]
        );
        assert_eq!(sun.theme(set.plus(18 * HOUR_MS)), "light", "the next day is known, too");
        assert_eq!(sun.theme(NOW.plus(-6 * HOUR_MS)), "dark", "before sunrise");
        assert_eq!(Sunlight::of(&station(None, "UTC"), NOW), None);
    }

    #[test]
    fn where_it_neither_rises_nor_sets_that_is_said() {
        let hut = station(Some((78.22, 15.65)), "Arctic/Longyearbyen");
        let winter = Sunlight::of(&hut, NOW).expect("a place");
        assert_eq!((winter.theme(NOW), winter.today(&hut, NOW)[2].as_str()), ("dark", "The sun does not rise today."));
        let june = NOW.plus(160 * DAY_MS);
        let summer = Sunlight::of(&hut, june).expect("a place");
        assert_eq!(
            (summer.theme(june), summer.today(&hut, june)[2].as_str()),
            ("light", "The sun does not set today.")
        );
    }
}
