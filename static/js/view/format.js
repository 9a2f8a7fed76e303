// @ts-check
// Values as text, to the digit as the server prints them. Pure: no DOM, time is an argument.
import { differenceIn, fromCanonical, quantityOf, unitOf } from './units.js';
import { STATES } from './quantities.js';

/** @typedef {import('./units.js').Units} Units */

/** Instead of a number that is not there. */
export const DASH = '—';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Rounds half up (2.5 → 3, −2.5 → −2) without a −0; the billionth keeps halves that binary cannot hold on the upper side.
 * @param {number} value
 * @param {number} decimals
 */
export function roundHalfUp(value, decimals) {
  const scale = 10 ** decimals;
  const rounded = Math.floor(value * scale + 0.5 + 1e-9) / scale;
  return rounded === 0 ? 0 : rounded;
}

/** @param {number} value @param {number} decimals */
export const fixed = (value, decimals) => roundHalfUp(value, decimals).toFixed(decimals);

/**
 * Digits as people read them: with typography's minus sign and their decimal sign.
 * @param {string} digits @param {string} [decimal]
 */
export const written = (digits, decimal = '.') => digits.replace('-', '−').replace('.', decimal);

/**
 * Just the digits: `-4.0`. A state is its word: `low`.
 * @param {string} key @param {number} canonical @param {Units} units
 */
export function format(key, canonical, units) {
  const states = STATES[quantityOf(key)];
  if (states) return states[canonical < 0.5 ? 0 : 1];
  const unit = unitOf(key, units);
  return fixed(fromCanonical(unit, canonical), unit.decimals);
}

/**
 * The digits as people read them: `−4.0`, or `−4,0`.
 * @param {string} key @param {number} canonical @param {Units} units
 */
export const number = (key, canonical, units) => written(format(key, canonical, units), units.decimal);

/** @param {string} digits @param {string} symbol */
export const join = (digits, symbol) => (symbol ? `${digits} ${symbol}` : digits);

/**
 * Number and unit: `18.4 °C`.
 * @param {string} key @param {number} canonical @param {Units} units
 */
export const text = (key, canonical, units) => join(number(key, canonical, units), unitOf(key, units).symbol);

/**
 * A signed difference of two canonical values: `+0.6 °C`, `0.0 °C`.
 * @param {string} key @param {number} canonical @param {Units} units
 */
export function difference(key, canonical, units) {
  const unit = unitOf(key, units);
  const digits = fixed(differenceIn(unit, canonical), unit.decimals);
  return join(written((Number(digits) > 0 ? '+' : '') + digits, units.decimal), unit.symbol);
}

/** @typedef {'waiting' | 'live' | 'stale' | 'offline'} Freshness */

/** The words people read. */
export const WORDS = Object.freeze({ waiting: 'No readings yet', live: 'Live', stale: 'Stale', offline: 'Offline' });

/** True if a clock cannot be that far ahead: the server's own was wrong. @param {number} at @param {number} now */
export const isAhead = (at, now) => now - at < -5 * MINUTE_MS;

/**
 * What a value's age says: stale after two and a half of the station's intervals, offline after five.
 * @param {number | null | undefined} at @param {number} now @param {number | null} intervalMs
 * @returns {Freshness}
 */
export function freshness(at, now, intervalMs) {
  if (at === null || at === undefined) return 'waiting';
  const interval = intervalMs ?? 0;
  if (isAhead(at, now)) return 'offline';
  if (now - at > Math.max(15 * MINUTE_MS, interval * 5)) return 'offline';
  return now - at > Math.max(2 * MINUTE_MS, interval * 2.5) ? 'stale' : 'live';
}

/** @param {number} at @param {number} now */
export function age(at, now) {
  const ms = Math.max(0, now - at);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  return ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / DAY_MS)} days`;
}

/** @param {number} at @param {number} now */
export function ago(at, now) {
  if (isAhead(at, now)) return 'in the future';
  return now - at < 2 * SECOND_MS ? 'just now' : `${age(at, now)} ago`;
}

const POINTS = 'N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW'.split(' ');

/** @param {number} degrees where the wind comes from */
export const compass = (degrees) => POINTS[Math.floor((((degrees % 360) + 360) % 360) / 22.5 + 0.5) % 16];

const BEAUFORT = Object.freeze([
  [0, 'calm'],
  [0.3, 'light air'],
  [1.6, 'light breeze'],
  [3.4, 'gentle breeze'],
  [5.5, 'moderate breeze'],
  [8, 'fresh breeze'],
  [10.8, 'strong breeze'],
  [13.9, 'near gale'],
  [17.2, 'gale'],
  [20.8, 'strong gale'],
  [24.5, 'storm'],
  [28.5, 'violent storm'],
  [32.7, 'hurricane'],
]);

/**
 * Beaufort's number and word.
 * @param {number} speed m/s
 * @returns {[number, string]}
 */
export function beaufort(speed) {
  const force = Math.max(
    0,
    BEAUFORT.findLastIndex(([from]) => speed >= Number(from)),
  );
  return [force, String(BEAUFORT[force][1])];
}

const WARMTH_BOUNDS_C = [-15, -5, 4, 11.5, 18.5, 25, 31, 37];

/** @param {number} celsius the step of its colour, 0 to 8 */
export const warmth = (celsius) => WARMTH_BOUNDS_C.filter((bound) => celsius >= bound).length;
