//! The SQL texts about rows at places.

use super::columns::{columns, fill, names};

/// Puts in one observation.
pub(super) fn observation() -> String {
    format!(
        "INSERT INTO observation (sensor, observed_ms, {}) VALUES (?, ?, {}) \
        ON CONFLICT (sensor, observed_ms) DO UPDATE SET {}",
        names(", ", str::to_owned),
        names(", ", |_| "?".to_owned()),
        fill(columns())
    )
}

/// The rows that exist at wanted places, which come as an array of arrays.
pub(super) fn rows() -> String {
    format!(
        "SELECT observation.sensor, observation.observed_ms, {} FROM json_each($1) AS wanted CROSS JOIN observation \
        ON observation.sensor = wanted.value ->> 0 AND observation.observed_ms = wanted.value ->> 1",
        names(", ", |name| format!("observation.{name}"))
    )
}

/// The rows of an hour.
pub(super) fn hours() -> String {
    format!(
        "SELECT observed_ms, {} FROM observation WHERE sensor = $1 AND observed_ms >= $2 AND observed_ms < $3 \
        ORDER BY observed_ms",
        names(", ", str::to_owned)
    )
}

/// Sets the value of a row.
pub(super) fn set(name: &str) -> String {
    format!("UPDATE observation SET {name} = $3 WHERE sensor = $1 AND observed_ms = $2")
}

#[cfg(test)]
mod tests {
    use super::super::columns::{KEY_COLUMNS, columns};
    use super::*;

    #[test]
    fn a_row_of_parameters_has_a_place_for_each_column() {
        let columns = KEY_COLUMNS + columns().count();
        assert_eq!(observation().matches('?').count(), columns);
        assert!(!observation().contains("  "), "{}", observation());
    }
}
