// @ts-check
/** What many numbers come to. */

import { quantile } from '../channel/spread.js';

/** @typedef {{count: number, mean: number, median: number, p95: number, worst: number}} Summary */

/**
 * The sum of it; null of none.
 *
 * @param {readonly number[]} values
 * @returns {Summary | null}
 */
export function summary(values) {
  const count = values.length;
  if (count === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => quantile(sorted, share) ?? sorted[0];
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { count, mean, median: at(0.5), p95: at(0.95), worst: sorted[count - 1] };
}
