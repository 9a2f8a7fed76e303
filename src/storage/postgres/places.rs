//! The SQL texts about rows at places.

use super::columns::{KEY_COLUMNS, columns, fill, names};

/// Puts in observations, of which no two are at one place: an array for each column.
pub(super) fn observation() -> String {
    let last = KEY_COLUMNS + columns().count();
    let arrays = (KEY_COLUMNS + 1..=last).map(|number| format!("${number}::double precision[]"));
    format!(
        "INSERT INTO observation (sensor, observed_ms, {}) SELECT * FROM unnest($1::bigint[], $2::bigint[], {}) \
        ON CONFLICT (sensor, observed_ms) DO UPDATE SET {}",
        names(", ", str::to_owned),
        arrays.collect::<Vec<_>>().join(", "),
        fill()
    )
}

/// The rows that exist at wanted places, which come as two arrays.
pub(super) fn rows() -> String {
    format!(
        "SELECT observation.sensor, observation.observed_ms, {} \
        FROM unnest($1::bigint[], $2::bigint[]) AS wanted (sensor, observed_ms) JOIN observation \
        ON observation.sensor = wanted.sensor AND observation.observed_ms = wanted.observed_ms",
        names(", ", |name| format!("observation.{name}"))
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
        let columns = KEY_COLUMNS + columns().count();
        assert_eq!(observation().matches("[]").count(), columns);
        assert!(!observation().contains("  "), "{}", observation());
    }
}
