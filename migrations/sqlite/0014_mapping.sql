-- Fields of a station's uploads that mean nothing by themselves, and what its owner says that they are. `field` is in lower case; an empty
-- `sensor` is the one that the upload is of.
CREATE TABLE mapping (
    station  INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    field    TEXT    NOT NULL,
    sensor   TEXT    NOT NULL,
    quantity INTEGER NOT NULL,
    unit     TEXT    NOT NULL,
    author   TEXT    NOT NULL,
    made_ms  INTEGER NOT NULL,
    PRIMARY KEY (station, field)
) STRICT, WITHOUT ROWID;

-- Those that nobody has said it of: the newest value as it was sent, and how many uploads had it.
CREATE TABLE unmapped (
    station  INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    field    TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL,
    uploads  INTEGER NOT NULL,
    PRIMARY KEY (station, field)
) STRICT, WITHOUT ROWID;
