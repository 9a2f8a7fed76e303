-- The lab's news are private entries about no station, and have a limit of their own: their station's name begins with an
-- underline, which no real one does. What of them has gone is noted in `journal_gone` under `~` and the visitor.
CREATE INDEX journal_lab ON journal (seq) WHERE substr(station, 1, 1) = '_';
