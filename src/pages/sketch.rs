//! Where stations stand to each other: dots on a plain sketch, coloured by temperature.
//!
//! Coordinates are their owners' business. The sketch tells only how far stations are from each other, and that roughly:
//! each place is moved to the nearest corner of a grid whose cells are [`CELL_MIN_KM`] wide at least.

mod far;

use self::far::Arrow;
use super::facts::Facts;
use super::warmth;
use std::collections::BTreeMap;
use weather::preference::Preference;
use weather::quantity::Quantity;
use weather::time::Timestamp;
use weather::units::format_half_up;

/// A cell is never narrower, km: a dot tells the village, and not the house.
const CELL_MIN_KM: f64 = 0.5;
/// Cells from side to side and from top to bottom at most. They bound the dots: stations of the same corner share one.
const CELLS_WIDE: f64 = 40.0;
const CELLS_HIGH: f64 = 18.0;
/// The largest picture without its margin, in units of its own: a cell is as wide as a dot with its ring.
const WIDTH: f64 = CELLS_WIDE * CELL;
const HEIGHT: f64 = CELLS_HIGH * CELL;
const CELL: f64 = 13.0;
/// The smallest picture: the scale has room in it.
const WIDTH_MIN: f64 = 240.0;
/// Around the outermost dots.
const MARGIN: f64 = 14.0;
/// Below the lowest dots: the scale stands there.
const FOOT: f64 = 26.0;
/// A degree of latitude, km: the mean radius of the earth is 6,371.0088 km (IUGG 1980).
const DEGREE_KM: f64 = 6_371.008_8 * std::f64::consts::PI / 180.0;
/// 1 mile, km, exact.
const MILE_KM: f64 = 1.609_344;

/// A place on the ground: degrees east and north.
type Place = (f64, f64);

/// The sketch, ready to print.
#[derive(Debug, PartialEq)]
pub(crate) struct Sketch {
    /// How many stations are on it.
    pub stations: usize,
    pub width: String,
    pub height: String,
    pub dots: Vec<Dot>,
    pub scale: Scale,
    /// How far a dot may be from its place, `0.5 km`.
    pub cell: String,
    /// True if a dot stands for several stations.
    pub shares: bool,
    /// How many stations are far from all others: arrows at the edge point to them.
    pub far: usize,
    /// The colours: step and temperature.
    pub legend: Vec<(usize, String)>,
    pub unit: &'static str,
}

/// A station, or several where their dots would touch.
#[derive(Debug, PartialEq)]
pub(crate) struct Dot {
    pub slug: String,
    /// `Hill, 12.3 °C`.
    pub label: String,
    /// ` and 4 more`; empty for a station alone. Of one that is far also where it is.
    pub more: String,
    /// Where its arrow points to, degrees; empty: it is a dot.
    pub points_to: String,
    pub state: &'static str,
    pub warmth: Option<usize>,
    pub x: String,
    pub y: String,
}

/// A bar of a round length.
#[derive(Debug, PartialEq)]
pub(crate) struct Scale {
    pub text: String,
    pub x: String,
    pub end: String,
    pub y: String,
}

