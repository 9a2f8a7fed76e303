-- What consoles say of batteries, of water on floors, and of salts in the soil.
ALTER TABLE observation ADD COLUMN battery_low REAL;
ALTER TABLE observation ADD COLUMN leak REAL;
ALTER TABLE observation ADD COLUMN soil_conductivity REAL;
