// @ts-check
/** What shows that the road is open: a truck that came home since the last failure. Without that, nothing is live. */

import { Outage } from './outage.js';

/** Proof of the open road, and how long there was none. */
export class Proof {
  #clock;
  #outage;
  #onDoubt;
  #holds = false;

  /** Whether the browser says that it has no network. */
  offline = false;
  /** When a load came home last, the clock's ms. */
  homeAt = -Infinity;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {object} on
   * @param {() => void} on.onForgotten the page need not say any more how long an outage was
   * @param {() => void} on.onDoubt nobody counts on the trucks that are out
   */
  constructor(clock, { onForgotten, onDoubt }) {
    this.#clock = clock;
    this.#onDoubt = onDoubt;
    this.#outage = new Outage(clock, onForgotten);
  }

  /** Whether the road is known to be open. */
  get holds() {
    return this.#holds;
  }

  /** How long an outage was that has just ended, ms; null: there was none. */
  get outageMs() {
    return this.#outage.ms;
  }

  /** How long nothing has come home, ms. */
  get silenceMs() {
    return this.#clock.now() - this.homeAt;
  }

  /** A load is home. */
  found() {
    this.homeAt = this.#clock.now();
    this.#holds = true;
    this.offline = false;
    this.#outage.ends(this.homeAt);
  }

  /**
   * A truck or a stream is lost.
   *
   * @param {boolean} late whether it was only missed when its time was over: the road may have been closed since the last load
   */
  lost(late) {
    if (this.#holds) this.#outage.begins(late ? this.homeAt : this.#clock.now());
    this.doubt();
  }

  /** The dock says that it closes. */
  closes() {
    this.#outage.begins(this.#clock.now());
    this.doubt();
  }

  /** The browser says that it has no network. */
  goesOffline() {
    this.lost(false);
    this.offline = true;
  }

  /** From here on, only a load that comes home shows that the road is open. */
  doubt() {
    this.#holds = false;
    this.#onDoubt();
  }

  /** Nobody looks any more. */
  forget() {
    this.#outage.forget();
  }
}
