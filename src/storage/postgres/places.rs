//! The SQL texts about rows at places.

use super::columns::{KEY_COLUMNS, columns, fill, names};
use weather::quantity::Quantity;

/// Puts in observations, of which no two are at one place: an array for each column.
pub(super) fn observation() -> String {
    observation_of(&columns().collect::<Vec<_>>())
}

/// The same of these quantities, at least one: a column that no row has a value of would cost as much as the others.
pub(super) fn observation_of(of: &[Quantity]) -> String {
    let names: Vec<_> = of.iter().map(|quantity| quantity.name()).collect();
    let arrays: Vec<_> =
        (1..=of.len()).map(|number| format!("${}::double precision[]", KEY_COLUMNS + number)).collect();
    format!(
        "INSERT INTO observation (sensor, observed_ms, {}) SELECT * FROM unnest($1::bigint[], $2::bigint[], {}) \
        ON CONFLICT (sensor, observed_ms) DO UPDATE SET {}",
        names.join(", "),
        arrays.join(", "),
        fill(of.iter().copied())
    )
}

/// The rows that exist at wanted places, which come as two arrays. Each place is looked up by itself: a plan that was made while the table was
/// small, or without knowing it, would read all of it.
pub(super) fn rows() -> String {
    format!(
        "SELECT wanted.sensor, its.* FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor, observed_ms) \
        CROSS JOIN LATERAL (SELECT observed_ms, {} FROM observation \
            WHERE sensor = wanted.sensor AND observed_ms = wanted.observed_ms OFFSET 0) AS its",
        names(", ", str::to_owned)
    )
}

/// The rows of wanted hours, but of those whose readings have gone: another process may have let them go since the writer looked. Each
/// hour is looked up by itself.
pub(super) fn hours() -> String {
    format!(
        "SELECT wanted.number, its.* \
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS wanted (sensor, from_ms, to_ms, number) \
        CROSS JOIN LATERAL (SELECT observed_ms, {} FROM observation \
            WHERE sensor = wanted.sensor AND observed_ms >= wanted.from_ms AND observed_ms < wanted.to_ms \
            ORDER BY observed_ms OFFSET 0) AS its \
        WHERE NOT EXISTS (SELECT 1 FROM sensor WHERE id = wanted.sensor AND raw_from_ms > wanted.from_ms) \
        ORDER BY wanted.number, its.observed_ms",
        names(", ", str::to_owned)
    )
}

/// Sets values of a sensor's rows, which come as arrays of times and of values.
pub(super) fn set(name: &str) -> String {
    format!(
        "UPDATE observation SET {name} = made.value FROM unnest($2::bigint[], $3::double precision[]) AS made (at, value) \
        WHERE sensor = $1 AND observed_ms = made.at"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_parameters_has_a_place_for_each_column() {
        let of = [Quantity::Temperature, Quantity::WindGust];
        let text = observation_of(&of);
        assert_eq!(text.matches("[]").count(), KEY_COLUMNS + of.len());
        assert!(text.ends_with("wind_gust = coalesce(observation.wind_gust, excluded.wind_gust)"), "{text}");
        assert!(!text.contains("  "), "{text}");
    }
}
