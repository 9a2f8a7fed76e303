// @ts-check
/** A lane: a home with a bay of its own, on a road that is counted. It knows no DOM. */

import { newBay } from '../channel/bay.js';
import { WALL_CLOCK } from '../channel/clock.js';
import { Home } from '../channel/home.js';
import { transportsOf } from '../channel/transports.js';
import { Ledger } from './ledger.js';

/** @typedef {import('../channel/dock_clock.js').DockClock} DockClock */
/** @typedef {import('../channel/wire.js').Item} Item */
/** @typedef {import('../channel/wire.js').Load} Load */
/** @typedef {import('../channel/listener.js').Trip} Trip */
/** @typedef {import('../channel/fleets.js').Fleet} Fleet */
/** @typedef {import('../channel/line.js').Stream} Stream */

/** What words of the lab are about: the dock confirms them, and that is all. */
export const STATION = '_lab';

/**
 * @typedef {object} On what a lane tells
 * @property {(trip: Trip) => void} [trip]
 * @property {(state: import('../channel/feed.js').Feed) => void} [state]
 * @property {(item: Item, ageMs: number | null) => void} [news] a piece of it, once
 * @property {(ids: string[]) => void} [heard]
 */

/** One fleet on its road. */
export class Lane {
  #home;
  #clock;

  /** Requests that were sent: trucks, and streams that were opened. */
  requests = 0;
  /** @type {Ledger} */
  ledger;

  /**
   * @param {object} parts
   * @param {Readonly<Fleet>} parts.fleet
   * @param {string} parts.seen from where on
   * @param {readonly string[]} parts.watch
   * @param {(item: Item) => boolean} parts.isOurs what counts as news
   * @param {DockClock} parts.dockClock shared by all lanes: one page, one server
   * @param {() => Promise<string>} [parts.where] asks for the journal's end, should the lane's place in it be gone
   * @param {On} [parts.on]
   * @param {string} [parts.bay]
   * @param {import('../channel/clock.js').Clock} [parts.clock]
   * @param {(fleet: Readonly<Fleet>, bay: string) => import('../channel/transports.js').Transports} [parts.transports]
   */
  constructor({
    fleet,
    seen,
    watch,
    isOurs,
    dockClock,
    on = {},
    bay = newBay(),
    clock = WALL_CLOCK,
    transports = transportsOf,
    where,
  }) {
    this.fleet = fleet;
    this.bay = bay;
    this.#clock = clock;
    this.ledger = new Ledger(clock.now());
    const { send, stream } = transports(fleet, bay);
    this.#home = new Home({
      fleet,
      send: async (clipboard, signal) => {
        if (fleet.down !== 'socket') this.requests++;
        const left = clock.now();
        const load = await send(clipboard, signal);
        learn(dockClock, load, left, clock.now());
        return load;
      },
      stream: stream && this.#counted(stream, dockClock),
      apply: (items) => {
        const { offset } = dockClock;
        for (const item of items) {
          if (!isOurs(item)) continue;
          const at = item.committed_at;
          const age = offset === null || typeof at !== 'number' ? null : Math.max(0, clock.now() + offset - at);
          this.ledger.arrived(age);
          on.news?.(item, age);
        }
      },
      onTrip: (trip) => {
        this.ledger.trip(trip, clock.now());
        on.trip?.(trip);
      },
      onState: (state) => on.state?.(state),
      onHeard: (ids) => {
        this.ledger.heard(ids, clock.now());
        on.heard?.(ids);
      },
      // There is nothing to fetch anew, so it goes on from the end; where even that is away, it rests.
      onReload: () =>
        void where?.().then(
          (end) => this.#home.start({ seen: end }),
          () => this.#home.rest(),
        ),
      clock,
      newId: newBay,
    });
    this.#home.start({ seen, watch });
  }

  /** How it is fed. */
  get state() {
    return this.#home.state;
  }

  /** How far it has seen. */
  get seen() {
    return this.#home.seen;
  }

  /** What its home has counted. */
  get stats() {
    return this.#home.stats;
  }

  /** Goes on after a rest. @param {string} [seen] from another place than where it was */
  wake(seen = this.#home.seen) {
    this.#home.start({ seen });
  }

  /** Watches other stations from now on. @param {readonly string[]} watch */
  watches(watch) {
    this.#home.goBack({ seen: this.#home.seen, watch });
  }

  /** Says something. @param {string} text @returns {boolean} whether home takes it: it keeps no more than so much */
  say(text) {
    try {
      const id = this.#home.say({ station: STATION, text });
      this.ledger.said(id, this.#clock.now());
      return true;
    } catch {
      return false;
    }
  }

  /** Calls all trucks back, until it wakes. */
  rest() {
    this.#home.rest();
  }

  /**
   * @param {Stream} stream
   * @param {DockClock} dockClock
   * @returns {Stream}
   */
  #counted(stream, dockClock) {
    return {
      ...stream,
      open: (clipboard, hooks) => {
        this.requests++;
        let left = /** @type {number | null} */ (this.#clock.now());
        return stream.open(clipboard, {
          ...hooks,
          onLoad: (load) => {
            if (left !== null) learn(dockClock, load, left, this.#clock.now());
            left = null;
            hooks.onLoad(load);
          },
        });
      },
    };
  }
}

/**
 * @param {DockClock} dockClock
 * @param {Load} load
 * @param {number} left ms
 * @param {number} home ms
 */
function learn(dockClock, { now, parked = 0 }, left, home) {
  if (typeof now === 'number') dockClock.trip({ left, home, now, parked });
}