impl Sketch {
    /// The sketch of those stations whose coordinates are known; `None` if there would not be two dots.
    pub(crate) fn of<'a>(
        facts: impl Iterator<Item = &'a Facts>,
        now: Timestamp,
        preference: Preference,
    ) -> Option<Self> {
        let placed: Vec<(&Facts, (f64, f64))> = facts
            .filter_map(|facts| {
                let place = facts.station.coordinates?;
                Some((facts, (place.longitude(), place.latitude())))
            })
            .collect();
        let places: Vec<Place> = placed.iter().map(|(_, place)| *place).collect();
        let stations = placed.len();
        let is_far = far::far(&places);
        let (far, placed): (Vec<_>, Vec<_>) = placed.into_iter().zip(is_far).partition(|(_, is_far)| *is_far);
        let placed: Vec<(&Facts, Place)> = placed.into_iter().map(|(one, _)| one).collect();
        let grid = Grid::of(&placed.iter().map(|(_, place)| *place).collect::<Vec<_>>())?;
        let mut arrows: BTreeMap<(i64, i64), (&Facts, Arrow, usize)> = BTreeMap::new();
        for ((facts, place), _) in &far {
            let arrow = Arrow::to(*place, &grid, preference);
            let corner = ((arrow.at.1 / CELL).round() as i64, (arrow.at.0 / CELL).round() as i64);
            arrows.entry(corner).or_insert((facts, arrow, 0)).2 += 1;
        }
        // The first of a corner is the first of the list: it is heard, if one of them is.
        let mut corners: BTreeMap<(i64, i64), (&Facts, usize)> = BTreeMap::new();
        for ((facts, _), km) in placed.iter().zip(&grid.km) {
            corners.entry(grid.corner(*km)).or_insert((facts, 0)).1 += 1;
        }
        if corners.len() + arrows.len() < 2 {
            return None;
        }
        let dot = |facts: &Facts, count: usize, (x, y): (f64, f64)| Dot {
            slug: facts.station.slug.to_string(),
            label: format!("{}, {}", facts.station.name, text(facts, now, preference)),
            more: if count > 1 { format!(" and {} more", count - 1) } else { String::new() },
            points_to: String::new(),
            state: facts.state(now).name(),
            warmth: temperature(facts, now).map(warmth::step),
            x: format_half_up(x, 1),
            y: format_half_up(y, 1),
        };
        let dots = corners.iter().map(|(corner, (facts, count))| dot(facts, *count, grid.at(*corner)));
        let arrows = arrows.values().map(|(facts, arrow, count)| {
            let dot = dot(facts, *count, arrow.at);
            Dot { more: arrow.words.clone() + &dot.more, points_to: format_half_up(arrow.degrees, 1), ..dot }
        });
        Some(Self {
            stations,
            far: far.len(),
            width: format_half_up(grid.width, 0),
            height: format_half_up(grid.height, 0),
            shares: corners.len() < placed.len(),
            dots: dots.chain(arrows).collect(),
            scale: scale(&grid, preference),
            cell: distance(grid.cell_km, preference),
            legend: warmth::STEPS_C
                .iter()
                .enumerate()
                .map(|(step, c)| (step, preference.number(Quantity::Temperature, *c).trim_end_matches(".0").to_owned()))
                .collect(),
            unit: preference.unit(Quantity::Temperature).symbol(),
        })
    }
}

/// The temperature that a dot shows: none of a silent station. `static/js/view/roster.js` decides alike.
fn temperature(facts: &Facts, now: Timestamp) -> Option<f64> {
    let latest = facts.main_beside(Quantity::Temperature, facts.observed_at(), now)?;
    facts.state(now).is_heard().then_some(latest.value)
}

fn text(facts: &Facts, now: Timestamp, preference: Preference) -> String {
    match temperature(facts, now) {
        Some(value) => preference.text(Quantity::Temperature, value),
        None if facts.state(now).is_heard() => "no temperature".to_owned(),
        None => facts.state(now).word().to_lowercase(),
    }
}

/// Places on the ground and on the picture.
struct Grid {
    /// East and south of the north-western corner, km, in the order of the places.
    km: Vec<(f64, f64)>,
    cell_km: f64,
    per_km: f64,
    /// Degrees of the western and the northern edge, and how much narrower a degree of longitude is than one of latitude.
    west: f64,
    north: f64,
    shrink: f64,
    wide_km: f64,
    high_km: f64,
    /// The corner that stands at the left and the top of the picture, in its units.
    left: f64,
    width: f64,
    height: f64,
}

impl Grid {
    /// An equirectangular projection that is true at the middle latitude; `None` if there are no two places.
    fn of(places: &[(f64, f64)]) -> Option<Self> {
        if places.len() < 2 {
            return None;
        }
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)))
        };
        let (west, east) = range(&mut places.iter().map(|place| place.0));
        // Where the date line is nearer than the way around the earth, the east goes on behind it.
        let east_of =
            |longitude: f64| if east - west > 180.0 && longitude < 0.0 { longitude + 360.0 } else { longitude };
        let (west, east) = range(&mut places.iter().map(|place| east_of(place.0)));
        let (south, north) = range(&mut places.iter().map(|place| place.1));
        let shrink = ((south + north) / 2.0).to_radians().cos();
        let km = |(longitude, latitude): &(f64, f64)| {
            ((east_of(*longitude) - west) * shrink * DEGREE_KM, (north - latitude) * DEGREE_KM)
        };
        let (wide, high) = ((east - west) * shrink * DEGREE_KM, (north - south) * DEGREE_KM);
        let cell_km = CELL_MIN_KM.max(wide / CELLS_WIDE).max(high / CELLS_HIGH);
        let cells = |km: f64| (km / cell_km).round();
        let (columns, rows) = (cells(wide).max(1.0), cells(high));
        let per_cell = (WIDTH / columns).min(HEIGHT / rows.max(1.0));
        let width = (columns * per_cell).max(WIDTH_MIN);
        Some(Self {
            km: places.iter().map(km).collect(),
            cell_km,
            per_km: per_cell / cell_km,
            west,
            north,
            shrink,
            wide_km: wide,
            high_km: high,
            left: MARGIN + (width - cells(wide) * per_cell) / 2.0,
            width: width + 2.0 * MARGIN,
            height: rows * per_cell + 2.0 * MARGIN + FOOT,
        })
    }

    /// Any place, km east and south of the north-western corner, on the side of the earth that is nearer.
    fn project(&self, (longitude, latitude): Place) -> (f64, f64) {
        let east = (longitude - self.middle().0 + 540.0).rem_euclid(360.0) - 180.0;
        (self.wide_km / 2.0 + east * self.shrink * DEGREE_KM, (self.north - latitude) * DEGREE_KM)
    }

    fn middle(&self) -> Place {
        let half_east = if self.shrink > 0.0 { self.wide_km / 2.0 / self.shrink / DEGREE_KM } else { 0.0 };
        (self.west + half_east, self.north - self.high_km / 2.0 / DEGREE_KM)
    }

    fn corner(&self, (east, south): (f64, f64)) -> (i64, i64) {
        // South first: dots are walked through from the top, line by line. A cell's number is at most 40.
        ((south / self.cell_km).round() as i64, (east / self.cell_km).round() as i64)
    }

    fn at(&self, (south, east): (i64, i64)) -> (f64, f64) {
        let per_cell = self.per_km * self.cell_km;
        (self.left + east as f64 * per_cell, MARGIN + south as f64 * per_cell)
    }
}

