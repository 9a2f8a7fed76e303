-- The rain of the past hour is no rate, and a counter that is never reset is no rain of today.
ALTER TABLE observation ADD COLUMN precipitation_1h REAL;
ALTER TABLE observation ADD COLUMN precipitation_total REAL;
