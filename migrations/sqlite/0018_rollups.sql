-- What a datastream was in a local hour, which begins at `start_ms`. `low_ms` and `high_ms` are counted from there: the first occurrence of
-- each. `a` is the sum of the values; of a direction, `a` and `b` are the sums of its vectors' parts to the east and to the north.
--
-- All hours before that of the sensor's newest row are here, whole. The newest one may be here, and is not believed.
CREATE TABLE hourly (
    sensor   INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    low      REAL    NOT NULL,
    low_ms   INTEGER NOT NULL,
    high     REAL    NOT NULL,
    high_ms  INTEGER NOT NULL,
    a        REAL    NOT NULL,
    b        REAL    NOT NULL,
    PRIMARY KEY (sensor, quantity, start_ms)
) STRICT, WITHOUT ROWID;

-- The same of a local day (`YYYY-MM-DD` in the station's zone), in place of the table of lows and highs. `hours`: in how many of its hours
-- there was a value. Of the day of the sensor's newest row only lows and highs are kept up to date; there `count` is zero.
CREATE TABLE daily (
    sensor   INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    day      TEXT    NOT NULL,
    low      REAL    NOT NULL,
    low_ms   INTEGER NOT NULL,
    high     REAL    NOT NULL,
    high_ms  INTEGER NOT NULL,
    count    INTEGER NOT NULL DEFAULT 0,
    a        REAL    NOT NULL DEFAULT 0.0,
    b        REAL    NOT NULL DEFAULT 0.0,
    hours    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sensor, quantity, day)
) STRICT, WITHOUT ROWID;
INSERT INTO daily (sensor, quantity, day, low, low_ms, high, high_ms)
    SELECT sensor, quantity, day, low, low_ms, high, high_ms FROM extreme ORDER BY sensor, quantity, day;
DROP TABLE extreme;

-- Sensors whose local hours and days are to be made of their rows, the newest day first. `day` and those before it are not made yet; of
-- `day` itself the first `hours` hours are. `only_hours`: lows and highs of the days are right already; else they are of another time zone.
CREATE TABLE rezoning_of_hours (
    sensor     INTEGER PRIMARY KEY REFERENCES sensor (id) ON DELETE CASCADE,
    day        TEXT    NOT NULL,
    hours      INTEGER NOT NULL,
    only_hours INTEGER NOT NULL
) STRICT;
INSERT INTO rezoning_of_hours SELECT sensor, day, 0, 0 FROM rezoning;
INSERT INTO rezoning_of_hours SELECT id, '9999-12-31', 0, 1 FROM sensor
    WHERE EXISTS (SELECT 1 FROM observation WHERE observation.sensor = sensor.id) ON CONFLICT DO NOTHING;
DROP TABLE rezoning;
ALTER TABLE rezoning_of_hours RENAME TO rezoning;
