-- How datastreams are put right: from `from_ms` on, what is sent is multiplied by `factor`, and `plus` is added. Each holds until the next of
-- the same datastream. One that was removed, or replaced, stays as history.
CREATE TABLE calibration (
    id          INTEGER PRIMARY KEY,
    station     INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    sensor      TEXT    NOT NULL,
    quantity    INTEGER NOT NULL,
    from_ms     INTEGER NOT NULL,
    factor      REAL    NOT NULL,
    plus        REAL    NOT NULL,
    author      TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL,
    remover     TEXT,
    removed_ms  INTEGER
) STRICT;
CREATE UNIQUE INDEX calibration_datastream ON calibration (station, sensor, quantity, from_ms) WHERE removed_ms IS NULL;
CREATE INDEX calibration_station ON calibration (station, made_ms);

-- What the station sent, where a calibration made something else of it: in `observation`, or in `marked`.
CREATE TABLE sent (
    sensor      INTEGER NOT NULL,
    observed_ms INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    value       REAL    NOT NULL,
    PRIMARY KEY (sensor, observed_ms, quantity)
) STRICT, WITHOUT ROWID;

-- Sensors whose rows of that stretch are to be made anew of what was sent, some at a time. `rain`: their rain, too.
CREATE TABLE recalculation (
    sensor  INTEGER PRIMARY KEY REFERENCES sensor (id) ON DELETE CASCADE,
    from_ms INTEGER NOT NULL,
    to_ms   INTEGER NOT NULL,
    rain    INTEGER NOT NULL
) STRICT;
