//! How full the database is, for those who watch and for the owner's pages.

/// How full the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Bytes of the file that hold something.
    pub used_bytes: u64,
    /// Bytes that reports, words and alerts may fill, see [`crate::storage::Options::max_database_mib`].
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

    /// A sentence for the owner, if the limit is near.
    pub fn warning(&self) -> Option<String> {
        let mib = |bytes: u64| bytes >> 20;
        (self.fill() > Fill::Roomy).then(|| {
            format!(
                "The database holds {} of {} MiB ({} %). When it is full, reports are refused. Raise max_database_mib \
                in [storage] of the configuration, or remove stations or sensors.",
                mib(self.used_bytes),
                mib(self.limit_bytes),
                self.percent()
            )
        })
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
    }
}
