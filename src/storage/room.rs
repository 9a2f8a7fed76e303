//! How full the database is, and each station's share of it, for those who watch and for the owner's pages.

use std::fmt;

/// How full the database or a station's share of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Bytes of the file that hold something; of a station, about so many.
    pub used_bytes: u64,
    /// Bytes that reports, words and alerts may fill, see [`crate::storage::Options::max_database_mib`]; of a station, its share
    /// of them.
    pub limit_bytes: u64,
}

/// How near the limit is. The later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Fill {
    /// There is room.
    #[default]
    Roomy,
    /// `WARN_PERCENT` are used.
    Filling,
    /// `ALARM_PERCENT` are used.
    NearlyFull,
}

/// One transaction adds less than so much. A database that has more room left is not full by its limit: then the disk is.
pub(super) const TRANSACTION_MAX_BYTES: u64 = 4 << 20;
/// From here on the owner is warned: at a steady growth, a fifth of the time is left.
const WARN_PERCENT: u64 = 80;
/// From here on the owner is warned again.
const ALARM_PERCENT: u64 = 95;

impl Room {
    /// The used part of the limit, percent, rounded down.
    pub fn percent(&self) -> u64 {
        (self.used_bytes.saturating_mul(100)).checked_div(self.limit_bytes).unwrap_or(0)
    }

    /// How near the limit is.
    pub fn fill(&self) -> Fill {
        match self.percent() {
            ALARM_PERCENT.. => Fill::NearlyFull,
            WARN_PERCENT.. => Fill::Filling,
            _ => Fill::Roomy,
        }
    }

    /// A sentence for the owner, if the limit of the database is near.
    pub fn warning(&self) -> Option<String> {
        (self.fill() > Fill::Roomy).then(|| {
            format!(
                "The database holds {self}. When it is full, reports are refused. Raise max_database_mib in [storage] of the \
                configuration, or remove stations or sensors."
            )
        })
    }

    /// A sentence for the owner, if the station of this name has nearly filled its share.
    pub fn station_warning(&self, name: &str) -> Option<String> {
        (self.fill() > Fill::Roomy).then(|| {
            format!(
                "The station {name} holds about {self} of its share. When the share is full, the reports of this station are \
                refused. Raise station_share_percent or max_database_mib in [storage] of the configuration, or remove sensors \
                of the station."
            )
        })
    }
}

/// Limits below are told in KiB: of so few MiB nobody would see what they mean.
const SMALL_BYTES: u64 = 10 << 20;

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shift, unit) = if self.limit_bytes < SMALL_BYTES { (10, "KiB") } else { (20, "MiB") };
        write!(f, "{} of {} {unit} ({} %)", self.used_bytes >> shift, self.limit_bytes >> shift, self.percent())
    }
}

/// What was said last of how full something is. Each mark is told once on the way up.
#[derive(Debug, Default)]
pub(super) struct Told(Fill);

/// The part of the limit by which pruning lets the size swing: a fiftieth.
const SWING: u64 = 50;

impl Told {
    /// True if it is to be told now.
    pub(super) fn is_news(&mut self, room: Room) -> bool {
        let fill = room.fill();
        let is_news = fill > self.0;
        // A mark is crossed anew only after it has been left clearly.
        let swung = Room { used_bytes: room.used_bytes + room.limit_bytes / SWING, ..room };
        self.0 = if is_news { fill } else { self.0.min(swung.fill()) };
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_warned_at_80_and_at_95_percent() {
        let fill = |used_bytes| Room { used_bytes, limit_bytes: 1_000 }.fill();
        assert_eq!([0, 799, 800, 949, 950, 2_000].map(fill), {
            use Fill::*;
            [Roomy, Roomy, Filling, Filling, NearlyFull, NearlyFull]
        });
        assert_eq!(Room { used_bytes: 799, limit_bytes: 1_000 }.warning(), None);
        let warning = Room { used_bytes: 80 << 20, limit_bytes: 100 << 20 }.warning().expect("a warning");
        assert!(warning.contains("80 of 100 MiB") && warning.contains("max_database_mib"), "{warning}");
        assert_eq!(Room::default().fill(), Fill::Roomy, "not measured yet");
        let share = Room { used_bytes: 96 << 20, limit_bytes: 100 << 20 };
        let warning = share.station_warning("Town Hall").expect("a warning");
        assert!(warning.contains("Town Hall holds about 96 of 100 MiB") && warning.contains("station_share_percent"));
        assert_eq!(Room::default().station_warning("Town Hall"), None);
        assert_eq!(Room { used_bytes: 850 << 10, limit_bytes: 1 << 20 }.to_string(), "850 of 1024 KiB (83 %)");
    }

    #[test]
    fn each_mark_is_told_once_on_the_way_up() {
        let mut told = Told::default();
        let mut told_at = |used: &u64| told.is_news(Room { used_bytes: *used, limit_bytes: 100 });
        let sizes = [10, 79, 80, 81, 79, 80, 94, 95, 100, 94, 95, 92, 95, 77, 80, 10, 96];
        let news: Vec<u64> = sizes.iter().filter(|used| told_at(used)).copied().collect();
        assert_eq!(news, [80, 95, 95, 80, 96], "a mark is told anew if the size has clearly been below it");
    }
}
