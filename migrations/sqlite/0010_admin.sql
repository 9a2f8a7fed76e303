-- The owner's password, at most one: an argon2 hash as a PHC string.
CREATE TABLE admin (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    password TEXT    NOT NULL
) STRICT;

-- The sessions of the owner's browsers. Of a session's secret only a hash is kept. All of them end with the password.
CREATE TABLE admin_session (
    hash      BLOB    PRIMARY KEY,
    opened_ms INTEGER NOT NULL,
    until_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
