// @ts-check
/** The pages of a browser, and what they show. */

import { WATCH_MAX } from '../channel/place.js';

/** @typedef {import('../channel/wire.js').Item} Item */
/** @typedef {import('./hub.js').Down} Down */
/**
 * @typedef {object} Page
 * @property {(message: Down) => void} post
 * @property {number} turn
 * @property {readonly string[]} watch
 * @property {boolean} visible
 * @property {boolean} reloads it was told to fetch its state anew, and has not come back yet
 * @property {number} unanswered beats
 */

/**
 * A page that leaves so many beats unanswered is gone: nothing else tells that a page was closed or has crashed. Beats are
 * counted, and not time, so that a machine that sleeps loses no page; and a page needs no timer to answer one, so that a
 * hidden page with its slow timers is not lost either. A page that was only frozen says hello again.
 */
const UNANSWERED_MAX = 6;
/** News that is the visitor's own goes to all pages, whatever they watch. */
const PRIVATE = Object.freeze(['words', 'forgotten']);

/** The pages that have said hello, in the order in which they did last. */
export class Pages {
  /** @type {Set<Page>} */
  #pages = new Set();

  /** How many there are. */
  get size() {
    return this.#pages.size;
  }

  /** All of them; pages that go meanwhile are left out. */
  [Symbol.iterator]() {
    return this.#pages.values();
  }

  /** All of them as they are now. */
  get all() {
    return [...this.#pages];
  }

  /** Whether somebody looks at one. */
  get oneIsVisible() {
    return this.all.some(({ visible }) => visible);
  }

  /** All stations that pages show; empty: everything. @returns {readonly string[]} */
  get union() {
    const all = new Set();
    for (const { watch } of this.#pages) {
      if (watch.length === 0) return [];
      for (const station of watch) all.add(station);
    }
    return all.size > WATCH_MAX ? [] : [...all];
  }

  /** @param {Page} page */
  has(page) {
    return this.#pages.has(page);
  }

  /** @param {Page} page */
  add(page) {
    this.#pages.add(page);
  }

  /** @param {Page} page @returns {boolean} whether it was there */
  delete(page) {
    return this.#pages.delete(page);
  }

  /** A beat goes out: those that have left too many unanswered. */
  gone() {
    return this.all.filter((page) => page.unanswered++ >= UNANSWERED_MAX);
  }
}

/**
 * Whether trucks that watch `wide` bring all that `narrow` shows.
 *
 * @param {readonly string[]} wide
 * @param {readonly string[]} narrow
 */
export function covers(wide, narrow) {
  return wide.length === 0 || (narrow.length > 0 && narrow.every((station) => wide.includes(station)));
}

/**
 * Whether a page is to have an item.
 *
 * @param {Pick<Page, 'watch'>} page
 * @param {Item} item
 */
export function isFor({ watch }, { kind, station }) {
  return watch.length === 0 || typeof station !== 'string' || PRIVATE.includes(kind) || watch.includes(station);
}
