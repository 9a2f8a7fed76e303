// @ts-check
/** The words that home has not yet seen confirmed, in the order in which they were said. */

/**
 * @typedef {object} Word
 * @property {string} id 128 random bits, made at home: the dock stores a word once, however often it arrives
 * @property {string} station the station it is about
 * @property {string} text
 */

/** The longest text of a word, characters: the dock takes no more, and a truck with such a word would be refused for ever. */
const TEXT_MAX_CHARS = 1_000;

/** What the words may take of a clipboard, bytes: the dock refuses bodies over 64 KiB. */
const ABOARD_BYTES_MAX = 48 * 1024;

/** How many words ride on one truck: a page that was away for long tells its story in turns. */
const ABOARD_MAX = 16;

/** How many words wait at home: beyond that nobody is listening, and the page had better say so. */
const WAITING_MAX = 100;

/** Words that wait for their confirmation. */
export class Words {
  #newId;

  /** @type {Map<string, Word>} in the order in which they were said */
  #waiting = new Map();

  /** @param {() => string} newId makes 128 random bits */
  constructor(newId) {
    this.#newId = newId;
  }

  /** How many wait. */
  get size() {
    return this.#waiting.size;
  }

  /**
   * Keeps a word until it is confirmed.
   *
   * @param {{station: string, text: string}} said
   * @returns {string} its id
   * @throws {RangeError} if the dock would not take it, or too many wait already
   */
  add({ station, text }) {
    if (this.#waiting.size >= WAITING_MAX) throw new RangeError(`${WAITING_MAX} messages wait to be sent already`);
    if (text.trim() === '') throw new RangeError('the message is empty');
    if ([...text].length > TEXT_MAX_CHARS) throw new RangeError(`the message is longer than ${TEXT_MAX_CHARS} characters`);
    const word = { id: this.#newId(), station, text };
    this.#waiting.set(word.id, word);
    return word.id;
  }

  /**
   * Forgets words that the dock has stored.
   *
   * @param {readonly string[]} ids
   * @returns {string[]} those that did wait
   */
  forget(ids) {
    return ids.filter((id) => this.#waiting.delete(id));
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
  return new TextEncoder().encode(JSON.stringify(word)).length;
}
