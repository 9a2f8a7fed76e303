// @ts-check
/** A guess at the dock's clock: it tells how old news is on arrival. */

import { quantile } from './spread.js';

/** Trips whose times are kept for the guess. */
const TRIPS_MAX = 32;

/** The clocks of home and dock count whole milliseconds: so far two honest guesses may be apart beyond their trips, ms. */
const TICK_MS = 20;

/**
 * The dock's clock, as far as trips tell: of the last trips the quickest knows best. A trip tells when it left and was
 * home by our clock, when it left the dock by the dock's, and how long it was parked; its way out and its way home are
 * taken to be equally long, so that the guess is wrong by half a round trip at most.
 */
export class DockClock {
  /** @type {{rtt: number, offset: number}[]} in the order of their return */
  #trips = [];

  /**
   * A truck is home.
   *
   * @param {object} times ms
   * @param {number} times.left by our clock
   * @param {number} times.home by our clock
   * @param {number} times.now when it left the dock, by the dock's clock
   * @param {number} times.parked how long it was parked
   */
  trip({ left, home, now, parked }) {
    const rtt = home - left - parked;
    if (!(rtt >= 0)) return; // a clock was set meanwhile, or somebody writes nonsense
    const offset = (now - parked - left + now - home) / 2;
    const best = this.#best;
    // Two honest guesses are no further apart than half of both trips: if they are, a clock was set between them.
    if (best && Math.abs(offset - best.offset) > (rtt + best.rtt) / 2 + TICK_MS) this.#trips = [];
    this.#trips.push({ rtt, offset });
    if (this.#trips.length > TRIPS_MAX) this.#trips.shift();
  }

  /** The dock's clock minus ours, ms; null: nobody knows yet. */
  get offset() {
    return this.#best?.offset ?? null;
  }

  /** Round trips without the parking, ms: of the last trip, and of the one in the middle of the last ones. */
  get rtt() {
    const sorted = this.#trips.map(({ rtt }) => rtt).sort((a, b) => a - b);
    return { last: this.#trips.at(-1)?.rtt ?? null, median: quantile(sorted, 0.5) };
  }

  get #best() {
    return this.#trips.reduce((best, trip) => (best && best.rtt <= trip.rtt ? best : trip), this.#trips[0]);
  }
}
