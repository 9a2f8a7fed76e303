-- Who alone may read an entry; NULL: everybody.
ALTER TABLE journal ADD COLUMN visitor TEXT;

-- For forgetting; public entries are not in it.
CREATE INDEX journal_private ON journal (visitor, station) WHERE visitor IS NOT NULL;

-- What visitors and a station's keeper say to each other. `author` is 0 for the visitor, 1 for the keeper; `units` as
-- the visitor read them when it was said. The station's slug is kept as it was named: it may have been removed since.
-- A word that was forgotten is nobody's: only its id is left, so that it is not taken for a new one.
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
-- it by, `seq` the newest journal entry that `state` knows, `heard_ms` the day on which the visitor said something last.
CREATE TABLE alert (
    visitor    TEXT    NOT NULL,
    station    TEXT    NOT NULL,
    number     INTEGER NOT NULL,
    rule       TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    units      TEXT    NOT NULL,
    created_ms INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    heard_ms   INTEGER NOT NULL,
    PRIMARY KEY (visitor, station, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_heard ON alert (heard_ms);
