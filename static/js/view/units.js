// @ts-check
// Which unit a quantity is shown in, and how to get there. `src/pages/preference.rs` has the same table.

/** @typedef {{temperature: 'C' | 'F', rest: 'metric' | 'us'}} Units */
/** @typedef {{symbol: string, decimals: number, factor: number, offset: number}} Unit */

/** @type {(symbol: string, decimals: number, factor?: number, offset?: number) => Unit} */
const unit = (symbol, decimals, factor = 1, offset = 0) => ({ symbol, decimals, factor, offset });

// A factor is canonical units in one of this unit; °F is the one unit with an offset, and multiplies.
const CELSIUS = unit('°C', 1);
const FAHRENHEIT = unit('°F', 1, 1.8, 32);
const HECTOPASCAL = unit('hPa', 1);
const INCH_OF_MERCURY = unit('inHg', 2, 33.8638867);
const METRE_PER_SECOND = unit('m/s', 1);
const MILE_PER_HOUR = unit('mph', 0, 0.44704);
const MILLIMETRE = unit('mm', 1);
const INCH = unit('in', 2, 25.4);
const MILLIMETRE_PER_HOUR = unit('mm/h', 1);
const INCH_PER_HOUR = unit('in/h', 2, 25.4);

/** Quantity → its units: metric and US. */
const TABLE = Object.freeze({
  temperature: [CELSIUS, FAHRENHEIT],
  humidity: [unit('%', 0)],
  dew_point: [CELSIUS, FAHRENHEIT],
  station_pressure: [HECTOPASCAL, INCH_OF_MERCURY],
  altimeter_setting: [HECTOPASCAL, INCH_OF_MERCURY],
  sea_level_pressure: [HECTOPASCAL, INCH_OF_MERCURY],
  wind_speed: [METRE_PER_SECOND, MILE_PER_HOUR],
  wind_gust: [METRE_PER_SECOND, MILE_PER_HOUR],
  wind_direction: [unit('°', 0)],
  precipitation: [MILLIMETRE, INCH],
  precipitation_rate: [MILLIMETRE_PER_HOUR, INCH_PER_HOUR],
  solar_radiation: [unit('W/m²', 0)],
  uv_index: [unit('', 0)],
  soil_temperature: [CELSIUS, FAHRENHEIT],
  soil_moisture: [unit('%', 0)],
  pm2_5: [unit('µg/m³', 1)],
  pm10: [unit('µg/m³', 1)],
  co2: [unit('ppm', 0)],
  battery_voltage: [unit('V', 2)],
});

/** A quantity that this page does not know yet is printed as it came. */
const UNKNOWN = unit('', 1);

/**
 * The unit in which a value is shown.
 * @param {string} key a quantity, or `sensor/quantity`
 * @param {Units} units
 * @returns {Unit}
 */
export function unitOf(key, units) {
  const quantity = key.slice(key.lastIndexOf('/') + 1);
  const [metric, us] = /** @type {Record<string, Unit[]>} */ (TABLE)[quantity] ?? [UNKNOWN];
  if (!us) return metric;
  return (metric === CELSIUS ? units.temperature === 'F' : units.rest === 'us') ? us : metric;
}

/**
 * A canonical value in a unit.
 * @param {Unit} unit
 * @param {number} canonical
 */
export const fromCanonical = (unit, canonical) =>
  unit.offset ? canonical * unit.factor + unit.offset : canonical / unit.factor;

/**
 * A difference of two canonical values in a unit: no offset.
 * @param {Unit} unit
 * @param {number} canonical
 */
export const differenceIn = (unit, canonical) => (unit.offset ? canonical * unit.factor : canonical / unit.factor);

/**
 * The same units with the other temperature scale.
 * @param {Units} units
 * @returns {Units}
 */
export const otherScale = (units) => ({ ...units, temperature: units.temperature === 'C' ? 'F' : 'C' });
