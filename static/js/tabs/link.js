// @ts-check
/**
 * A page's end of the home that it shares with the other pages of the browser: a worker's, or where there is none, its own.
 * It talks the same messages to both.
 */

import { newBay } from '../channel/bay.js';
import { Alarm, WALL_CLOCK } from '../channel/clock.js';
import { compare, join } from '../channel/cursor.js';
import { unfed } from '../channel/feed.js';
import { transportsOf } from '../channel/transports.js';
import { Hub } from './hub.js';
import { nameOf } from './name.js';
import { Outbox } from './outbox.js';

/** @typedef {import('../channel/wire.js').Item} Item */
/** @typedef {import('../channel/wire.js').Load} Load */
/** @typedef {import('../channel/home.js').Trip} Trip */
/** @typedef {import('./hub.js').Down} Down */
/** @typedef {import('./hub.js').Up} Up */
/** @typedef {import('../channel/feed.js').Feed} Feed */
/** @typedef {import('../channel/tally.js').Stats} Stats */
/** @typedef {import('../channel/words.js').Said} Said */
/** @typedef {{post: (message: Up) => void, close: () => void}} Port a way to a hub */
/**
 * @typedef {object} Parts
 * @property {Readonly<import('../channel/fleets.js').Fleet>} fleet
 * @property {string} build the page's
 * @property {{seen: string, watch?: readonly string[]}} state the page's cursor, and the stations it shows (none: all)
 * @property {(items: Item[], load: Load) => void} apply news: each item once, in order, without a gap
 * @property {(state: Feed) => void} [onState]
 * @property {() => void} [onReload] the page must fetch its state anew and `start` from its cursor
 * @property {(ids: string[]) => void} [onHeard] words that are stored now
 * @property {(words: Said[]) => void} [onSaid] whenever words come further: all that wait, and once those that no longer do
 * @property {(stats: Stats) => void} [onStats]
 * @property {(trip: Trip) => void} [onTrip]
 * @property {(error: unknown) => void} [onFault]
 * @property {import('../channel/clock.js').Clock} [clock]
 * @property {Storage | null} [storage] keeps words over a reload
 * @property {(name: string) => SharedWorker} [newWorker]
 * @property {() => Hub} [newHub] the page's own
 */

/** How often a page that is seen looks whether it has heard something, ms. */
const LOOK_MS = 5_000;
/** So many looks without a word: the worker is dead. It says something every 10 s. */
const SILENT_LOOKS_MAX = 5;
/** A look that is this late was not on time: the page's timers are held back, or the machine slept; it says nothing, ms. */
const LATE_MS = 2_500;
/** Workers that a page tries, one after the other, without hearing a word. */
const WORKERS_MAX = 2;

/**
 * Connects a page; it is fed once it is started.
 *
 * @param {Parts} parts
 */
export function connect(parts) {
  return new Link(parts);
}

