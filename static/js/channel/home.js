// @ts-check
/**
 * Home decides what becomes of a load and of a truck that is lost; its dispatcher decides when a truck leaves. Both know
 * no DOM, no network, and the fleet by its row of the table alone. `docs/PROTOCOL.md` tells the rules.
 */

import { WALL_CLOCK, watchful } from './clock.js';
import { Dispatcher } from './dispatcher.js';
import { feedOf } from './feed.js';
import { Limit } from './limit.js';
import { Listener } from './listener.js';
import { Patience, STEADY_MS } from './patience.js';
import { Place } from './place.js';
import { Proof } from './proof.js';
import { Road } from './road.js';
import { Tally } from './tally.js';
import { Words } from './words.js';

/** @typedef {import('./trucks.js').Reason} Reason */
/** @typedef {import('./trucks.js').Truck} Truck */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/**
 * @typedef {object} Parts
 * @property {Readonly<import('./fleets.js').Fleet>} fleet a row of the table
 * @property {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} send one trip. What it throws means that
 *   the truck is lost; `retryAfterMs` on it, how long the dock asks to stay away; `refused`, words it will never take
 * @property {import('./line.js').Stream} [stream] in place of a truck that parks
 * @property {string} [build] the page's build
 * @property {import('./clock.js').Clock} [clock]
 * @property {() => number} [random]
 * @property {() => string} newId makes 128 random bits, for words
 * @property {number} [parkMs]
 */

/** How long a truck is willing to park, ms: shorter than common proxies' patience. */
const PARK_MS = 25_000;
/** The longest wait after failures, ms: while somebody looks, and while nobody does or the browser says it is offline. */
const WAIT_MAX_MS = Object.freeze({ near: 3_000, far: 30_000 });

/** One page's home, or that of all pages that share it. */
export class Home {
  #parts;
  #listener;
  #words;
  #road;
  #patience;
  #limit;
  #proof;
  #dispatcher;
  #place = new Place();
  #tally = new Tally();

  /** @type {'resting' | 'running' | 'reloading'} */
  #mode = 'resting';
  /** What the last load said of the server. */
  #told = { newBuild: /** @type {string | null} */ (null), stranger: false };

  /** Whether somebody looks at the page: if not, home waits longer after failures. */
  visible = true;

  /** @param {Parts & import('./listener.js').On} parts */
  constructor(parts) {
    const { fleet, build, random = Math.random, parkMs = PARK_MS } = parts;
    const clock = watchful(parts.clock ?? WALL_CLOCK, () => this.wake());
    const step = () => this.#step();
    const [place, tally] = [this.#place, this.#tally];
    this.#listener = new Listener(parts);
    const words = (this.#words = new Words(parts.newId));
    const proof = (this.#proof = new Proof(clock, {
      onForgotten: () => this.#tell(),
      onDoubt: () => road.trucks.doubt(),
    }));
    const limit = (this.#limit = new Limit(clock, step));
    const patience = (this.#patience = new Patience(clock, random, step));
    const road = (this.#road = new Road({
      clock,
      tally,
      send: parts.send,
      stream: parts.stream,
      onTrip: (trip) => this.#listener.trip(trip),
      onOpen: () => {
        this.#alive();
        this.#step();
      },
      onHome: (load, truck, left) => this.#arrive(load, truck, left),
      onLost: (truck, reason, ageMs) => this.#lost(truck, reason, ageMs),
    }));
    const rules = { fleet, parkMs, clock, place, words, road, limit, patience, proof, tally };
    this.#dispatcher = new Dispatcher({ ...rules, build, onTime: step });
    this.#parts = { ...rules, dispatcher: this.#dispatcher };
  }

  /** The cursor up to which everything has been applied. */
  get seen() {
    return this.#place.seen;
  }

