-- How often the station reports, if its owner has said so; else its reports tell.
ALTER TABLE station ADD COLUMN interval_ms INTEGER;

-- What stations were called in URLs before. A request by such a name is told the name of now.
CREATE TABLE former_slug (
    slug     TEXT    PRIMARY KEY,
    station  INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_slug_station ON former_slug (station, until_ms);

-- Sensors whose local days are to be made anew because the station's time zone was changed, the newest day first. `day` and those before
-- it are not right yet; of `day` itself the quantities of lower numbers than `quantity` are.
CREATE TABLE rezoning (
    sensor   INTEGER PRIMARY KEY REFERENCES sensor (id) ON DELETE CASCADE,
    day      TEXT    NOT NULL,
    quantity INTEGER NOT NULL
) STRICT;
