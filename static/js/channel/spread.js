// @ts-check
/** The spread of many numbers. */

/** Numbers that are kept for the middle and the rare, the latest ones. */
const KEPT_MAX = 256;

/** The spread of numbers: the largest of all, the rest of the latest ones. */
export class Spread {
  /** @type {number[]} */
  #kept = [];
  #next = 0;
  /** @type {number | null} */
  #last = null;
  /** @type {number | null} */
  #max = null;

  /** @param {number} value */
  add(value) {
    this.#kept[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT_MAX;
    this.#last = value;
    this.#max = Math.max(this.#max ?? value, value);
  }

  /** The spread so far; null where there is nothing yet. */
  get figures() {
    const sorted = [...this.#kept].sort((a, b) => a - b);
    return { last: this.#last, median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), max: this.#max };
  }
}

/**
 * The smallest number that so large a share of all does not exceed.
 *
 * @param {readonly number[]} sorted
 * @param {number} share above 0, up to 1
 * @returns {number | null} null if there are none
 */
export function quantile(sorted, share) {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}
