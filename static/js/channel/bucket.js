// @ts-check
/** A token bucket: so many at once, so many a second in the long run. It reads no clock. */

/** A token bucket, full at first. It counts in the time that tokens take to grow, which stays exact. */
export class Bucket {
  #tokenMs;
  #fullMs;
  #grownMs;
  #at;

  /**
   * @param {object} limits
   * @param {number} limits.burst how many tokens it holds
   * @param {number} limits.perSecond how many it gains a second
   * @param {number} now the time, ms
   */
  constructor({ burst, perSecond }, now) {
    this.#tokenMs = 1000 / perSecond;
    this.#fullMs = burst * this.#tokenMs;
    this.#grownMs = this.#fullMs;
    this.#at = now;
  }

  /**
   * Takes a token, if there is one.
   *
   * @param {number} now the time, ms; a step back, as when a clock is set, counts as no time at all
   * @returns {number} 0 if it was taken, else how long until there is one, ms
   */
  take(now) {
    this.#grownMs = Math.min(this.#fullMs, this.#grownMs + Math.max(0, now - this.#at));
    this.#at = now;
    if (this.#grownMs < this.#tokenMs) return Math.ceil(this.#tokenMs - this.#grownMs);
    this.#grownMs -= this.#tokenMs;
    return 0;
  }
}
