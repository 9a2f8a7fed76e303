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
