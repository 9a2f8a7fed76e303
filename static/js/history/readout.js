// @ts-check
// What stands at the cursor, in words. Pure.
import { fixed, written } from '../view/format.js';
import { date, hourMinute } from '../view/zone.js';

/** @typedef {import('./strand.js').Strand} Strand */

/** Spans of a day or more are named by their day, ms. */
const BY_DAYS_MS = 20 * 3_600_000;

/**
 * `2026-11-28 06:10: Temperature 4.2 °C (3.9 to 4.6), Dew point 1.1 °C`; empty if there is no value.
 * @param {readonly Strand[]} strands @param {number} at
 * @param {{unit: string, decimals: number, decimal?: string, zone: import('../view/zone.js').Zone}} figure
 */
export function readout(strands, at, { unit, decimals, decimal, zone }) {
  const number = (/** @type {number} */ value) => written(fixed(value, decimals), decimal);
  const said = [];
  for (const strand of strands) {
    const place = nearest(strand, at);
    const value = place === undefined ? null : strand.value[place];
    if (place === undefined || value === null) continue;
    const [low, high] = [strand.low[place], strand.high[place]];
    const band = typeof low === 'number' && typeof high === 'number' ? ` (${number(low)} to ${number(high)})` : '';
    said.push(`${strand.label} ${number(value)}${unit ? ` ${unit}` : ''}${band}`);
  }
  const length = strands[0]?.length_ms ?? 0;
  const time = length >= BY_DAYS_MS ? date(zone, at) : `${date(zone, at)} ${hourMinute(zone, at)}`;
  return said.length > 0 ? `${time}: ${said.join(', ')}` : '';
}

/** The place of the value at an instant, or within half a span of it. @param {Strand} strand @param {number} at */
function nearest({ at: times, length_ms: length }, at) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  const near = [low - 1, low].filter((place) => place >= 0 && place < times.length);
  const best = near.sort((one, other) => Math.abs(times[one] - at) - Math.abs(times[other] - at))[0];
  return best !== undefined && Math.abs(times[best] - at) <= Math.max(length, 1) ? best : undefined;
}
