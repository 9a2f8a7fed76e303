// @ts-check
/** A browser in small: pages with links, workers that live and die, and messages that take their time. Time is virtual. */

import { Link } from '../../static/js/tabs/link.js';
import { Hub } from '../../static/js/tabs/hub.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { equal } from './check.js';

/** @typedef {import('./virtual.js').VirtualClock} VirtualClock */

/** How long a message takes from a page to its worker, or back, ms. */
const POST_MS = 1;

/** Storage that lives as long as the test. */
export class FakeStorage {
  /** @type {Map<string, string>} */
  items = new Map();
  getItem = (/** @type {string} */ key) => this.items.get(key) ?? null;
  setItem = (/** @type {string} */ key, /** @type {string} */ value) => void this.items.set(key, value);
  removeItem = (/** @type {string} */ key) => void this.items.delete(key);
}

/** Workers by name, as a browser keeps them. */
export class FakeBrowser {
  /** @type {Hub | null} the one that runs */
  hub = null;
  /** How many were started. */
  workers = 0;
  /** Whether scripts of workers cannot be loaded. */
  broken = false;
  /** Whether a new worker is connected to, but never runs. */
  hung = false;
  /** @type {string[]} */
  names = [];
  /** Ports to the worker of now. @type {Set<{dead: boolean}>} */
  #ports = new Set();

  /**
   * @param {VirtualClock} clock
   * @param {(hiddenMs?: number) => Hub} newHub
   */
  constructor(clock, newHub) {
    this.clock = clock;
    this.newHub = newHub;
  }

  /** The worker dies, and nobody is told. */
  kill() {
    this.#ports.forEach((port) => (port.dead = true));
    this.#ports.clear();
    this.hub = null;
  }

  /** @param {string} name */
  newWorker = (name) => {
    this.names.push(name);
    const { clock } = this;
    const line = { dead: false };
    const port = {
      /** @type {((event: {data: any}) => void) | null} */
      onmessage: null,
      /** @param {any} message */
      postMessage: (message) => {
        const copy = structuredClone(message);
        clock.after(POST_MS, () => line.dead || take?.(copy));
      },
      close: () => {},
    };
    const worker = { port, onerror: /** @type {any} */ (null) };
    if (this.broken) clock.after(POST_MS, () => worker.onerror?.({}));
    if (this.broken || this.hung) line.dead = true;
    if (!line.dead && !this.hub) {
      this.hub = this.newHub();
      this.workers++;
    }
    const take = line.dead
      ? null
      : this.hub?.connect((message) => {
          const copy = structuredClone(message);
          clock.after(POST_MS, () => line.dead || port.onmessage?.({ data: copy }));
        });
    this.#ports.add(line);
    return /** @type {SharedWorker} */ (/** @type {unknown} */ (worker));
  };
}

/** A page, with all that it is told written down. */
export class FakePage {
  /** @type {string[]} the places of what was applied */
  applied = [];
  /** @type {any[]} */
  states = [];
  /** @type {any[]} */
  trips = [];
  /** @type {any[]} */
  said = [];
  /** @type {string[]} */
  heard = [];
  reloads = 0;
  /** @type {string[]} */
  faults = [];
  /** @type {Hub | null} where there is no worker */
  own = null;

  /**
   * @param {FakeBrowser} browser
   * @param {string} fleet
   * @param {{seen: string, watch?: string[]}} state
   * @param {object} [more] for the link
   */
  constructor(browser, fleet, state, more = {}) {
    this.link = new Link({
      fleet: FLEETS[fleet],
      build: 'b1',
      state,
      apply: (items) => this.applied.push(...items.map(({ at }) => at)),
      onState: (told) => this.states.push(told),
      onTrip: (trip) => this.trips.push(trip),
      onSaid: (words) => this.said.push(words.map(({ text, state }) => `${text} ${state}`).join(', ')),
      onHeard: (ids) => this.heard.push(...ids),
      onReload: () => this.reloads++,
      onFault: (error) => this.faults.push(String(error)),
      clock: browser.clock,
      storage: /** @type {any} */ (new FakeStorage()),
      newWorker: browser.newWorker,
      newHub: () => (this.own = browser.newHub(0)),
      ...more,
    });
  }

  /** @param {string} kind */
  is(kind) {
    equal(this.link.state.kind, kind);
  }
}

/**
 * @param {(clipboard: any, signal: AbortSignal) => Promise<any>} send
 * @param {VirtualClock} clock
 * @param {() => number} random
 * @param {string} [fleet]
 * @param {object} [more]
 */
export function hubsOn(send, clock, random, fleet = 'ping-pong', more = {}) {
  return (/** @type {number | undefined} */ hiddenMs) =>
    new Hub({ fleet: FLEETS[fleet], send, clock, random, newId: () => 'w', ...more }, { hiddenMs });
}
