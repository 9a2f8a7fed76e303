// @ts-check
/** Notices a worker that is dead: it says something every 10 s, so a page that hears nothing for long asks another. */

import { Alarm } from '../channel/clock.js';

/** How often it looks whether something was heard, ms. */
const LOOK_MS = 5_000;
/** So many looks without a word: the worker is dead. */
const SILENT_LOOKS_MAX = 5;
/** A look that is this late was not on time: the page's timers are held back, or the machine slept; it says nothing, ms. */
const LATE_MS = 2_500;

/** Watches over one worker. */
export class Silence {
  #clock;
  #look;
  #silentLooks = 0;
  #due = 0;

  /**
   * @param {import('../channel/clock.js').Clock} clock
   * @param {() => void} onDead
   */
  constructor(clock, onDead) {
    this.#clock = clock;
    this.#look = new Alarm(clock, () => {
      const late = clock.now() - this.#due > LATE_MS;
      this.#silentLooks = late ? 0 : this.#silentLooks + 1;
      if (this.#silentLooks >= SILENT_LOOKS_MAX) onDead();
      else this.#lookAgain();
    });
  }

  /** The worker said something, or another takes its place. */
  broken() {
    this.#silentLooks = 0;
  }

  /**
   * Begins to watch, or ends it.
   *
   * @param {boolean} on
   */
  watch(on) {
    this.#look.off();
    this.#silentLooks = 0;
    if (on) this.#lookAgain();
  }

  #lookAgain() {
    this.#due = this.#clock.now() + LOOK_MS;
    this.#look.set(LOOK_MS);
  }
}
