// @ts-check
/**
 * Home: decides when a truck leaves and what becomes of its load, for all six fleets by their table alone.
 * It knows no DOM and no network; `docs/PROTOCOL.md` tells the rules.
 */

import { Bucket } from './bucket.js';
import { Alarm, WALL_CLOCK, watchful } from './clock.js';
import { join } from './cursor.js';
import { Patience, STEADY_MS } from './patience.js';
import { GRACE_MS, Road } from './road.js';
import { Tally, kindOf } from './tally.js';
import { Words } from './words.js';

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {import('./dock.js').Clipboard} Clipboard */
/** @typedef {import('./dock.js').Item} Item */
/** @typedef {import('./dock.js').Load} Load */
/** @typedef {import('./fleets.js').Fleet} Fleet */
/** @typedef {import('./road.js').Reason} Reason */
/** @typedef {import('./road.js').Truck} Truck */
/** @typedef {import('./tally.js').State} State */

/** How long a truck is willing to park, ms: shorter than common proxies' patience. */
const PARK_MS = 25_000;
/** Departures: at a flood of news, items ride together. */
const DEPARTURES = Object.freeze({ burst: 4, perSecond: 10 });
/** The stations a truck can name; a page that shows more of them watches all. */
const WATCH_MAX = 64;
/** The longest wait after failures, ms: while somebody looks, and while nobody does or the browser says it is offline. */
const WAIT_MAX_MS = Object.freeze({ near: 3_000, far: 30_000 });

/** One page's home, or that of all pages that share it. */
export class Home {
  #fleet;
  #apply;
  #onState;
  #onReload;
  #onHeard;
  #onFault;
  #clock;
  #parkMs;
  #words;
  #road;
  #patience;
  #bucket;
  #tally = new Tally();
  /** Rings when a truck may leave that had to wait for a token. */
  #token;
  /** Rings when a truck leaves by the clock. */
  #period;

  /** @type {'resting' | 'running' | 'reloading'} */
  #mode = 'resting';
  #seen = '';
  /** @type {readonly string[]} */
  #watch = [];
  /** Whether a truck came home since the last failure: without that, nothing is live. */
  #proven = false;
  /** Whether a truck is owed though nothing else asks for one: by the clock, or for a load dropped before a gap. */
  #owed = false;
  #offline = false;
  #homeAt = -Infinity;
  #told = '';

  /** Whether somebody looks at the page: if not, home waits longer after failures. */
  visible = true;

