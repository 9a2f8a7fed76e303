-- What the sensors of consoles measure beside the weather.
ALTER TABLE observation ADD COLUMN leaf_wetness REAL;
ALTER TABLE observation ADD COLUMN lightning_count REAL;
ALTER TABLE observation ADD COLUMN lightning_distance REAL;
ALTER TABLE observation ADD COLUMN battery_level REAL;
