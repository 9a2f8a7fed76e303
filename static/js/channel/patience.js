// @ts-check
/** How long home waits after a trip that failed: not at all after a single cut, then ever longer, at random. */

import { Alarm } from './clock.js';

/** @typedef {import('./clock.js').Clock} Clock */

/** A truck that had been out this long was cut, not refused: the next one may leave at once, ms. */
export const STEADY_MS = 1_000;

/** The longest wait after a first failure, ms; it doubles with each further one. */
const FIRST_MS = 500;

/** The longest that we stay away because the dock asks for it, ms: proxies have asked for days. */
const ASKED_MAX_MS = 5 * 60_000;

/** Loads in a row that came quickly and brought nothing before we believe that something on the road is broken. */
const FRUITLESS_MAX = 3;

/** Counts failures in a row, and holds the trucks back. */
export class Patience {
  #clock;
  #random;
  #over;
  #strikes = 0;
  #fruitless = 0;
  /** @type {number | null} */
  #until = null;
  /** Whether the dock asked for the wait. */
  #asked = false;

  /**
   * @param {Clock} clock
   * @param {() => number} random from 0 up to 1: pages that failed together must not come back together
   * @param {() => void} onOver a wait is over
   */
  constructor(clock, random, onOver) {
    this.#clock = clock;
    this.#random = random;
    this.#over = new Alarm(clock, () => {
      this.#end();
      onOver();
    });
  }

  /** When the wait ends, the clock's ms; null if there is none. */
  get until() {
    return this.#until;
  }

  /** Whether the last trip failed, or no truck may leave. */
  get tried() {
    return this.#strikes > 0 || this.#until !== null;
  }

  /** A trip succeeded. A wait that the dock asked for still holds. */
  fine() {
    this.#strikes = 0;
    if (!this.#asked) this.#end();
  }

  /** The world has changed: what failed before counts no more. */
  reset() {
    this.#strikes = 0;
    this.#fruitless = 0;
    this.#end();
  }

  /**
   * A trip failed.
   *
   * @param {number} outMs how long the truck had been out
   * @param {number} capMs the longest wait, ms
   * @param {number} [askedMs] how long the dock asks to stay away
   */
  lost(outMs, capMs, askedMs = 0) {
    const atOnce = this.#strikes === 0 && outMs >= STEADY_MS;
    const wait = atOnce ? 0 : this.#spread(this.#strikes, capMs);
    this.#strikes++;
    this.#wait(Math.max(wait, askedMs), askedMs > 0);
  }

  /**
   * A truck that might have parked came home quickly, with nothing new, and no other is parked. A few such trucks are
   * normal; an endless row of them would keep the road busy for nothing.
   *
   * @param {boolean} fruitless whether that is so
   * @param {number} capMs the longest wait, ms
   */
  home(fruitless, capMs) {
    this.#fruitless = fruitless ? this.#fruitless + 1 : 0;
    if (this.#fruitless >= FRUITLESS_MAX) this.#wait(this.#spread(this.#fruitless - FRUITLESS_MAX, capMs), false);
  }

  /**
   * The dock closes: everyone is to come back, not all at once.
   *
   * @param {number | undefined} askedMs
   * @param {number} capMs
   */
  sentAway(askedMs, capMs) {
    this.#wait(askedMs ?? this.#random() * capMs, true);
  }

  /**
   * @param {number} doublings
   * @param {number} capMs
   */
  #spread(doublings, capMs) {
    return this.#random() * Math.min(capMs, FIRST_MS * 2 ** doublings);
  }

  /**
   * @param {number} ms
   * @param {boolean} asked
   */
  #wait(ms, asked) {
    const bounded = Math.min(ms, ASKED_MAX_MS);
    const until = this.#clock.now() + bounded;
    if (bounded <= 0 || (this.#until !== null && this.#until >= until)) return;
    this.#over.set(bounded);
    this.#until = until;
    this.#asked ||= asked;
  }

  #end() {
    this.#over.off();
    this.#until = null;
    this.#asked = false;
  }
}
