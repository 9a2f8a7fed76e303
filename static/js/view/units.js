// @ts-check
// Which unit a quantity is shown in, and how to get there.
import { OTHER_UNITS, QUANTITIES } from './quantities.js';

/**
 * What is shown in place of a canonical unit, by their symbols: `{"°C": "°F"}`. What is not there is shown itself. `decimal` is the
 * decimal sign, if it is no point.
 * @typedef {Readonly<Record<string, string>>} Units
 */
/** @typedef {{symbol: string, decimals: number, factor: number, offset: number}} Unit */

/** @type {(symbol: string, decimals: number) => Unit} */
const canonical = (symbol, decimals) => ({ symbol, decimals, factor: 1, offset: 0 });

/** A quantity that this page does not know yet is printed as it came. */
const UNKNOWN = canonical('', 1);

/** @param {string} key a quantity, or `sensor/quantity` */
export const quantityOf = (key) => key.slice(key.lastIndexOf('/') + 1);

/**
 * The unit in which a value is shown.
 * @param {string} key a quantity, or `sensor/quantity`
 * @param {Units} units
 * @returns {Unit}
 */
export function unitOf(key, units) {
  const known = QUANTITIES[quantityOf(key)];
  if (!known) return UNKNOWN;
  const [symbol, decimals] = known;
  return OTHER_UNITS[symbol]?.find((other) => other.symbol === units[symbol]) ?? canonical(symbol, decimals);
}

/** Whether it is measured in degrees of a temperature scale. @param {string} key */
export const isWarmth = (key) => QUANTITIES[quantityOf(key)]?.[0] === '°C';

/**
 * Cuts off what is finer than a billionth: it is arithmetic and no measurement. The server does the same.
 * @param {number} value
 */
const withoutNoise = (value) => Math.floor(value * 1e9 + 0.5) / 1e9;

/**
 * A canonical value in a unit.
 * @param {Unit} unit
 * @param {number} canonical
 */
export const fromCanonical = (unit, canonical) =>
  unit.offset ? withoutNoise(canonical * unit.factor + unit.offset) : differenceIn(unit, canonical);

/**
 * A difference of two canonical values in a unit: no offset.
 * @param {Unit} unit
 * @param {number} canonical
 */
export const differenceIn = (unit, canonical) =>
  unit.factor === 1 ? canonical : withoutNoise(unit.offset ? canonical * unit.factor : canonical / unit.factor);

/**
 * The same units with the other temperature scale.
 * @param {Units} units
 * @returns {Units}
 */
export const otherScale = (units) => ({ ...units, '°C': isFahrenheit(units) ? '°C' : '°F' });

/** @param {Units} units */
export const isFahrenheit = (units) => units['°C'] === '°F';
