// @ts-check
// The browser's part of the table of quantities. `crates/weather` has the whole table, and a test compares the two:
// what stands between the markers is plain JSON.

/**
 * Quantity → the unit that its values are in, and the decimals that people read.
 * @type {Readonly<Record<string, [symbol: string, decimals: number]>>}
 */
// prettier-ignore
export const QUANTITIES = Object.freeze(
  // quantities: begin
  {
    "temperature":           ["°C", 1],
    "humidity":              ["%", 0],
    "dew_point":             ["°C", 1],
    "station_pressure":      ["hPa", 1],
    "altimeter_setting":     ["hPa", 1],
    "sea_level_pressure":    ["hPa", 1],
    "wind_speed":            ["m/s", 1],
    "wind_gust":             ["m/s", 1],
    "wind_direction":        ["°", 0],
    "precipitation":         ["mm", 1],
    "precipitation_rate":    ["mm/h", 1],
    "precipitation_1h":      ["mm", 1],
    "precipitation_counted": ["mm", 1],
    "precipitation_total":   ["mm", 1],
    "solar_radiation":       ["W/m²", 0],
    "uv_index":              ["", 1],
    "soil_temperature":      ["°C", 1],
    "soil_moisture":         ["%", 1],
    "pm2_5":                 ["µg/m³", 1],
    "pm10":                  ["µg/m³", 1],
    "co2":                   ["ppm", 0],
    "battery_voltage":       ["V", 2],
    "leaf_wetness":          ["%", 0],
    "lightning_count":       ["", 0],
    "lightning_distance":    ["km", 0],
    "battery_level":         ["%", 0],
    "battery_low":           ["", 0],
    "leak":                  ["", 0],
    "soil_conductivity":     ["µS/cm", 0]
  }
  // quantities: end
);

/**
 * Quantity → what people call its numbers 0 and 1. They are states and no measures.
 * @type {Readonly<Record<string, [off: string, on: string]>>}
 */
// prettier-ignore
export const STATES = Object.freeze(
  // states: begin
  {
    "battery_low": ["ok", "low"],
    "leak":        ["dry", "wet"]
  }
  // states: end
);

/**
 * Unit → what readers may choose in its place. A factor is canonical units in one of the other unit; °F is the one
 * unit with an offset, and multiplies.
 * @type {Readonly<Record<string, {symbol: string, decimals: number, factor: number, offset: number}[]>>}
 */
// prettier-ignore
export const OTHER_UNITS = Object.freeze(
  // units: begin
  {
    "°C": [{ "symbol": "°F", "decimals": 1, "factor": 1.8, "offset": 32 }],
    "m/s": [
      { "symbol": "km/h", "decimals": 0, "factor": 0.2777777777777778, "offset": 0 },
      { "symbol": "mph", "decimals": 0, "factor": 0.44704, "offset": 0 },
      { "symbol": "kn", "decimals": 0, "factor": 0.5144444444444445, "offset": 0 }
    ],
    "hPa": [
      { "symbol": "inHg", "decimals": 2, "factor": 33.8638867, "offset": 0 },
      { "symbol": "mmHg", "decimals": 1, "factor": 1.3332238858267718, "offset": 0 }
    ],
    "mm": [{ "symbol": "in", "decimals": 2, "factor": 25.4, "offset": 0 }],
    "mm/h": [{ "symbol": "in/h", "decimals": 2, "factor": 25.4, "offset": 0 }],
    "km": [{ "symbol": "mi", "decimals": 0, "factor": 1.609344, "offset": 0 }]
  }
  // units: end
);
