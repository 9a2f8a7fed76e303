//! Which quantities share a picture.

use weather::quantity::Quantity;
use weather::quantity::Quantity::{
    AltimeterSetting, DewPoint, Humidity, Precipitation, SeaLevelPressure, StationPressure, Temperature, WindGust,
    WindSpeed,
};

/// The quantities of one picture; they have one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Which, the picture's own first.
    pub quantities: Vec<Quantity>,
}

/// How a quantity is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Its means as a line, in the band from lowest to highest.
    Mean,
    /// Its highest values as a line.
    Peak,
    /// Its amounts as bars.
    Bars,
}

/// What of several quantities a picture shows.
#[derive(Clone, Copy)]
enum Take {
    All,
    /// The first that the station has: the others say the same.
    First,
}

/// The first pictures: name, heading, quantities. All others stand alone.
const TOGETHER: [(&str, &str, &[Quantity], Take); 5] = [
    ("temperature", "Temperature", &[Temperature, DewPoint], Take::All),
    ("wind", "Wind", &[WindSpeed, WindGust], Take::All),
    ("pressure", "Pressure", &[SeaLevelPressure, AltimeterSetting, StationPressure], Take::First),
    ("rain", "Rain", &[Precipitation], Take::All),
    ("humidity", "Humidity", &[Humidity], Take::All),
];

/// The shape of a quantity.
pub(crate) fn shape(quantity: Quantity) -> Shape {
    match quantity {
        Precipitation => Shape::Bars,
        _ if quantity.keeper().peaks => Shape::Peak,
        _ => Shape::Mean,
    }
}

/// True for what a line can show: no direction, and no state.
fn is_drawn(quantity: Quantity) -> bool {
    !quantity.is_circular() && quantity.states().is_none()
}

/// The pictures of a sensor, by what it has.
pub fn groups(has: impl Fn(Quantity) -> bool) -> Vec<Group> {
    let mut groups = Vec::new();
    for (name, title, all, take) in TOGETHER {
        let at_most = match take {
            Take::All => all.len(),
            Take::First => 1,
        };
        let quantities: Vec<Quantity> = all.iter().copied().filter(|one| has(*one)).take(at_most).collect();
        if !quantities.is_empty() {
            groups.push(Group { name, title, quantities });
        }
    }
    let alone = Quantity::shown().filter(|one| {
        let is_together = TOGETHER.iter().any(|(_, _, all, _)| all.contains(one));
        !is_together && is_drawn(*one) && has(*one)
    });
    groups.extend(alone.map(|one| Group { name: one.name(), title: one.title(), quantities: vec![one] }));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_shares_a_picture_and_all_else_stands_alone() {
        let all = groups(|_| true);
        let names: Vec<&str> = all.iter().map(|group| group.name).collect();
        assert_eq!(&names[..5], ["temperature", "wind", "pressure", "rain", "humidity"]);
        assert!(names.contains(&"solar_radiation") && names.contains(&"co2"));
        assert!(!names.contains(&"wind_direction") && !names.contains(&"battery_low") && !names.contains(&"leak"));
        assert_eq!(all[2].quantities, [SeaLevelPressure], "the others say the same");
        for group in &all {
            assert!(group.quantities.iter().all(|one| one.unit() == group.quantities[0].unit()), "{}", group.name);
        }
        let barometer = groups(|one| one == StationPressure);
        assert_eq!((barometer.len(), barometer[0].name), (1, "pressure"));
    }
}