/// A third of the picture's width at most, of 1, 2 or 5 times a power of ten.
fn scale(grid: &Grid, preference: Preference) -> Scale {
    let (unit_km, unit) = if preference.has_miles() { (MILE_KM, "mi") } else { (1.0, "km") };
    let longest = (grid.width / 3.0) / grid.per_km / unit_km;
    let power = 10_f64.powf(longest.log10().floor());
    let length = [5.0, 2.0].into_iter().map(|times| times * power).find(|length| *length <= longest).unwrap_or(power);
    let y = grid.height - 8.0;
    Scale {
        text: format!("{} {unit}", preference.written(length.to_string())),
        x: format_half_up(MARGIN, 1),
        end: format_half_up(MARGIN + length * unit_km * grid.per_km, 1),
        y: format_half_up(y, 1),
    }
}

fn distance(km: f64, preference: Preference) -> String {
    let (value, unit) = if preference.has_miles() { (km / MILE_KM, "mi") } else { (km, "km") };
    format!("{} {unit}", preference.written(format_half_up(value, if value < 10.0 { 1 } else { 0 })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_on_the_picture_are_those_on_the_ground() {
        // Berlin, Hamburg: 255 km; Munich: 504 km from Berlin. Away from the middle latitude a sketch is a few hundredths off.
        let grid = Grid::of(&[(13.405, 52.52), (9.993, 53.551), (11.576, 48.137)]).expect("three places");
        let far = |a: usize, b: usize| (grid.km[a].0 - grid.km[b].0).hypot(grid.km[a].1 - grid.km[b].1);
        assert!((far(0, 1) - 255.0).abs() < 12.0 && (far(0, 2) - 504.0).abs() < 12.0, "{} {}", far(0, 1), far(0, 2));
        assert!(grid.width <= WIDTH + 2.0 * MARGIN && grid.height <= HEIGHT + 2.0 * MARGIN + FOOT);
    }

    #[test]
    fn the_date_line_is_no_end_of_the_world() {
        let grid = Grid::of(&[(179.5, -17.0), (-179.5, -17.0)]).expect("two places");
        assert!((grid.km[1].0 - grid.km[0].0 - 106.3).abs() < 1.0, "{:?}", grid.km);
    }

    #[test]
    fn neighbours_share_a_corner_and_a_world_of_stations_has_few_of_them() {
        let near = Grid::of(&[(10.0, 50.0), (10.002, 50.001), (10.02, 50.0)]).expect("places");
        assert_eq!(near.corner(near.km[0]), near.corner(near.km[1]), "150 m apart");
        assert_ne!(near.corner(near.km[0]), near.corner(near.km[2]), "1.4 km apart");
        let world: Vec<_> = (0..2_000).map(|i| (f64::from(i) * 0.17 - 170.0, f64::from(i * 37 % 160) - 80.0)).collect();
        let grid = Grid::of(&world).expect("places");
        let corners: std::collections::BTreeSet<_> = grid.km.iter().map(|km| grid.corner(*km)).collect();
        assert!(corners.len() <= 41 * 19, "{}", corners.len());
        assert!(Grid::of(&[(1.0, 1.0)]).is_none());
        let pole = Grid::of(&[(0.0, 90.0), (120.0, 90.0)]).expect("places");
        assert_eq!(pole.corner(pole.km[0]), pole.corner(pole.km[1]), "one pole");
    }
}
