//! Stations that are far from all others: they would press the others into one dot, so they stand at the edge of the sketch.

use super::{CELL, Grid, Place};
use weather::preference::Preference;
use weather::wind;

/// Farther than so many times the farthest of the others is far: the others would share a sixth of the sketch.
const TIMES: f64 = 6.0;
/// Others that stand closer together than this count as so far apart, km: cells have a least width, so nothing is pressed.
const TOGETHER_KM: f64 = 5.0;
/// The mean radius of the earth, km (IUGG 1980).
const EARTH_KM: f64 = 6_371.008_8;

/// Which places are far from the others, in their order. Never half of them or more: those would be the others.
pub(super) fn far(places: &[Place]) -> Vec<bool> {
    let Some(grid) = Grid::of(places) else { return vec![false; places.len()] };
    let middle = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (east, south) = (middle(&mut grid.km.iter().map(|km| km.0)), middle(&mut grid.km.iter().map(|km| km.1)));
    let away: Vec<f64> = grid.km.iter().map(|km| (km.0 - east).hypot(km.1 - south)).collect();
    let mut sorted = away.clone();
    sorted.sort_by(f64::total_cmp);
    let jump = |at: &usize| sorted[*at] > TIMES * sorted[at - 1].max(TOGETHER_KM);
    let first = (places.len() / 2 + 1..places.len()).find(jump).map_or(f64::INFINITY, |at| sorted[at]);
    away.iter().map(|away| *away >= first).collect()
}

/// An arrow at the edge.
pub(super) struct Arrow {
    /// Where it stands, in units of the picture.
    pub at: (f64, f64),
    /// Where it points to, degrees from north. One of sixteen directions: it tells no coordinates.
    pub degrees: f64,
    /// `, 9100 km to the S`
    pub words: String,
}

impl Arrow {
    /// The arrow to a place that is not on the grid.
    pub(super) fn to(place: Place, grid: &Grid, preference: Preference) -> Self {
        /// Degrees between two of the sixteen directions.
        const STEP: f64 = 22.5;
        let (east, south) = grid.project(place);
        let (right, down) = (east - grid.wide_km / 2.0, south - grid.high_km / 2.0);
        let degrees = (right.atan2(-down).to_degrees() / STEP).round() * STEP;
        let (x, y) = (degrees.to_radians().sin(), -degrees.to_radians().cos());
        let (half_wide, half_high) = (grid.width / 2.0 - CELL, (grid.height - super::FOOT) / 2.0 - CELL);
        let reach = (half_wide / x.abs()).min(half_high / y.abs());
        let km = distance_km(grid.middle(), place);
        let words = format!(
            ", {} to the {}",
            super::distance(coarse(km), preference),
            wind::compass(degrees.rem_euclid(360.0))
        );
        let middle = (grid.width / 2.0, (grid.height - super::FOOT) / 2.0);
        Self { at: (middle.0 + x * reach, middle.1 + y * reach), degrees, words }
    }
}

/// To two figures.
fn coarse(km: f64) -> f64 {
    let step = 10_f64.powf(km.max(10.0).log10().floor() - 1.0);
    (km / step).round() * step
}

/// Along the great circle (haversine).
fn distance_km(from: Place, to: Place) -> f64 {
    let [east, north] = [to.0 - from.0, to.1 - from.1].map(f64::to_radians);
    let [a, b] = [from.1, to.1].map(|latitude| latitude.to_radians().cos());
    let half = (north / 2.0).sin().powi(2) + a * b * (east / 2.0).sin().powi(2);
    2.0 * EARTH_KM * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VILLAGE: [Place; 3] = [(13.40, 52.50), (13.45, 52.52), (13.38, 52.55)];

    #[test]
    fn one_that_is_far_does_not_press_the_others_together() {
        let with = |more: &[Place]| far(&[&VILLAGE[..], more].concat());
        assert_eq!(with(&[(18.4, -33.9)]), [false, false, false, true]);
        assert_eq!(with(&[(18.4, -33.9), (-74.0, 40.7)]), [false, false, false, true, true]);
        assert_eq!(with(&[(13.6, 52.6)]), [false; 4], "15 km are not far");
        assert_eq!(with(&[(18.4, -33.9), (18.5, -33.9), (18.6, -33.9)]), [false; 6], "two villages are two villages");
        assert_eq!(far(&[VILLAGE[0], (18.4, -33.9)]), [false; 2], "of two none is far");
        assert_eq!(
            far(&[(179.9, -17.0), (-179.9, -17.1), (179.8, -17.0), (13.4, 52.5)])[..3],
            [false; 3],
            "over the date line"
        );
    }

    #[test]
    fn an_arrow_stands_at_the_edge_and_says_how_far_it_is_and_where() {
        let grid = Grid::of(&VILLAGE).expect("a grid");
        for place in [(18.4, -33.9), (13.4, 89.0), (-74.0, 40.7), (100.0, 52.5)] {
            let Arrow { at: (x, y), .. } = Arrow::to(place, &grid, Preference::default());
            let is_in = (0.0..=grid.width).contains(&x) && (0.0..=grid.height).contains(&y);
            assert!(is_in, "{place:?} at {x} {y} of {} {}", grid.width, grid.height);
        }
        let arrow = Arrow::to((18.4, -33.9), &grid, Preference::default());
        assert_eq!((arrow.degrees, arrow.words.as_str()), (180.0, ", 9600 km to the S"));
    }
}
