-- The rain of the past hour is no rate, and a counter that is never reset is no rain of today. `precipitation` is what has
-- fallen since local midnight; `precipitation_counted` is what a daily counter said. In older rows they are the same, and only
-- the former is there.
ALTER TABLE observation ADD COLUMN precipitation_1h REAL;
ALTER TABLE observation ADD COLUMN precipitation_total REAL;
ALTER TABLE observation ADD COLUMN precipitation_counted REAL;
