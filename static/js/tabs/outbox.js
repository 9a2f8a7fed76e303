// @ts-check
/** A page's own words until they are stored: they outlive a reload of the page, and a worker that dies. */

import { BASE } from '../channel/base.js';
import { checkWord, WAITING_MAX } from '../channel/words.js';

/** @typedef {import('../channel/words.js').Word} Word */

/** Where they are kept. Copied to a page that is duplicated, which does no harm: an id is stored once. */
const KEY = `${BASE}stevenson.outbox`;

/** Words in the order in which they were said. */
export class Outbox {
  #storage;
  /** @type {Map<string, Word>} */
  #words = new Map();

  /** @param {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null} storage null, or one that is forbidden or full: memory alone */
  constructor(storage) {
    this.#storage = storage;
    for (const word of this.#read()) this.#words.set(word.id, word);
  }

  /** All of them. */
  get words() {
    return [...this.#words.values()];
  }

  /**
   * Keeps a word.
   *
   * @param {Word} word
   * @throws {RangeError} if the dock would not take it, or too many wait already
   */
  keep(word) {
    if (this.#words.has(word.id)) return;
    checkWord(word);
    if (this.#words.size >= WAITING_MAX) throw new RangeError(`${WAITING_MAX} messages wait to be sent already`);
    this.#words.set(word.id, word);
    this.#write();
  }

  /**
   * Forgets words that are stored, or will never be.
   *
   * @param {readonly string[]} ids
   */
  forget(ids) {
    if (ids.filter((id) => this.#words.delete(id)).length > 0) this.#write();
  }

  /** @returns {Word[]} */
  #read() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isWord) : [];
    } catch {
      return []; // Storage may be forbidden, or hold what another program wrote.
    }
  }

  #write() {
    try {
      if (this.#words.size === 0) this.#storage?.removeItem(KEY);
      else this.#storage?.setItem(KEY, JSON.stringify(this.words));
    } catch {
      // It is kept in memory.
    }
  }
}

/**
 * @param {any} value
 * @returns {value is Word}
 */
function isWord(value) {
  return ['id', 'station', 'text'].every((field) => typeof value?.[field] === 'string');
}

/** What a page keeps over a reload; null: the browser forbids it. */
export function pageStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
