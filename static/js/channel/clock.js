// @ts-check
/** Timers that notice when the machine has slept. */

/**
 * @typedef {object} Clock
 * @property {() => number} now ms; it must count the time in which the machine slept, so `performance.now` will not do
 * @property {(ms: number, then: () => void) => () => void} after calls once, later; returns what calls it off
 */

/** A timer that rings this late says that the machine slept, ms. Hidden pages' timers ring late, too, but not by this much at first. */
const JUMP_MS = 20_000;

/**
 * The browser's own clock.
 *
 * @type {Clock}
 */
export const WALL_CLOCK = Object.freeze({
  now: () => Date.now(),
  after: (/** @type {number} */ ms, /** @type {() => void} */ then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
});

/**
 * The same clock, but a timer that rings far too late calls `onJump` in place of what it was set for.
 *
 * @param {Clock} clock
 * @param {() => void} onJump
 * @returns {Clock}
 */
export function watchful(clock, onJump) {
  return {
    now: clock.now,
    after: (ms, then) => {
      const due = clock.now() + ms;
      return clock.after(ms, () => (clock.now() - due > JUMP_MS ? onJump() : then()));
    },
  };
}

/** One timer that can be set again and again. */
export class Alarm {
  #clock;
  #then;
  /** @type {(() => void) | null} */
  #callOff = null;

  /**
   * @param {Clock} clock
   * @param {() => void} then
   */
  constructor(clock, then) {
    this.#clock = clock;
    this.#then = then;
  }

  /** Whether it is set. */
  get isSet() {
    return this.#callOff !== null;
  }

  /**
   * Sets it, in place of what it was set to before.
   *
   * @param {number} ms
   */
  set(ms) {
    this.off();
    this.#callOff = this.#clock.after(ms, () => {
      this.#callOff = null;
      this.#then();
    });
  }

  /** Calls it off. */
  off() {
    this.#callOff?.();
    this.#callOff = null;
  }
}
