// @ts-check
/**
 * A page's end of the home that it shares with the other pages of the browser: a worker's, or where there is none, its own.
 * It talks the same messages to both.
 */

import { newBay } from '../channel/bay.js';
import { WALL_CLOCK } from '../channel/clock.js';
import { compare, join } from '../channel/cursor.js';
import { unfed } from '../channel/feed.js';
import { Outbox, pageStorage } from './outbox.js';
import { ownPort, workerPort } from './port.js';
import { Silence } from './silence.js';

/** @typedef {import('../channel/wire.js').Item} Item */
/** @typedef {import('../channel/wire.js').Load} Load */
/** @typedef {import('../channel/listener.js').Trip} Trip */
/** @typedef {import('./hub.js').Down} Down */
/** @typedef {import('./hub.js').Up} Up */
/** @typedef {import('../channel/feed.js').Feed} Feed */
/** @typedef {import('../channel/tally.js').Stats} Stats */
/** @typedef {import('../channel/words.js').Said} Said */
/** @typedef {import('./port.js').Port} Port */
/** @typedef {import('../channel/listener.js').On} On */
/**
 * @typedef {object} More
 * @property {{seen: string, watch?: readonly string[]}} state the page's cursor, and the stations it shows (none: all)
 * @property {(stats: Stats) => void} [onStats]
 * @property {Storage | null} [storage] keeps words over a reload
 */
/** @typedef {import('./port.js').Parts & On & More} Parts */

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
  #outbox;
  #silence;
  /** @type {Port | null} */
  #port = null;
  #own = false;
  /** Workers that were tried since the last word. */
  #tried = 0;
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
    this.#outbox = new Outbox(parts.storage === undefined ? pageStorage() : parts.storage);
    this.#silence = new Silence(parts.clock ?? WALL_CLOCK, () => this.#again());
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
    this.#silence.broken();
    const take = (/** @type {Down} */ message) => this.#take(message);
    try {
      if (this.#own || this.#tried >= WORKERS_MAX) throw new Error('no worker');
      this.#tried++;
      const port = workerPort(this.#parts, take, () => {
        if (this.#port !== port) return;
        this.#tried = WORKERS_MAX;
        this.#again();
      });
      this.#port = port;
    } catch {
      this.#own = true;
      this.#port = ownPort(this.#parts, take);
    }
  }

  /** Another worker, or a home of our own. */
  #again() {
    this.#connect();
    if (this.#started) this.#hello();
    this.#watchOut();
  }

  /** While somebody looks at a page that a worker feeds, it is to be heard. */
  #watchOut() {
    this.#silence.watch(this.#started && this.#visible && !this.#own);
  }

  /** @param {Down} message */
  #take(message) {
    this.#silence.broken();
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
