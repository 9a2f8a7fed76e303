//! The choice of a device's main sensors.

use super::reading::sensor_of;
use weather::quantity::Quantity;
use weather::station::SensorName;

/// Chooses which sensors of a device are the station's main one: of each kind the first. The choice has to stay the same when a
/// sensor fails and is left out; else two of them would be mixed.
#[derive(Default)]
pub(super) struct Mains {
    taken: Vec<Quantity>,
}

impl Mains {
    /// The sensor for the values of a block, of which some may be missing now. It is the main one, unless a block before it has
    /// a quantity of its own, unless it is the second of a number (`DS18B20-2`), and unless the station has a sensor of the
    /// block's name already.
    pub(super) fn sensor(&mut self, block: &str, quantities: &[Quantity], known: &[SensorName]) -> SensorName {
        let name = sensor_of(&[block]);
        let number = block.rsplit(['-', '_']).next().filter(|number| *number != block);
        let is_later = number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > 1);
        let is_taken = quantities.iter().any(|quantity| self.taken.contains(quantity));
        if is_later || is_taken || known.contains(&name) {
            return name;
        }
        self.taken.extend(quantities);
        SensorName::main()
    }
}
