// @ts-check
/** Time that stands still until a test moves it, and chance that repeats itself. */

/** A clock whose timers ring when `run` passes them. */
export class VirtualClock {
  /** @type {{at: number, order: number, then: () => void}[]} sorted */
  #timers = [];
  #order = 0;
  /** Not 0: a real clock never shows it. */
  #now = 1_000_000;

  now = () => this.#now;

  /**
   * @param {number} ms
   * @param {() => void} then
   */
  after = (ms, then) => {
    const timer = { at: this.#now + ms, order: this.#order++, then };
    const later = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  };

  /** How many timers are set. */
  get pending() {
    return this.#timers.length;
  }

  /**
   * Lets time pass; promises settle between the timers.
   *
   * @param {number} ms
   * @param {() => void} [look] called after each instant at which something happened
   */
  async run(ms, look = () => {}) {
    const until = this.#now + ms;
    await settle();
    look();
    while (this.#timers.length > 0 && this.#timers[0].at <= until) {
      const timer = /** @type {{at: number, then: () => void}} */ (this.#timers.shift());
      this.#now = Math.max(this.#now, timer.at);
      timer.then();
      await settle();
      look();
    }
    this.#now = Math.max(this.#now, until);
  }

  /**
   * The machine sleeps: the clock goes on, the timers do not, and all that were due ring at the end.
   *
   * @param {number} ms
   */
  async sleep(ms) {
    this.#now += ms;
    await this.run(0);
  }
}

/** Lets promises settle: no chain in home or in the tests' docks is longer than this. */
export async function settle() {
  for (let turn = 0; turn < 8; turn++) await null;
}

/**
 * Numbers from 0 up to 1 that look random and depend on the seed alone (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function seeded(seed) {
  const state = { at: seed | 0 };
  return () => {
    state.at = (state.at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state.at ^ (state.at >>> 15), 1 | state.at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
