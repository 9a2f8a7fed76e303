-- Devices that upload and are no station's, while enrolment is on. Of what a device calls itself only a hash is kept, as in
-- `device`. The last reports of each wait in canonical units until somebody claims the device.
CREATE TABLE unclaimed (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL,
    format   TEXT    NOT NULL,
    model    TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE unclaimed_report (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    device INTEGER NOT NULL REFERENCES unclaimed (id) ON DELETE CASCADE,
    report TEXT    NOT NULL
) STRICT;
CREATE INDEX unclaimed_report_device ON unclaimed_report (device, id);