  /**
   * @param {object} parts
   * @param {Readonly<Fleet>} parts.fleet a row of the table
   * @param {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} parts.send one trip. What it throws means that
   *   the truck is lost; `retryAfterMs` on it, how long the dock asks to stay away
   * @param {(items: Item[], load: Load) => void} parts.apply news: each item once, in order, without a gap
   * @param {(state: State) => void} [parts.onState]
   * @param {() => void} [parts.onReload] the page must fetch its state anew and `start` from a new cursor
   * @param {(ids: string[]) => void} [parts.onHeard] words that are stored now
   * @param {(error: unknown) => void} [parts.onFault] what the page's own callbacks throw: it does not stop the trucks
   * @param {Clock} [parts.clock]
   * @param {() => number} [parts.random]
   * @param {() => string} parts.newId makes 128 random bits, for words
   * @param {number} [parts.parkMs]
   */
  constructor(parts) {
    const { clock = WALL_CLOCK, random = Math.random, parkMs = PARK_MS } = parts;
    this.#fleet = parts.fleet;
    this.#apply = parts.apply;
    this.#onState = parts.onState ?? (() => {});
    this.#onReload = parts.onReload ?? (() => {});
    this.#onHeard = parts.onHeard ?? (() => {});
    this.#onFault = parts.onFault ?? ((error) => console.error(error));
    this.#clock = watchful(clock, () => this.wake());
    this.#parkMs = parkMs;
    this.#words = new Words(parts.newId);
    this.#road = new Road({
      clock: this.#clock,
      send: parts.send,
      onHome: (truck, load) => this.#arrive(truck, load),
      onLost: (truck, reason) => this.#lose(truck, reason),
    });
    this.#patience = new Patience(this.#clock, random, () => this.#step());
    this.#bucket = new Bucket(DEPARTURES, clock.now());
    this.#token = new Alarm(this.#clock, () => this.#step());
    this.#period = new Alarm(this.#clock, () => {
      this.#owed = true;
      this.#step();
    });
  }

  /** The cursor up to which everything has been applied. */
  get seen() {
    return this.#seen;
  }

  /**
   * How the page is fed right now.
   *
   * @returns {State}
   */
  get state() {
    const { name, keepOneOut, everyMs } = this.#fleet;
    const idle = !keepOneOut && everyMs === null && this.#road.size === 0 && this.#words.size === 0;
    const { tried, until } = this.#patience;
    const kind = kindOf({ mode: this.#mode, live: this.#isLive, offline: this.#offline, tried, idle });
    return { kind, retryAt: kind === 'reconnecting' || kind === 'offline' ? until : null, fleet: name };
  }

  /** What the trucks have done so far: the `departed` are `home`, `lost`, `givenUp` or among `trucksOut`. */
  get stats() {
    const { size: trucksOut, departed, givenUp } = this.#road;
    return { trucksOut, departed, givenUp, ...this.#tally };
  }

  /**
   * Begins, or begins anew; words that are not confirmed yet are kept.
   *
   * @param {{seen?: string, watch?: readonly string[]}} [from] the page's cursor, and the stations it shows (none: all)
   */
  start({ seen = this.#seen, watch = this.#watch } = {}) {
    this.#road.recallAll();
    this.#seen = seen;
    this.#watch = watch.length > WATCH_MAX ? [] : watch;
    this.#go();
  }

  /**
   * Says something; it is sent until it is confirmed.
   *
   * @param {{station: string, text: string}} words
   * @returns {string} its id, by which `onHeard` names it
   * @throws {RangeError} if it is empty or too long, or too much waits already
   */
  say(words) {
    const id = this.#words.add(words);
    this.#step();
    return id;
  }

  /** Somebody looks again, the network is back, or the machine has slept: trucks that were out for long are not believed. */
  wake() {
    if (this.#mode === 'reloading' || this.#seen === '') return;
    this.#road.recallStale();
    this.#go();
  }

  /** The browser says that it has no network. Home asks the road itself, for the dock may be on this very machine. */
  offline() {
    this.#offline = true;
    this.#doubt();
    this.#step();
  }

  /** The browser says that it has a network again. */
  online() {
    this.wake();
  }

  /** Stops, because nobody looks. `start` or `wake` goes on from what was seen. */
  rest() {
    if (this.#mode === 'running') this.#mode = 'resting';
    this.#stop();
    this.#tell();
  }

  /** Forgets past failures, and sees what is to be done. */
  #go() {
    this.#mode = 'running';
    this.#offline = false;
    this.#owed = this.#fleet.everyMs !== null;
    this.#patience.reset();
    this.#doubt();
    this.#token.off();
    this.#step();
  }

  #stop() {
    this.#road.recallAll();
    this.#patience.reset();
    this.#token.off();
    this.#period.off();
  }

  /** Sends what the rules ask for. */
  #step() {
    while (this.#mayDepart() && this.#asksForOne() && this.#road.makeRoom(this.#fleet.trucks)) {
      const wait = this.#bucket.take(this.#clock.now());
      if (wait > 0) this.#token.set(wait);
      else this.#depart();
    }
    this.#tell();
  }

  #mayDepart() {
    const waits = this.#patience.until !== null || this.#token.isSet;
    return this.#mode === 'running' && !waits && !(this.#probes && this.#road.oneProbes);
  }

  #asksForOne() {
    return this.#wordsAshore() || this.#owed || (this.#fleet.keepOneOut && !this.#road.oneParks);
  }

  /** Whether there are words that ride on no truck. */
  #wordsAshore() {
    return this.#words.aboardNext().some(({ id }) => !this.#road.carries(id));
  }

  /**
   * Whether the road must be shown to be open before a truck parks, at first and after a failure: a truck that turns
   * round at once tells it in one round trip, a parked one only when it is sent home.
   */
  get #probes() {
    return this.#fleet.keepOneOut && !this.#proven;
  }

  #depart() {
    const { name, hold, wordsMayWait, everyMs } = this.#fleet;
    const mayPark = hold > 0 && !this.#probes && (wordsMayWait || !this.#wordsAshore());
    const say = mayPark && !wordsMayWait ? [] : this.#words.aboardNext();
    const park = mayPark ? this.#parkMs : 0;
    if (say.length === 0) this.#tally.emptyLegs++;
    this.#owed = false;
    if (everyMs !== null) this.#period.set(everyMs);
    this.#road.depart({ v: 1, fleet: name, park, seen: this.#seen, watch: this.#watch, say }, this.#probes);
  }

  /**
   * A truck is home.
   *
   * @param {Truck} truck
   * @param {Load} load
   */
  #arrive(truck, load) {
    const joined = join(this.#seen, load);
    if (joined.foreign) return this.#lose(truck, null);
    const heard = this.#words.forget(load.heard);
    const brought = heard.length > 0 || joined.seen !== this.#seen;
    this.#seen = joined.seen;
    this.#owed ||= joined.gap; // what is missing and what was dropped come together on the next truck
    this.#tally.arrived(load, joined);

    this.#homeAt = this.#clock.now();
    this.#proven = true;
    this.#offline = false;
    this.#patience.fine();
    const fruitless = truck.park > 0 && !this.#road.oneParks && !brought && this.#road.age(truck) < STEADY_MS;
    this.#patience.home(fruitless, this.#waitMaxMs);
    if (load.why === 'closing') this.#close(load.retry);
    if (load.why === 'reload') this.#mode = 'reloading';

    try {
      if (heard.length > 0) this.#onHeard(heard);
      if (joined.fresh.length > 0) this.#apply(joined.fresh, load);
    } catch (error) {
      this.#onFault(error);
    }
    if (load.why === 'reload') this.#reload();
    this.#step();
  }

  /**
   * A truck does not come home.
   *
   * @param {Truck} truck
   * @param {Reason} reason
   */
  #lose(truck, reason) {
    this.#tally.lost++;
    this.#doubt();
    this.#owed ||= this.#fleet.everyMs !== null;
    this.#patience.lost(this.#road.age(truck), this.#waitMaxMs, reason?.retryAfterMs);
    this.#step();
  }

  /**
   * The dock closes, and says when to come back.
   *
   * @param {number | undefined} retryMs
   */
  #close(retryMs) {
    this.#doubt();
    this.#patience.sentAway(retryMs, WAIT_MAX_MS.near);
  }

  /** Our place in the journal is gone. */
  #reload() {
    this.#stop();
    this.#tell();
    this.#onReload();
  }

  /** From here on, only a truck that comes home shows that the road is open. */
  #doubt() {
    this.#proven = false;
    this.#road.doubt();
  }

  get #waitMaxMs() {
    return this.visible && !this.#offline ? WAIT_MAX_MS.near : WAIT_MAX_MS.far;
  }

  /** Whether news would reach the page now, as far as home can know. */
  get #isLive() {
    const { everyMs, keepOneOut } = this.#fleet;
    if (!this.#proven) return false;
    if (keepOneOut) return this.#road.oneParks || this.#token.isSet;
    const silence = this.#clock.now() - this.#homeAt;
    return everyMs === null ? this.#road.size > 0 && silence <= this.#parkMs + GRACE_MS : silence <= 2 * everyMs;
  }

  #tell() {
    const state = this.state;
    const told = `${state.kind} ${state.retryAt}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#onState(state);
  }
}
