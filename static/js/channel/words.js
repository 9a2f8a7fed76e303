// @ts-check
/** The words that home has not yet seen confirmed, in the order in which they were said. */

import { bytesOf } from './wire.js';

/**
 * @typedef {object} Word
 * @property {string} id 128 random bits, made at home: the dock stores a word once, however often it arrives
 * @property {string} station the station it is about
 * @property {string} text
 */

/**
 * @typedef {Word & {state: 'queued' | 'aboard' | 'heard' | 'refused', reason?: string}} Said a word and how far it has
 *   come: at home, on a truck that is out, stored; or refused for good, and why
 */

/** The longest text of a word, characters: the dock takes no more, and a truck with such a word would be refused for ever. */
const TEXT_MAX_CHARS = 1_000;

/** What the words may take of a clipboard, bytes: the dock refuses bodies over 64 KiB. */
const ABOARD_BYTES_MAX = 48 * 1024;

/** How many words ride on one truck: a page that was away for long tells its story in turns. */
const ABOARD_MAX = 16;

/** How many words wait at home: beyond that nobody is listening, and the page had better say so. */
export const WAITING_MAX = 100;

/** What the dock takes for the id of a word, and for the name of a station. */
const ID = /^[A-Za-z0-9_-]{16,64}$/;
const STATION = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Checks a word by the dock's rules.
 *
 * @param {{station: string, text: string}} word
 * @throws {RangeError} if the dock would never take it
 */
export function checkWord({ station, text }) {
  if (!STATION.test(station)) throw new RangeError('the message is about no station');
  if (text.trim() === '') throw new RangeError('the message is empty');
  if ([...text].length > TEXT_MAX_CHARS)
    throw new RangeError(`the message is longer than ${TEXT_MAX_CHARS} characters`);
}

/** Words that wait for their confirmation. */
export class Words {
  #newId;

  /** @type {Map<string, Word>} in the order in which they were said */
  #waiting = new Map();
  /** @type {Said[]} words that wait no longer, until somebody is told */
  #over = [];

  /** @param {() => string} newId makes 128 random bits */
  constructor(newId) {
    this.#newId = newId;
  }

  /** How many wait. */
  get size() {
    return this.#waiting.size;
  }

  /**
   * Keeps a word until it is confirmed. One that waits already is not kept twice.
   *
   * @param {{id?: string, station: string, text: string}} said with an id if it was said before, as by a page that was loaded anew
   * @returns {string} its id
   * @throws {RangeError} if the dock would not take it, or too many wait already
   */
  add({ id: given, station, text }) {
    if (given !== undefined && this.#waiting.has(given)) return given;
    if (given !== undefined && !ID.test(given)) throw new RangeError('the message has no proper id');
    checkWord({ station, text });
    if (this.#waiting.size >= WAITING_MAX) throw new RangeError(`${WAITING_MAX} messages wait to be sent already`);
    const id = given ?? this.#newId();
    this.#waiting.set(id, { id, station, text });
    return id;
  }

  /**
   * Forgets words that the dock has stored.
   *
   * @param {readonly string[]} ids
   * @returns {string[]} those that did wait
   */
  forget(ids) {
    return ids.filter((id) => this.#end(id, { state: 'heard' }));
  }

  /**
   * Forgets a word that the dock will never take.
   *
   * @param {string} id
   * @param {string} reason
   * @returns {boolean} whether it did wait
   */
  refuse(id, reason) {
    return this.#end(id, { state: 'refused', reason });
  }

  /**
   * All words that wait.
   *
   * @param {(id: string) => boolean} isAboard
   * @returns {Said[]}
   */
  list(isAboard) {
    return [...this.#waiting.values()].map((word) => ({ ...word, state: isAboard(word.id) ? 'aboard' : 'queued' }));
  }

  /**
   * Those that wait no longer; each is told once.
   *
   * @returns {Said[]}
   */
  ended() {
    return this.#over.splice(0);
  }

  /**
   * @param {string} id
   * @param {{state: 'heard' | 'refused', reason?: string}} end
   */
  #end(id, end) {
    const word = this.#waiting.get(id);
    if (word) this.#over.push({ ...word, ...end });
    return this.#waiting.delete(id);
  }

  /**
   * What the next truck carries: the oldest words, without a gap, for they are stored in the order of their arrival.
   *
   * @returns {Word[]}
   */
  aboardNext() {
    const aboard = [];
    let room = ABOARD_BYTES_MAX;
    for (const word of this.#waiting.values()) {
      room -= bytes(word);
      if (room < 0 || aboard.length === ABOARD_MAX) break;
      aboard.push(word);
    }
    return aboard;
  }
}

/** @param {Word} word */
function bytes(word) {
  return bytesOf(JSON.stringify(word));
}
