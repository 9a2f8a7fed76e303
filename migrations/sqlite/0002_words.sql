-- Who alone may read an entry; NULL: everybody.
ALTER TABLE journal ADD COLUMN visitor TEXT;

-- What visitors and a station's keeper say to each other. `author` is 0 for the visitor, 1 for the keeper; `units` as
-- the visitor read them when it was said. The station's slug is kept as it was named: it may have been removed since.
CREATE TABLE word (
    id       TEXT    PRIMARY KEY,
    visitor  TEXT    NOT NULL,
    station  TEXT    NOT NULL,
    author   INTEGER NOT NULL,
    text     TEXT    NOT NULL,
    units    TEXT    NOT NULL,
    said_ms  INTEGER NOT NULL,
    seq      INTEGER NOT NULL UNIQUE,
    answered INTEGER NOT NULL
) STRICT;

CREATE INDEX word_conversation ON word (visitor, station, seq);
CREATE INDEX word_waiting ON word (seq) WHERE answered = 0;

-- What visitors want to be warned of. `rule` and `state` are the robot's own JSON; `number` is what the visitor calls
-- it by, `seq` the newest journal entry that `state` knows.
CREATE TABLE alert (
    visitor    TEXT    NOT NULL,
    station    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    rule       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    units      TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (visitor, station, number)
) STRICT, WITHOUT ROWID;
