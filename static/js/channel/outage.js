// @ts-check
/** How long the road was closed, for the page to say once it is open again. */

import { Alarm } from './clock.js';

/** Shorter ones are not worth words: a proxy cut a truck, and the next one went through, ms. */
const WORTH_MS = 300;

/** How long the page may say it, ms. */
const SHOWN_MS = 10_000;

/** Measures outages, from the last proof of life to the next one. */
export class Outage {
  #shown;
  /** @type {number | null} */
  #since = null;

  /**
   * How long the one was that has just ended, ms.
   *
   * @type {number | null}
   */
  ms = null;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {() => void} onForgotten
   */
  constructor(clock, onForgotten) {
    this.#shown = new Alarm(clock, () => {
      this.ms = null;
      onForgotten();
    });
  }

  /**
   * The road is closed; if it was already, since then.
   *
   * @param {number} at the last proof of life, ms
   */
  begins(at) {
    this.#since ??= at;
  }

  /** @param {number} now a truck came home, ms */
  ends(now) {
    const ms = now - (this.#since ?? now);
    this.#since = null;
    if (ms < WORTH_MS) return;
    this.ms = ms;
    this.#shown.set(SHOWN_MS);
  }

  /** Nobody looks any more. */
  forget() {
    this.#since = null;
    this.ms = null;
    this.#shown.off();
  }
}
