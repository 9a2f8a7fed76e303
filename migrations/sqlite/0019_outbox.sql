-- What waits to be sent to the owner's webhooks. It is written in the transaction of the alert that it tells of, and goes when the
-- receiver has taken it. `body` is the keeper's own JSON; `webhook` is the name that the configuration has.
CREATE TABLE outbox (
    number  INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    webhook TEXT    NOT NULL,
    made_ms INTEGER NOT NULL,
    body    TEXT    NOT NULL
) STRICT;

CREATE INDEX outbox_webhook ON outbox (webhook, number);
