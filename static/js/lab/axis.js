// @ts-check
/** The axis of a plot: where on it a value stands. Pure. */

import { duration } from '../meter/figures.js';

/**
 * @typedef {object} Axis
 * @property {(value: number) => number} place where a value stands, %
 * @property {readonly number[]} ticks powers of ten on the axis; none where it is linear
 * @property {string} note what is to be said of it
 */

/** An axis by powers of ten begins this far below its least value, so that the shortest bar can be seen. */
const BELOW = 1.25;

/** A power of ten as people say it. @param {number} ms */
const power = (ms) => (ms < 1 ? `${ms} ms` : duration(ms));

/**
 * From nothing to the largest value.
 *
 * @param {readonly number[]} values
 * @returns {Axis}
 */
export function linear(values) {
  const most = Math.max(1e-9, ...values);
  return { place: (value) => (100 * value) / most, ticks: [], note: '' };
}

/**
 * The axis that times ask for: by powers of ten where they span more than one, else linear.
 *
 * @param {readonly number[]} values ms
 * @returns {Axis}
 */
export function axisOf(values) {
  const seen = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  if (seen.length === 0 || most <= 10 * least) return linear(values);
  const [from, to] = [Math.floor(Math.log10(least / BELOW)), Math.ceil(Math.log10(most))];
  const place = (/** @type {number} */ value) =>
    value > 0 ? Math.min(Math.max((100 * (Math.log10(value) - from)) / (to - from), 0), 100) : 0;
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  return { place, ticks, note: `By powers of ten, from ${power(ticks[0])} to ${power(10 ** to)}.` };
}
