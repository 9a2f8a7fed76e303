-- Readings of a sensor from before this instant, a local midnight, are gone, or about to go: none is put there any more, and the hours and
-- days of that time stay as they are. NULL: none have gone.
ALTER TABLE sensor ADD COLUMN raw_from_ms INTEGER;
