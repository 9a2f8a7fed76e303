-- Where the station stands, degrees north and east: both or none.
ALTER TABLE station ADD COLUMN latitude REAL;
ALTER TABLE station ADD COLUMN longitude REAL;
-- In which units its uploads are, if not in those that the names of their fields say.
ALTER TABLE station ADD COLUMN upload_units TEXT NOT NULL DEFAULT 'as-named';
