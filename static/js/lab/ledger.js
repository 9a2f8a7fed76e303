// @ts-check
/** What a lane has done: trucks that wait at the factory, news with its age, words with theirs. Time is an argument. */

import { summary } from './summary.js';

/** @typedef {import('../channel/listener.js').Trip} Trip */

/** Ages that are kept, the latest: the longest row at the highest rate. */
const AGES_MAX = 6_000;

/** Counts for one lane. */
export class Ledger {
  /** Trucks that are out and may park. @type {Set<unknown>} */
  #waiting = new Set();
  #waitedMs = 0;
  #since;
  #began;
  /** When words were said, by id. @type {Map<string, number>} */
  #said = new Map();

  /** The most that waited at once. */
  parkedMost = 0;
  /** Ages of news on arrival, ms, in order. @type {number[]} */
  ages = [];
  /** How long words were on their way, ms. @type {number[]} */
  wordAges = [];
  /** Pieces of news that arrived. */
  news = 0;

  /** @param {number} now ms */
  constructor(now) {
    this.#since = now;
    this.#began = now;
  }

  /** How many wait now. */
  get parked() {
    return this.#waiting.size;
  }

  /** Words that nobody has confirmed yet. */
  get unheard() {
    return this.#said.size;
  }

  /**
   * Something happened on the road.
   *
   * @param {Trip} trip
   * @param {number} now ms
   */
  trip(trip, now) {
    this.#waits(now);
    if (trip.what !== 'departs') this.#waiting.delete(trip.truck);
    else if (trip.parks) this.#waiting.add(trip.truck);
    this.parkedMost = Math.max(this.parkedMost, this.#waiting.size);
  }

  /**
   * A piece of news is home.
   *
   * @param {number | null} ageMs null: nobody knows
   */
  arrived(ageMs) {
    this.news++;
    if (ageMs !== null) this.ages.push(Math.max(0, ageMs));
    if (this.ages.length > AGES_MAX) this.ages.shift();
  }

  /**
   * @param {string} id
   * @param {number} now ms
   */
  said(id, now) {
    this.#said.set(id, now);
  }

  /**
   * @param {readonly string[]} ids
   * @param {number} now ms
   */
  heard(ids, now) {
    for (const id of ids) {
      const said = this.#said.get(id);
      if (this.#said.delete(id) && said !== undefined) this.wordAges.push(now - said);
    }
  }

  /** Begins anew; who waits goes on waiting. @param {number} now ms */
  begin(now) {
    this.#waitedMs = 0;
    this.#since = now;
    this.#began = now;
    this.parkedMost = this.#waiting.size;
    this.ages = [];
    this.wordAges = [];
    this.news = 0;
  }

  /**
   * How many waited, on average since it began.
   *
   * @param {number} now ms
   */
  parkedMean(now) {
    this.#waits(now);
    return now > this.#began ? this.#waitedMs / (now - this.#began) : this.#waiting.size;
  }

  /** How old news was. */
  get age() {
    return summary(this.ages);
  }

  /** How old words were. */
  get wordAge() {
    return summary(this.wordAges);
  }

  /** @param {number} now ms */
  #waits(now) {
    this.#waitedMs += this.#waiting.size * Math.max(0, now - this.#since);
    this.#since = now;
  }
}
