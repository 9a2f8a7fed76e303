-- Times are integer milliseconds since 1970 UTC. Values are canonical: °C, hPa, m/s, mm, %, W/m².

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: the number of a removed station never comes back.
CREATE TABLE station (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    zone        TEXT    NOT NULL,
    elevation_m REAL,
    key_hash    BLOB    NOT NULL UNIQUE,
    key_prefix  TEXT    NOT NULL,
    created_ms  INTEGER NOT NULL
) STRICT;

-- The main sensor's name is empty. A sensor without a station belonged to one that was removed: its rows are being
-- deleted, a few at a time, and it goes last.
CREATE TABLE sensor (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    station INTEGER REFERENCES station (id) ON DELETE SET NULL,
    name    TEXT    NOT NULL,
    UNIQUE (station, name)
) STRICT;

-- One wide row per sensor and instant, in the order of the table in quantity.rs. No foreign key: a look-up for each
-- row, and only the writer puts rows here.
CREATE TABLE observation (
    sensor             INTEGER NOT NULL,
    observed_ms        INTEGER NOT NULL,
    temperature        REAL,
    humidity           REAL,
    dew_point          REAL,
    station_pressure   REAL,
    altimeter_setting  REAL,
    sea_level_pressure REAL,
    wind_speed         REAL,
    wind_gust          REAL,
    wind_direction     REAL,
    precipitation      REAL,
    precipitation_rate REAL,
    solar_radiation    REAL,
    uv_index           REAL,
    soil_temperature   REAL,
    soil_moisture      REAL,
    pm2_5              REAL,
    pm10               REAL,
    co2                REAL,
    battery_voltage    REAL,
    PRIMARY KEY (sensor, observed_ms)
) STRICT, WITHOUT ROWID;

-- The newest value of every datastream. `rank_ms` is the earlier of observed and received, so that a clock that ran
-- ahead does not hide what comes after it.
CREATE TABLE latest (
    sensor      INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    observed_ms INTEGER NOT NULL,
    rank_ms     INTEGER NOT NULL,
    value       REAL    NOT NULL,
    PRIMARY KEY (sensor, quantity)
) STRICT, WITHOUT ROWID;

-- Low and high of a datastream on a local day (`YYYY-MM-DD` in the station's zone), first occurrence of each.
CREATE TABLE extreme (
    sensor   INTEGER NOT NULL,
    day      TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    low      REAL    NOT NULL,
    low_ms   INTEGER NOT NULL,
    high     REAL    NOT NULL,
    high_ms  INTEGER NOT NULL,
    PRIMARY KEY (sensor, day, quantity)
) STRICT, WITHOUT ROWID;

-- The newest row always stays: it is where the next number comes from.
CREATE TABLE journal (
    seq          INTEGER PRIMARY KEY,
    committed_ms INTEGER NOT NULL,
    station      TEXT    NOT NULL,
    body         TEXT    NOT NULL
) STRICT;
