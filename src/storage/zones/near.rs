//! Which time zone may be meant by a name that is none. Pure.

use strsim::osa_distance;

/// So many names are suggested at most.
const NAMES_MAX: usize = 3;
/// Longer names are no misspelling of any, characters: the longest zone has 32.
const NAME_MAX_CHARS: usize = 48;
/// One mistake is believed in so many characters; shorter names, such as `MEZ`, are too like many others.
const CHARS_PER_MISTAKE: usize = 4;

/// The names that are nearest to what was written: the zones of that city, else those that are spelled nearly so.
pub(super) fn names(given: &str, known: &[String]) -> Vec<String> {
    let given = plain(given);
    let length = given.chars().count();
    if given.is_empty() || length > NAME_MAX_CHARS {
        return Vec::new();
    }
    let cities: Vec<_> = known.iter().filter(|name| city(&plain(name)) == given).cloned().collect();
    if !cities.is_empty() {
        return best(cities);
    }
    // Who writes no slash means a city.
    let is_whole = given.contains('/');
    let far = |name: &String| {
        let name = plain(name);
        osa_distance(&given, if is_whole { &name } else { city(&name) })
    };
    let near = known.iter().map(|name| (far(name), name)).filter(|(far, _)| *far <= length / CHARS_PER_MISTAKE);
    let mut near: Vec<_> = near.collect();
    near.sort();
    let nearest = near.first().map_or(0, |(far, _)| *far);
    best(near.into_iter().take_while(|(far, _)| *far == nearest).map(|(_, name)| name.clone()).collect())
}

/// Zones are named after their continent; other names of the same are older.
fn best(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_key(|name| !name.contains('/'));
    names.truncate(NAMES_MAX);
    names
}

/// As names are compared: `New York` is `new_york`.
fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

fn city(plain: &str) -> &str {
    plain.rsplit_once('/').map_or(plain, |(_, city)| city)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::zones::Zones;

    fn near(given: &str) -> Vec<String> {
        names(given, &Zones::open_in([]).names())
    }

    #[test]
    fn a_city_and_a_misspelling_lead_to_their_zone() {
        for (given, expected) in [
            ("Berlin", "Europe/Berlin"),
            ("New York", "America/New_York"),
            ("new-york", "America/New_York"),
            ("Berln", "Europe/Berlin"),
            ("Europe/Berln", "Europe/Berlin"),
            ("Europa/Berlin", "Europe/Berlin"),
            ("europe/zurick", "Europe/Zurich"),
            ("Kathmandu", "Asia/Kathmandu"),
            ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ] {
            assert!(near(given).iter().any(|name| name == expected), "{given}: {:?}", near(given));
            assert!(near(given).len() <= NAMES_MAX);
        }
    }

    #[test]
    fn what_is_like_nothing_suggests_nothing() {
        for given in ["", "MEZ", "MESZ+1", "Middle-earth/Shire", "xx", &"Berlin".repeat(20)] {
            assert_eq!(near(given), Vec::<String>::new(), "{given}");
        }
    }

    #[test]
    fn the_error_asks_for_what_may_be_meant() {
        let said = |name| Zones::open_in([]).named(name).expect_err("no zone").to_string();
        assert_eq!(said("Berlin"), "there is no time zone \"Berlin\"; did you mean Europe/Berlin?");
        assert!(
            said("MEZ").starts_with("there is no time zone \"MEZ\": use a name of the IANA database"),
            "{}",
            said("MEZ")
        );
        let long = "x".repeat(300);
        assert!(said(&long).contains(&long), "it is quoted whole");
    }
}
