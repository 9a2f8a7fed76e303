// @ts-check
// Which unit a quantity is shown in, and how to get there.
import { QUANTITIES, US_UNITS } from './quantities.js';

/** @typedef {{temperature: 'C' | 'F', rest: 'metric' | 'us'}} Units */
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
  const us = symbol === '°C' ? units.temperature === 'F' : units.rest === 'us';
  return (us && US_UNITS[symbol]) || canonical(symbol, decimals);
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
export const otherScale = (units) => ({ ...units, temperature: units.temperature === 'C' ? 'F' : 'C' });
