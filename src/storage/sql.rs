//! The statements that a commit writes with, each in three sizes: a hundred rows and ten rows as parameters, and any
//! number as JSON.
//!
//! Rows as parameters cost a third of rows as JSON, but their number is part of the text, and a text that is made anew
//! has to be prepared anew. So full hundreds and tens go as parameters, and what is left goes as JSON in one statement.
//! The parameters are `?` without numbers: SQLite looks numbered ones up by walking the list of all of them.

/// Ten times the same row of parameters.
macro_rules! ten {
    ($row:literal) => {
        concat!($row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row, ",", $row)
    };
}

/// A hundred times the same row of parameters.
macro_rules! hundred {
    ($row:literal) => {
        concat!(
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row),
            ",",
            ten!($row)
        )
    };
}

/// One statement for a number of rows.
pub(super) struct Block {
    pub rows: usize,
    pub sql: &'static str,
}

/// A statement in both sizes of parameters, the larger first.
macro_rules! blocks {
    ($statement:ident, $row:literal) => {
        [
            Block { rows: 100, sql: $statement!(concat!("VALUES ", hundred!($row))) },
            Block { rows: 10, sql: $statement!(concat!("VALUES ", ten!($row))) },
        ]
    };
}

/// A stored value stands, whatever memory believed: `coalesce` fills in only what is missing.
macro_rules! observation {
    ($rows:expr) => {
        concat!(
            "INSERT INTO observation (\
            sensor, observed_ms, temperature, humidity, dew_point, station_pressure, altimeter_setting, \
            sea_level_pressure, wind_speed, wind_gust, wind_direction, precipitation, precipitation_rate, \
            solar_radiation, uv_index, soil_temperature, soil_moisture, pm2_5, pm10, co2, battery_voltage) ",
            $rows,
            " ON CONFLICT (sensor, observed_ms) DO UPDATE SET \
            temperature = coalesce(observation.temperature, excluded.temperature), \
            humidity = coalesce(observation.humidity, excluded.humidity), \
            dew_point = coalesce(observation.dew_point, excluded.dew_point), \
            station_pressure = coalesce(observation.station_pressure, excluded.station_pressure), \
            altimeter_setting = coalesce(observation.altimeter_setting, excluded.altimeter_setting), \
            sea_level_pressure = coalesce(observation.sea_level_pressure, excluded.sea_level_pressure), \
            wind_speed = coalesce(observation.wind_speed, excluded.wind_speed), \
            wind_gust = coalesce(observation.wind_gust, excluded.wind_gust), \
            wind_direction = coalesce(observation.wind_direction, excluded.wind_direction), \
            precipitation = coalesce(observation.precipitation, excluded.precipitation), \
            precipitation_rate = coalesce(observation.precipitation_rate, excluded.precipitation_rate), \
            solar_radiation = coalesce(observation.solar_radiation, excluded.solar_radiation), \
            uv_index = coalesce(observation.uv_index, excluded.uv_index), \
            soil_temperature = coalesce(observation.soil_temperature, excluded.soil_temperature), \
            soil_moisture = coalesce(observation.soil_moisture, excluded.soil_moisture), \
            pm2_5 = coalesce(observation.pm2_5, excluded.pm2_5), \
            pm10 = coalesce(observation.pm10, excluded.pm10), co2 = coalesce(observation.co2, excluded.co2), \
            battery_voltage = coalesce(observation.battery_voltage, excluded.battery_voltage)"
        )
    };
}

macro_rules! latest {
    ($rows:expr) => {
        concat!(
            "INSERT INTO latest (sensor, quantity, observed_ms, rank_ms, value) ",
            $rows,
            " ON CONFLICT (sensor, quantity) DO UPDATE SET \
            observed_ms = excluded.observed_ms, rank_ms = excluded.rank_ms, value = excluded.value"
        )
    };
}

macro_rules! extreme {
    ($rows:expr) => {
        concat!(
            "INSERT INTO extreme (sensor, day, quantity, low, low_ms, high, high_ms) ",
            $rows,
            " ON CONFLICT (sensor, day, quantity) DO UPDATE SET \
            low = excluded.low, low_ms = excluded.low_ms, high = excluded.high, high_ms = excluded.high_ms"
        )
    };
}

macro_rules! journal {
    ($rows:expr) => {
        concat!("INSERT INTO journal (seq, committed_ms, station, body) ", $rows)
    };
}

pub(super) const OBSERVATION: [Block; 2] = blocks!(observation, "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
pub(super) const LATEST: [Block; 2] = blocks!(latest, "(?,?,?,?,?)");
pub(super) const EXTREME: [Block; 2] = blocks!(extreme, "(?,?,?,?,?,?,?)");
pub(super) const JOURNAL: [Block; 2] = blocks!(journal, "(?,?,?,?)");

/// What is left, table by table, and the commit: one trip.
pub(super) const REST_AND_COMMIT: &str = concat!(
    observation!(
        "SELECT \
        value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, \
        value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, \
        value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19, value ->> 20 \
        FROM json_each($1) WHERE true"
    ),
    ";",
    latest!("SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($2) WHERE true"),
    ";",
    extreme!(
        "SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 \
        FROM json_each($3) WHERE true"
    ),
    ";",
    journal!("SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($4)"),
    ";COMMIT"
);
