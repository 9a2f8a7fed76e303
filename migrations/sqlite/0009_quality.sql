-- Values that are kept and do not count: quality control flagged them, or a person struck them out. Their column in
-- `observation` is empty. `flag` has the numbers of QARTOD, `reason` a name; `received_ms` is when the value came, where that is known.
CREATE TABLE marked (
    sensor      INTEGER NOT NULL,
    observed_ms INTEGER NOT NULL,
    quantity    INTEGER NOT NULL,
    value       REAL    NOT NULL,
    received_ms INTEGER NOT NULL,
    flag        INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    PRIMARY KEY (sensor, observed_ms, quantity)
) STRICT, WITHOUT ROWID;

-- Who struck values out and who restored them, and when. `sensor` and `quantity` are NULL where all were meant.
CREATE TABLE correction (
    id          INTEGER PRIMARY KEY,
    station     INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    sensor      TEXT,
    quantity    INTEGER,
    from_ms     INTEGER NOT NULL,
    to_ms       INTEGER NOT NULL,
    restored    INTEGER NOT NULL,
    readings    INTEGER NOT NULL,
    author      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    made_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX correction_station ON correction (station, made_ms);
