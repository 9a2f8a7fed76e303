// @ts-check
/** A home on a stage: time is virtual, and the test plays the dock, truck by truck. */

import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { equal, ok } from './check.js';
import { VirtualClock, settle } from './virtual.js';

/** @typedef {import('../../static/js/channel/wire.js').Clipboard} Clipboard */
/** @typedef {import('../../static/js/channel/wire.js').Load} Load */
/** @typedef {{clipboard: Clipboard, left: number, open: boolean, aborted: () => boolean, load: (load: Partial<Load>) => Promise<void>, lose: (reason?: object) => Promise<void>}} Trip */

/** What most homes on the stage have seen. */
export const SEEN = 'J.10';

/**
 * @param {number} sequence
 * @returns {import('../../static/js/channel/wire.js').Item}
 */
export const item = (sequence) => ({ at: `J.${sequence}`, kind: 'report' });

/** A home, with all that it says and does written down. */
export class Stage {
  clock = new VirtualClock();
  /** @type {Trip[]} every departure */
  trips = [];
  /** @type {string[]} the places of what was applied */
  applied = [];
  /** @type {string[]} */
  kinds = [];
  /** @type {string[]} */
  heard = [];
  reloads = 0;
  #ids = 0;

  /**
   * @param {string} fleet
   * @param {object} [more] for the home
   */
  constructor(fleet, more = {}) {
    this.home = new Home({
      fleet: FLEETS[fleet],
      send: (clipboard, signal) => this.#depart(clipboard, signal),
      apply: (items) => this.applied.push(...items.map(({ at }) => at)),
      onState: ({ kind }) => this.kinds.push(kind),
      onReload: () => this.reloads++,
      onHeard: (ids) => this.heard.push(...ids),
      clock: this.clock,
      random: () => 0.5,
      newId: () => `w${++this.#ids}`,
      ...more,
    });
  }

  /** Starts, and lets the first truck prove that the road is open, where there is one. */
  async atRest() {
    this.home.start({ seen: SEEN, watch: [] });
    await settle();
    if (this.out.length > 0 && this.home.state.kind === 'connecting') await this.last.load({ why: 'turn' });
    return this;
  }

  /** The trips that are not over. */
  get out() {
    return this.trips.filter((trip) => trip.open);
  }

  /** The last departure. */
  get last() {
    const trip = this.trips.at(-1);
    if (!trip) throw new Error('no truck has left yet');
    return trip;
  }

  /** The words aboard the last truck. */
  get aboard() {
    return this.last.clipboard.say.map(({ id }) => id);
  }

  /**
   * @param {number} departures
   * @param {number} out
   * @param {string} what
   */
  expect(departures, out, what) {
    equal({ departures: this.trips.length, out: this.out.length }, { departures, out }, what);
    equal(this.home.stats.trucksOut, out, 'home counts otherwise');
  }

  /**
   * @param {Clipboard} clipboard
   * @param {AbortSignal} signal
   * @returns {Promise<Load>}
   */
  #depart(clipboard, signal) {
    ok(!signal.aborted, 'a truck left with a signal that was used before');
    return new Promise((resolve, reject) => {
      /** @type {Trip} */
      const trip = {
        clipboard,
        left: this.clock.now(),
        open: true,
        aborted: () => signal.aborted,
        load: (load) => {
          const seen = load.cargo?.at(-1)?.at ?? clipboard.seen;
          return end(() =>
            resolve({
              v: 1,
              why: load.cargo ? 'cargo' : 'ticket',
              after: clipboard.seen,
              seen,
              cargo: [],
              heard: [],
              ...load,
            }),
          );
        },
        lose: (reason) => end(() => reject(Object.assign(new Error('lost'), reason))),
      };
      /** @param {() => void} how */
      const end = (how) => {
        trip.open = false;
        how();
        return settle();
      };
      signal.addEventListener('abort', () => {
        trip.open = false;
        reject(new Error('given up'));
      });
      this.trips.push(trip);
    });
  }
}
