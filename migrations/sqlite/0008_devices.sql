-- What devices call themselves that cannot be given a station's key: a PASSKEY, or an address. Only a hash of it is kept.
CREATE TABLE device (
    hash       BLOB    PRIMARY KEY,
    station    INTEGER NOT NULL REFERENCES station (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_station ON device (station);

-- Of several devices behind a hub, the one whose values are those of the station's main sensor: the first that came.
ALTER TABLE station ADD COLUMN main_device TEXT;
