//! A wind rose: how often the wind came from where, and how fast it was.

use crate::wind::compass;

/// Sectors, clockwise from north; each is as wide as a point of the compass.
pub const SECTORS: usize = 16;
/// Classes of speed.
pub const CLASSES: usize = 4;
/// Where each class begins, m/s: Beaufort 1, 3, 5 and 7. Slower wind is calm and has no direction.
pub const BEGIN_MS: [f64; CLASSES] = [0.3, 3.4, 8.0, 13.9];

/// How often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindRose {
    /// For each sector how often the wind was of each class.
    pub sectors: [[u32; CLASSES]; SECTORS],
    /// How often it was calm.
    pub calm: u32,
}

impl WindRose {
    /// Counts winds: where each came from, degrees, and how fast it was, m/s. What is no number does not count.
    pub fn of(winds: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut rose = Self::default();
        for (degrees, speed_ms) in winds {
            if !degrees.is_finite() || !speed_ms.is_finite() {
                continue;
            }
            match BEGIN_MS.iter().rposition(|begin| speed_ms >= *begin) {
                None => rose.calm = rose.calm.saturating_add(1),
                Some(class) => {
                    let count = &mut rose.sectors[sector(degrees)][class];
                    *count = count.saturating_add(1);
                }
            }
        }
        rose
    }

    /// How many winds it is made of.
    pub fn total(&self) -> u32 {
        self.sectors.iter().flatten().fold(self.calm, |sum, count| sum.saturating_add(*count))
    }

    /// How often the wind came from a sector.
    pub fn from_sector(&self, sector: usize) -> u32 {
        self.sectors.get(sector).map_or(0, |classes| classes.iter().fold(0, |sum, count| sum.saturating_add(*count)))
    }

    /// The sector that the wind came from most often; the first of several. `None`: there was no wind.
    pub fn most(&self) -> Option<usize> {
        let counts = (0..SECTORS).map(|sector| (self.from_sector(sector), sector));
        let most = counts.reduce(|best, one| if one.0 > best.0 { one } else { best })?;
        (most.0 > 0).then_some(most.1)
    }
}

/// The sector of a direction.
fn sector(degrees: f64) -> usize {
    let width = 360.0 / SECTORS as f64;
    (degrees.rem_euclid(360.0) / width + 0.5).floor() as usize % SECTORS
}

/// The point of the compass in the middle of a sector.
pub fn point(sector: usize) -> &'static str {
    compass(sector as f64 * (360.0 / SECTORS as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn winds_are_counted_by_where_they_came_from_and_how_fast_they_were() {
        let winds = [(0.0, 1.0), (359.0, 3.4), (11.3, 20.0), (247.0, 4.0), (247.0, 4.1), (90.0, 0.1), (f64::NAN, 2.0)];
        let rose = WindRose::of(winds);
        assert_eq!(rose.sectors[0], [1, 1, 0, 0]);
        assert_eq!(rose.sectors[1], [0, 0, 0, 1]);
        assert_eq!(rose.sectors[11], [0, 2, 0, 0]);
        assert_eq!((rose.calm, rose.total(), rose.most().map(point)), (1, 6, Some("N")));
        assert_eq!(WindRose::of([]).most(), None);
        assert_eq!(WindRose::of([(-22.5, 1.0)]).most().map(point), Some("NNW"));
    }

    #[test]
    fn every_sector_is_that_of_its_point() {
        for tenths in -7_200..7_200 {
            let degrees = f64::from(tenths) / 10.0;
            assert_eq!(point(sector(degrees)), compass(degrees), "{degrees}");
        }
    }
}
