// @ts-check
// A quantity over a window, as the server tells it: what a plot needs of it, and how news go on with it. Pure.

/**
 * @typedef {object} Strand
 * @property {string} label
 * @property {string} class how it looks
 * @property {string} station whose news go on with it; empty: nobody's
 * @property {string} key the datastream whose news go on with it; empty: none
 * @property {'mean' | 'peak' | 'bars'} shape
 * @property {number[]} at the middle of each span; null as a value is a gap
 * @property {(number | null)[]} value
 * @property {(number | null)[]} low empty: it has no band
 * @property {(number | null)[]} high
 * @property {number | null} to the first instant after the last span
 * @property {number} length_ms of the last span
 * @property {number} count readings in the last span
 */

/** Points that news may add before the server is asked again. */
export const GROWN_MAX = 500;

/**
 * The columns of a strand: times, values, and the band if it has one.
 * @param {Strand} strand @returns {(number | null)[][]}
 */
export function columns({ at, value, low, high }) {
  return low.length > 0 ? [at, value, low, high] : [at, value];
}

/**
 * The places of values that have a gap on both sides: a line does not show them.
 * @param {readonly (number | null | undefined)[]} values @returns {number[]}
 */
export function lonely(values) {
  const known = [...values.keys()].filter((place) => values[place] !== undefined);
  return known.filter((place, index) => {
    const [before, after] = [values[known[index - 1]], values[known[index + 1]]];
    return values[place] !== null && (before ?? null) === null && (after ?? null) === null;
  });
}

/**
 * Takes a value of a report in, in the unit that is shown: into the last span, or into a new one.
 * @param {Strand} strand @param {number} at @param {number} value
 * @returns {boolean} false if it belongs further back, or there is nothing that it could go on with
 */
export function grow(strand, at, value) {
  const last = strand.at.length - 1;
  const { to, length_ms: length } = strand;
  if (last < 0 || to === null || length <= 0 || at < to - length) return false;
  const peak = strand.shape === 'peak';
  if (at >= to) {
    strand.at.push(at);
    strand.value.push(value);
    if (strand.low.length > 0) {
      strand.low.push(value);
      strand.high.push(value);
    }
    strand.to = at + length;
    strand.count = 1;
    return true;
  }
  const mean = strand.value[last];
  strand.count++;
  strand.value[last] = mean === null ? value : peak ? Math.max(mean, value) : mean + (value - mean) / strand.count;
  if (strand.low.length > 0) {
    strand.low[last] = Math.min(strand.low[last] ?? value, value);
    strand.high[last] = Math.max(strand.high[last] ?? value, value);
  }
  return true;
}
