use super::*;
use std::collections::BTreeSet;

/// True if no two quantities have the same.
fn distinct<T: Ord>(of: impl Fn(Quantity) -> T) -> bool {
    Quantity::all().map(of).collect::<BTreeSet<_>>().len() == Quantity::COUNT
}

#[test]
fn every_quantity_is_found_by_its_place_its_number_and_its_name() {
    for (index, quantity) in Quantity::all().enumerate() {
        assert_eq!(quantity.index(), index, "{}", quantity.name());
        assert_eq!(Quantity::from_index(index), Some(quantity));
        assert_eq!(Quantity::from_number(quantity.number().into()), Some(quantity));
        assert_eq!(Quantity::from_name(quantity.name()), Some(quantity));
        assert_eq!(quantity.unit().canonical(), quantity.unit());
    }
    assert_eq!((Quantity::from_index(Quantity::COUNT), Quantity::from_number(-1)), (None, None));
    assert!(distinct(Quantity::number) && distinct(Quantity::name) && distinct(Quantity::title));
}

/// Databases hold these numbers. A row may be added; a line here is never changed.
#[test]
fn the_numbers_in_databases_stay_as_they_are() {
    for (number, name) in [
        (0, "temperature"),
        (1, "humidity"),
        (2, "dew_point"),
        (3, "station_pressure"),
        (4, "altimeter_setting"),
        (5, "sea_level_pressure"),
        (6, "wind_speed"),
        (7, "wind_gust"),
        (8, "wind_direction"),
        (9, "precipitation"),
        (10, "precipitation_rate"),
        (11, "solar_radiation"),
        (12, "uv_index"),
        (13, "soil_temperature"),
        (14, "soil_moisture"),
        (15, "pm2_5"),
        (16, "pm10"),
        (17, "co2"),
        (18, "battery_voltage"),
        (19, "precipitation_1h"),
        (20, "precipitation_total"),
        (21, "precipitation_counted"),
        (22, "lightning_count"),
        (23, "lightning_distance"),
        (24, "battery_level"),
        (25, "leaf_wetness"),
        (26, "battery_low"),
        (27, "leak"),
        (28, "soil_conductivity"),
    ] {
        assert_eq!(Quantity::from_number(number).map(Quantity::name), Some(name));
    }
}

#[test]
fn pages_show_each_quantity_once_in_the_order_that_the_table_says() {
    let shown: Vec<Quantity> = Quantity::shown().collect();
    assert!(shown.windows(2).all(|pair| pair[0].row().order < pair[1].row().order), "{shown:?}");
    let all: BTreeSet<_> = Quantity::all().filter(|quantity| quantity.is_shown()).collect();
    assert_eq!(shown.iter().copied().collect::<BTreeSet<_>>(), all);
    assert_eq!(Quantity::from_field("precipitation_counted"), None, "nobody sends it");
}

#[test]
fn a_name_is_a_column_that_needs_no_quotes() {
    for quantity in Quantity::all() {
        let name = quantity.name();
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
        assert!(name.starts_with(|first: char| first.is_ascii_lowercase()), "{name}");
    }
}

#[test]
fn what_the_keeper_may_hear_is_in_lower_case_and_of_one_quantity_at_one_rank() {
    let mut ranks = BTreeSet::new();
    let mut units = Vec::new();
    for quantity in Quantity::all() {
        let speech = quantity.keeper();
        assert!(!speech.called.is_empty(), "{}", quantity.name());
        for name in speech.names {
            assert!(ranks.insert(name.rank), "two names have the rank {}", name.rank);
            let lists = match name.words {
                Words::Any(words) | Words::Phrase(words) => vec![words],
                Words::Each(lists, none) => [lists, &[none]].concat(),
                Words::Numbered(word, _) => vec![word],
            };
            for words in lists {
                assert_eq!(words, words.to_lowercase());
                assert!(words.is_empty() || words.split(' ').all(|word| !word.is_empty()), "{words:?}");
            }
        }
        if speech.of_unit {
            assert!(!units.contains(&quantity.unit()), "{:?} alone means two quantities", quantity.unit());
            units.push(quantity.unit());
        }
    }
}

#[test]
fn a_field_of_an_upload_means_one_quantity() {
    let mut fields = BTreeSet::new();
    for (quantity, field) in Quantity::all().flat_map(|q| q.uploads().iter().map(move |field| (q, field))) {
        assert!(fields.insert(field.name), "{} stands twice", field.name);
        assert_eq!(field.name, field.name.to_lowercase());
        assert_eq!(field.unit.canonical(), quantity.unit(), "{}", field.name);
        assert_eq!(field.name.contains('#'), field.sensor.contains('#'), "{}", field.name);
    }
}

#[test]
fn a_suffix_names_a_unit_of_the_right_dimension() {
    assert_eq!(Quantity::from_field("temperature_f"), Some((Quantity::Temperature, Unit::Fahrenheit)));
    assert_eq!(Quantity::from_field("station_pressure_inhg"), Some((Quantity::StationPressure, Unit::InchOfMercury)));
    assert_eq!(Quantity::from_field("sea_level_pressure_pa"), Some((Quantity::SeaLevelPressure, Unit::Pascal)));
    assert_eq!(Quantity::from_field("precipitation_in"), Some((Quantity::Precipitation, Unit::Inch)));
    assert_eq!(Quantity::from_field("precipitation_rate_in"), Some((Quantity::PrecipitationRate, Unit::InchPerHour)));
    assert_eq!(Quantity::from_field("wind_gust_kn"), Some((Quantity::WindGust, Unit::Knot)));
    assert_eq!(Quantity::from_field("temperature_mph"), None);
    assert_eq!(Quantity::from_field("humidity_f"), None);
    assert_eq!(Quantity::from_field("_f"), None);
    assert_eq!(Quantity::from_field(""), None);
}
