-- What is added to the times that the station sends, because its clock is wrong: its owner has said so.
ALTER TABLE station ADD COLUMN clock_offset_ms INTEGER NOT NULL DEFAULT 0;
