// @ts-check
/** The dock lets no truck park: home asks again at the dock's pace, so it polls. */

import { Alarm } from './clock.js';

/** @typedef {import('./wire.js').Load} Load */

/** When to ask again if the dock does not say, and the least and the most that it may say, ms. */
const RETRY_MS = Object.freeze({ unsaid: 5_000, least: 1_000, most: 5 * 60_000 });

/** A truck that is not home again after this had a place to park, ms: one that turns round takes a round trip. */
const PLACE_MS = 3_000;

/** Whether, why, and until when a limit keeps the trucks from parking. */
export class Limit {
  #again;
  #place;
  /** @type {string | null} */
  #why = null;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {() => void} onChange it is time to ask again, or there is a place
   */
  constructor(clock, onChange) {
    this.#again = new Alarm(clock, onChange);
    this.#place = new Alarm(clock, () => {
      this.lift();
      onChange();
    });
  }

  /** The limit that holds this page; null: none. */
  get why() {
    return this.#why;
  }

  /** Whether it is too early to ask for a place. */
  get waits() {
    return this.#again.isSet;
  }

  /**
   * Sees by a load whether the dock lets something wait.
   *
   * @param {Load} load
   * @param {boolean} mayPark whether what brought it was to wait
   * @param {boolean} oneParks whether another does
   */
  sees({ why, limit, retry, parked }, mayPark, oneParks) {
    if (limit !== undefined) {
      if (!oneParks) this.#turned(limit, retry);
    } else if (mayPark && (why === 'ticket' || why === 'relieved' || (parked ?? 0) > 0)) {
      this.lift();
    }
  }

  /**
   * A truck that would have parked was turned round.
   *
   * @param {string} why
   * @param {unknown} retryMs
   */
  #turned(why, retryMs) {
    const asked = typeof retryMs === 'number' ? retryMs : RETRY_MS.unsaid;
    this.#why = why;
    this.#place.off();
    this.#again.set(Math.min(RETRY_MS.most, Math.max(RETRY_MS.least, asked)));
  }

  /** A truck leaves that may park. */
  asks() {
    if (this.#why !== null && !this.#place.isSet) this.#place.set(PLACE_MS);
  }

  /** The world has changed: a place may be asked for at once. */
  hurry() {
    this.#again.off();
    this.#place.off();
  }

  /** There is a place. */
  lift() {
    this.#why = null;
    this.hurry();
  }
}
