//! Which time zone may be meant by a name that is none. Pure.

use strsim::osa_distance;

/// So many names are suggested at most.
const NAMES_MAX: usize = 3;
/// Longer names are no misspelling of any, characters: the longest zone has 32.
const NAME_MAX_CHARS: usize = 48;
/// The longest name of clocks before a sign: `MESZ+1`.
const ABBREVIATION_MAX_CHARS: usize = 4;
/// One mistake is believed in so many characters; shorter names, such as `MEZ`, are too like many others.
const CHARS_PER_MISTAKE: usize = 4;

/// What clocks of a zone are called in summer or in another language, and a place that has them. Names that are zones themselves, such as
/// `CET`, are not here, nor those that mean clocks of several continents.
const ABBREVIATIONS: [(&str, &str); 25] = [
    ("mez", "Europe/Berlin"),
    ("mesz", "Europe/Berlin"),
    ("cest", "Europe/Berlin"),
    ("oez", "Europe/Helsinki"),
    ("oesz", "Europe/Helsinki"),
    ("eest", "Europe/Helsinki"),
    ("west", "Europe/Lisbon"),
    ("bst", "Europe/London"),
    ("msk", "Europe/Moscow"),
    ("edt", "America/New_York"),
    ("cdt", "America/Chicago"),
    ("mdt", "America/Denver"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
    ("nst", "America/St_Johns"),
    ("brt", "America/Sao_Paulo"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("awst", "Australia/Perth"),
    ("aest", "Australia/Sydney"),
    ("aedt", "Australia/Sydney"),
    ("nzst", "Pacific/Auckland"),
    ("nzdt", "Pacific/Auckland"),
];

/// Whether a name is written as a distance from UTC: `GMT+1`, `UTC-05:00`, `+01:00`. The zones `Etc/GMT+1` are not meant: their sign is
/// the other way round.
pub(super) fn is_offset(given: &str) -> bool {
    let given = given.trim();
    let given = given.rsplit_once('/').map_or(given, |(_, name)| name);
    let signed = given.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_short = given.len() - signed.len() <= ABBREVIATION_MAX_CHARS;
    let signed = signed.trim_start();
    let time = signed.trim_start_matches(['+', '-', '−']);
    let is_time = !time.is_empty() && time.chars().all(|c| c.is_ascii_digit() || c == ':');
    is_short && is_time && time.len() < signed.len()
}

/// The names that are nearest to what was written: the zones of that city, else those that are spelled nearly so.
pub(super) fn names(given: &str, known: &[String]) -> Vec<String> {
    if is_offset(given) {
        return Vec::new();
    }
    let given = plain(given);
    let length = given.chars().count();
    if given.is_empty() || length > NAME_MAX_CHARS {
        return Vec::new();
    }
    if let Some((_, place)) = ABBREVIATIONS.iter().find(|(name, _)| *name == given) {
        return vec![(*place).to_owned()];
    }
    // Their sign is the other way round: nobody means them who does not write them whole.
    let known = known.iter().filter(|name| !name.starts_with("Etc/"));
    let cities: Vec<_> = known.clone().filter(|name| city(&plain(name)) == given).cloned().collect();
    if !cities.is_empty() {
        return best(cities);
    }
    // Who writes no slash means a city.
    let is_whole = given.contains('/');
    let far = |name: &String| {
        let name = plain(name);
        // A city that is another one is not meant, however well the continent fits.
        let of_city = osa_distance(city(&given), city(&name));
        let far = if is_whole { osa_distance(&given, &name) } else { of_city };
        (of_city <= city(&given).chars().count() / CHARS_PER_MISTAKE).then_some(far)
    };
    let near = known.filter_map(|name| Some((far(name)?, name))).filter(|(far, _)| *far <= length / CHARS_PER_MISTAKE);
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
            ("MEZ", "Europe/Berlin"),
            ("cest", "Europe/Berlin"),
        ] {
            assert!(near(given).iter().any(|name| name == expected), "{given}: {:?}", near(given));
            assert!(near(given).len() <= NAMES_MAX);
        }
    }

    #[test]
    fn abbreviations_are_no_zones_and_their_places_are() {
        let zones = Zones::open_in([]);
        for (name, place) in ABBREVIATIONS {
            assert!(zones.named(name).is_err() && zones.named(place).is_ok(), "{name} {place}");
        }
    }

    #[test]
    fn what_is_like_nothing_suggests_nothing() {
        for given in [
            "",
            "MESZ+1",
            "GMT+1",
            "UTC-5",
            "Middle-earth/Shire",
            "Munich",
            "Europe/Munich",
            "xx",
            &"Berlin".repeat(20),
        ] {
            assert_eq!(near(given), Vec::<String>::new(), "{given}");
        }
    }

    #[test]
    fn the_error_asks_for_what_may_be_meant() {
        let said = |name| Zones::open_in([]).named(name).expect_err("no zone").to_string();
        assert_eq!(said("Berlin"), "there is no time zone \"Berlin\"; did you mean Europe/Berlin?");
        assert_eq!(
            said("Munich"),
            "there is no time zone \"Munich\": use a name of the IANA database, such as Europe/Berlin or UTC"
        );
        assert_eq!(said("MEZ"), "there is no time zone \"MEZ\"; did you mean Europe/Berlin?");
        for offset in ["GMT+1", "UTC+1", "utc -5", "+01:00", "-0330", "UTC+05:30", "MESZ+1", "Etc/UTC+1"] {
            assert!(
                said(offset).contains("a distance from UTC is none") && !said(offset).contains("Etc/GMT"),
                "{offset}"
            );
        }
        assert!(said("Factory").contains("there is no time zone"), "nobody has said where that is");
        assert_eq!(Zones::open_in([]).named("Etc/GMT+1").expect("a zone").name(), "Etc/GMT+1");
        let long = "x".repeat(300);
        assert!(said(&long).contains(&long), "it is quoted whole");
    }
}