  /** How the page is fed right now. */
  get state() {
    return feedOf(this.#parts, this.#mode, this.#told);
  }

  /**
   * What the trucks have done so far: the `departed` are `home`, `lost`, `givenUp` or among `trucksOut`. A stream departs
   * when it is opened, and brings many loads home.
   */
  get stats() {
    return { ...this.#road.stats, ...this.#tally.figures };
  }

  /** The words that wait. */
  get said() {
    return this.#words.list((id) => this.#road.trucks.carries(id));
  }

  /**
   * Begins, or begins anew; words that are not confirmed yet are kept.
   *
   * @param {{seen?: string, watch?: readonly string[]}} [from] the page's cursor, and the stations it shows (none: all)
   */
  start({ seen = this.#place.seen, watch = this.#place.watch } = {}) {
    this.#road.recallAll();
    this.#place.goTo(seen, watch);
    this.#go();
  }

  /**
   * Goes on from an earlier place, or with more stations. The road is not doubted for that.
   *
   * @param {{seen: string, watch: readonly string[]}} from
   */
  goBack({ seen, watch }) {
    if (this.#mode !== 'running') return this.start({ seen, watch });
    this.#road.recallAll();
    this.#place.goTo(seen, watch);
    this.#step();
  }

  /**
   * Watches fewer stations from the next truck on.
   *
   * @param {readonly string[]} watch
   */
  narrow(watch) {
    this.#place.narrow(watch);
  }

  /**
   * Says something; it is sent until it is confirmed.
   *
   * @param {{id?: string, station: string, text: string}} words with an id if they were said before: nothing is said twice
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
    if (this.#mode === 'reloading' || this.seen === '') return;
    this.#road.recallStale();
    this.#go();
  }

  /** The browser says that it has no network. Home asks the road itself, for the dock may be on this very machine. */
  offline() {
    this.#proof.goesOffline();
    this.#road.dropStaleLine();
    this.#step();
  }

  /** The browser says that it has a network again. */
  online() {
    this.wake();
  }

  /** Stops, because nobody looks. `start` or `wake` goes on from what was seen. */
  rest() {
    if (this.#mode === 'running') this.#mode = 'resting';
    this.#proof.forget();
    this.#stop();
    this.#tell();
  }

  /** Forgets past failures, and sees what is to be done. */
  #go() {
    this.#mode = 'running';
    this.#proof.offline = false;
    this.#patience.reset();
    this.#limit.hurry();
    this.#proof.doubt();
    this.#dispatcher.begin();
    this.#step();
  }

  #stop() {
    this.#dispatcher.stop();
    this.#road.recallAll();
    this.#patience.reset();
    this.#limit.lift();
  }

  #step() {
    this.#dispatcher.step();
    this.#tell();
  }

  /**
   * A load is home.
   *
   * @param {Load} load
   * @param {Truck | null} truck null: it came on the stream
   * @param {number | null} left when its truck left, if somebody knows
   */
  #arrive(load, truck, left) {
    const { fresh, news, repeated, gap, foreign, moved } = this.#place.take(load);
    if (foreign) return this.#lost(truck, null, truck ? this.#road.trucks.age(truck) : 0);
    const heard = this.#words.forget(load.heard);
    this.#alive();
    this.#tally.arrived(load, { repeated, gap, news, left, now: this.#proof.homeAt });
    this.#told = { newBuild: load.build ?? null, stranger: load.stranger === true };

    this.#patience.home(this.#isFruitless(load, truck, heard.length > 0 || moved), this.#waitMaxMs);
    this.#limit.sees(load, truck === null || truck.park > 0, this.#road.trucks.oneParks);
    if (load.why === 'closing') {
      this.#proof.closes();
      this.#patience.sentAway(load.retry, WAIT_MAX_MS.near);
    }
    if (load.why === 'reload') {
      this.#mode = 'reloading';
      this.#dispatcher.stop();
    }

    this.#listener.brought(heard, fresh, load);
    this.#road.home(load, truck);
    if (gap && this.#road.line) return this.#lost(null, null, 0); // what is missing and what was dropped come together on the next one
    this.#dispatcher.owed ||= gap;
    if (load.why === 'reload') {
      this.#stop();
      this.#tell();
      this.#listener.reload();
    }
    this.#step();
  }

  /** The road is open. */
  #alive() {
    this.#proof.found();
    this.#patience.fine();
  }

  /**
   * Whether a truck that might have parked came home at once, with nothing, and no other is parked.
   *
   * @param {Load} load
   * @param {Truck | null} truck
   * @param {boolean} brought
   */
  #isFruitless({ limit }, truck, brought) {
    const { trucks } = this.#road;
    if (truck === null || truck.park === 0 || trucks.oneParks || brought) return false;
    return trucks.age(truck) < STEADY_MS && limit === undefined;
  }

  /**
   * A truck or, null, the stream does not come home, or what it brings is of no use.
   *
   * @param {Truck | null} truck
   * @param {Reason} reason
   * @param {number} ageMs how long it was out
   */
  #lost(truck, reason, ageMs) {
    this.#road.lost(truck);
    const refused = (reason?.refused ?? []).filter(({ index, id, reason: why }) =>
      this.#words.refuse(id ?? truck?.clipboard.say[index]?.id ?? '', why),
    );
    this.#dispatcher.owesByClock();
    // Where a truck's words were refused, the road is open: without these words the next truck will get through.
    if (truck === null || refused.length === 0) {
      this.#proof.lost(reason?.late ?? false);
      this.#patience.lost(ageMs, this.#waitMaxMs, reason?.retryAfterMs);
    }
    this.#step();
  }

  get #waitMaxMs() {
    return this.visible && !this.#proof.offline ? WAIT_MAX_MS.near : WAIT_MAX_MS.far;
  }

  #tell() {
    this.#listener.state(this.state);
    this.#listener.said([...this.#words.ended(), ...this.said]);
  }
}
