//! Which of a station's rooms speaks for it.

use crate::station::SensorName;

/// The room that most stations have: their console's.
const INDOOR: &str = "indoor";
/// Words of names of rooms in which people are all day.
const LIVED_IN: [&str; 9] = ["living", "livingroom", "lounge", "sitting", "family", "house", "home", "inside", "room"];
/// Words of names of places that are warm, cold or wet for a reason of their own: they say little of a house.
const ASIDE: [&str; 24] = [
    "bath",
    "bathroom",
    "shower",
    "toilet",
    "wc",
    "laundry",
    "sauna",
    "pool",
    "aquarium",
    "fridge",
    "freezer",
    "attic",
    "loft",
    "cellar",
    "basement",
    "garage",
    "shed",
    "barn",
    "greenhouse",
    "boiler",
    "heating",
    "outside",
    "outdoor",
    "water",
];

/// The lower, the sooner a sensor speaks for its station: the main one, the console's, the room that people live in, any other,
/// and last those that are warm or cold for a reason of their own. Among equals the name decides, so that the choice stays.
pub fn rank(sensor: &SensorName) -> (u8, &SensorName) {
    let name = sensor.as_str();
    let has = |words: &[&str]| {
        let letters = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        name.split(['-', '_']).any(|word| words.contains(&letters(word).as_str()))
    };
    let class = match name {
        _ if sensor.is_main() => 0,
        INDOOR => 1,
        _ if has(&ASIDE) => 4,
        _ if has(&LIVED_IN) => 2,
        _ => 3,
    };
    (class, sensor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_that_people_live_in_speaks_for_a_house_and_a_bathroom_last() {
        let first = |names: &[&str]| {
            let sensors: Vec<_> = names.iter().map(|name| SensorName::new(name).expect("a name")).collect();
            sensors.iter().min_by_key(|sensor| rank(sensor)).map(|sensor| sensor.as_str().to_owned()).expect("one")
        };
        assert_eq!(first(&["bathroom", "bedroom", "kitchen", "living_room"]), "living_room");
        assert_eq!(first(&["bathroom", "bedroom", "kitchen"]), "bedroom");
        assert_eq!(first(&["attic", "indoor", "living-room"]), "indoor");
        assert_eq!(first(&["attic", "cellar2"]), "attic");
        assert_eq!(first(&["boiler_room", "temp1", "temp2"]), "temp1");
        assert_eq!(first(&["indoor", ""]), "");
    }
}
