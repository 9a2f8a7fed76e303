-- The newest values of a sensor stand in one row now: a report of ten values writes one row, not ten. `quantities` is a JSON
-- array with an array for each quantity: its number and its value, and then, where they are not those of the row, when it
-- was observed and its rank. `observed_ms` and `rank_ms` are those of the newest value.
CREATE TABLE latest_of_sensor (
    sensor      INTEGER PRIMARY KEY,
    observed_ms INTEGER NOT NULL,
    rank_ms     INTEGER NOT NULL,
    quantities  TEXT    NOT NULL
) STRICT;
INSERT INTO latest_of_sensor
    SELECT sensor, max(observed_ms), max(rank_ms),
        json_group_array(json_array(quantity, json(printf('%!.17g', value)), observed_ms, rank_ms))
    FROM latest GROUP BY sensor;
DROP TABLE latest;
ALTER TABLE latest_of_sensor RENAME TO latest;
