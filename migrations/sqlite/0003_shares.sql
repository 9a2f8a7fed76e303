-- About so many bytes of the file belong to a sensor: a station may fill a share of it only. What was there before is
-- counted once, at a usual row's size.
ALTER TABLE sensor ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE sensor SET bytes = 150 * (SELECT count(*) FROM observation WHERE observation.sensor = sensor.id);

-- Who talks, as budgets see it: an address behind a hash that changes with each start, or the visitor. What is too much
-- is taken from those who said the most.
ALTER TABLE word ADD COLUMN talker TEXT NOT NULL DEFAULT '';
UPDATE word SET talker = visitor;
CREATE INDEX word_talker ON word (talker, seq) WHERE answered = 1;

-- Public and private entries of the journal are thrown away each by limits of their own, so a cursor is good as long as
-- nothing went that its page had to read. `visitor` is empty for public entries and a star for everyone's private ones;
-- `seq` is the newest entry that went.
CREATE TABLE journal_gone (
    visitor TEXT    PRIMARY KEY,
    seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO journal_gone SELECT '', min(seq) - 1 FROM journal HAVING min(seq) > 1;
INSERT INTO journal_gone SELECT '*', seq FROM journal_gone;

-- Numbers after `after`, up to `upto`, were left out: a power cut may have taken entries that had them. No cursor at them
-- is good.
CREATE TABLE journal_leap (
    after INTEGER PRIMARY KEY,
    upto  INTEGER NOT NULL
) STRICT;
INSERT INTO journal_leap SELECT before, seq - 1 FROM
    (SELECT seq, lag(seq) OVER (ORDER BY seq) AS before FROM journal) WHERE seq > before + 1;