/** A page's link. */
export class Link {
  #parts;
  #clock;
  #outbox;
  #look;
  /** @type {Port | null} */
  #port = null;
  #own = false;
  /** Workers that were tried since the last word. */
  #tried = 0;
  #silentLooks = 0;
  #lookDue = 0;
  /** Numbers the hellos: what was said to an earlier one is not for us. */
  #turn = 0;
  #started = false;
  /** Whether the page was told to fetch its state anew, and has not started since. */
  #reloads = false;
  #visible = true;
  #seen;
  /** @type {readonly string[]} */
  #watch;
  /** @type {Feed} */
  #state;
  /** @type {Stats | null} */
  #stats = null;
  /** @type {Said[]} */
  #said = [];

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? WALL_CLOCK;
    this.#outbox = new Outbox(parts.storage === undefined ? pageStorage() : parts.storage);
    this.#look = new Alarm(this.#clock, () => this.#looks());
    this.#seen = parts.state.seen;
    this.#watch = parts.state.watch ?? [];
    this.#state = unfed(parts.fleet.name);
  }

  /** The cursor up to which everything has been applied. */
  get seen() {
    return this.#seen;
  }

  /** How the page is fed right now. */
  get state() {
    return this.#state;
  }

  /** What the trucks have done so far; null: nobody has told yet. */
  get stats() {
    return this.#stats;
  }

  /** The words that wait. */
  get said() {
    const known = new Set(this.#said.map(({ id }) => id));
    const rest = this.#outbox.words.filter(({ id }) => !known.has(id));
    return [...this.#said, ...rest.map((word) => /** @type {Said} */ ({ ...word, state: 'queued' }))];
  }

  /**
   * Whether somebody looks at the page.
   *
   * @param {boolean} visible
   */
  set visible(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#post({ what: 'visible', visible });
    this.#watchOut();
  }

  /**
   * Begins, or begins anew, as after a reload, or when the page is back from the browser's cache.
   *
   * @param {{seen?: string, watch?: readonly string[]}} [from] the page's cursor, and the stations it shows
   */
  start({ seen = this.#seen, watch = this.#watch } = {}) {
    this.#seen = seen;
    this.#watch = watch;
    this.#started = true;
    this.#reloads = false;
    if (!this.#port) this.#connect();
    this.#hello();
    this.#watchOut();
    this.#tellSaid(this.#said);
  }

  /**
   * Says something; it is sent until it is confirmed, also after a reload of the page.
   *
   * @param {{id?: string, station: string, text: string}} words
   * @returns {string} its id
   * @throws {RangeError} if it is empty or too long, or too much waits already
   */
  say({ id = newBay(), station, text }) {
    const word = { id, station, text };
    this.#outbox.keep(word);
    this.#tellSaid(this.#said);
    this.#post({ what: 'say', word });
    return id;
  }

  /** Somebody wants to know now. */
  wake() {
    if (!this.#started) return this.start();
    this.#post({ what: 'wake' });
  }

  /** The page is left: hidden away, closed, or without anything to show. `start` and `wake` go on. */
  rest() {
    this.#post({ what: 'goodbye' });
    this.#started = false;
    this.#watchOut();
    if (this.#own) return;
    // A page in the browser's cache holds no port: the worker may be gone when it is back.
    this.#port?.close();
    this.#port = null;
    this.#tried = 0;
  }

  /** The browser says that it has a network again. */
  online() {
    this.#post({ what: 'online' });
  }

  /** The browser says that it has no network. */
  offline() {
    this.#post({ what: 'offline' });
  }

  /** @param {Up} message */
  #post(message) {
    if (this.#started) this.#port?.post(message);
  }

  #hello() {
    const say = this.#outbox.words;
    this.#turn++;
    const hello = { what: /** @type {const} */ ('hello'), turn: this.#turn, seen: this.#seen, watch: [...this.#watch] };
    this.#post({ ...hello, visible: this.#visible, say });
  }

  /** A worker, or where that fails a home of our own. */
  #connect() {
    this.#port?.close();
    this.#silentLooks = 0;
    try {
      if (this.#own || this.#tried >= WORKERS_MAX) throw new Error('no worker');
      this.#tried++;
      this.#port = this.#worker();
    } catch {
      this.#own = true;
      this.#port = this.#ownHub();
    }
  }

  /** @returns {Port} */
  #worker() {
    const { fleet, build, newWorker = sharedWorker } = this.#parts;
    const worker = newWorker(nameOf(build, fleet.name));
    const { port } = worker;
    const own = {
      post: (/** @type {Up} */ message) => port.postMessage(message),
      close: () => {
        worker.onerror = null;
        port.onmessage = null;
        port.close();
      },
    };
    port.onmessage = ({ data }) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault?.(); // a browser without module workers
      if (this.#port !== own) return;
      this.#tried = WORKERS_MAX;
      this.#again();
    };
    port.start?.();
    return own;
  }

  /** @returns {Port} */
  #ownHub() {
    const { fleet, build, clock, newHub } = this.#parts;
    const parts = { fleet, build, clock, newId: newBay };
    const hub = newHub ? newHub() : new Hub({ ...parts, ...transportsOf(fleet) }, { hiddenMs: 0 });
    const post = hub.connect((message) => this.#take(message));
    return { post, close: () => post({ what: 'goodbye' }) };
  }

  /** Another worker, or a home of our own. */
  #again() {
    this.#connect();
    if (this.#started) this.#hello();
    this.#watchOut();
  }

  /** While somebody looks at a page that a worker feeds, it is to be heard. */
  #watchOut() {
    this.#look.off();
    this.#silentLooks = 0;
    if (this.#started && this.#visible && !this.#own) this.#lookAgain();
  }

  #lookAgain() {
    this.#lookDue = this.#clock.now() + LOOK_MS;
    this.#look.set(LOOK_MS);
  }

  #looks() {
    const late = this.#clock.now() - this.#lookDue > LATE_MS;
    this.#silentLooks = late ? 0 : this.#silentLooks + 1;
    if (this.#silentLooks >= SILENT_LOOKS_MAX) return this.#again();
    this.#lookAgain();
  }

  /** @param {Down} message */
  #take(message) {
    this.#silentLooks = 0;
    this.#tried = 0;
    if (!this.#started || message.turn !== this.#turn) return;
    try {
      this.#hears(message);
    } catch (error) {
      (this.#parts.onFault ?? console.error)(error);
    }
  }

  /** @param {Down} message */
  #hears(message) {
    const { onHeard, onReload, onStats, onTrip, onFault } = this.#parts;
    switch (message.what) {
      case 'news':
        return this.#news(message);
      case 'state':
        return this.#tellState(message.state);
      case 'said':
        return this.#tellSaid(message.words);
      case 'heard':
        this.#outbox.forget(message.ids);
        return onHeard?.(message.ids);
      case 'trip':
        this.#stats = message.stats;
        onTrip?.(message.trip);
        return onStats?.(message.stats);
      case 'stats':
        this.#stats = message.stats;
        return onStats?.(message.stats);
      case 'reload':
        this.#reloads = true;
        this.#tellState(this.#state);
        return onReload?.();
      case 'beat':
        return this.#post({ what: 'here' });
      case 'who':
        return this.#hello();
      case 'fault':
        return onFault?.(new Error(message.text));
    }
  }

  /** @param {Extract<Down, {what: 'news'}>} message */
  #news({ items, load, after, seen }) {
    const joined = join(this.#seen, { v: 1, why: 'cargo', after, seen, cargo: items, heard: [] });
    if (joined.gap || joined.foreign) return this.#hello(); // it should never be so, and then our own cursor heals it
    if (compare(joined.seen, this.#seen) > 0) this.#seen = joined.seen;
    if (joined.fresh.length > 0 && load) this.#parts.apply(joined.fresh, { ...load, cargo: joined.fresh });
  }

  /** @param {Feed} state */
  #tellState(state) {
    this.#state = { ...state, kind: this.#reloads ? 'reloading' : state.kind, shared: !this.#own };
    this.#parts.onState?.(this.#state);
  }

  /** @param {Said[]} words */
  #tellSaid(words) {
    const over = words.filter(({ state }) => state === 'heard' || state === 'refused');
    this.#said = words.filter((word) => !over.includes(word));
    this.#outbox.forget(over.map(({ id }) => id));
    this.#parts.onSaid?.([...over, ...this.said]);
  }
}

/** @param {string} name */
function sharedWorker(name) {
  return new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module', name });
}

function pageStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null; // It may be forbidden.
  }
}
