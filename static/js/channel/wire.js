// @ts-check
/** What home and dock say to each other: clipboards and loads. An answer that is not a load means that the truck was lost. */

import { isCursor } from './cursor.js';

/** @typedef {import('./words.js').Word} Word */
/**
 * @typedef {object} Clipboard
 * @property {1} v
 * @property {string} fleet
 * @property {number} park
 * @property {string} seen
 * @property {readonly string[]} watch
 * @property {Word[]} say
 * @property {string} [build] the page's build
 * @property {import('./tally.js').Report} [tally] what home counted since its last truck
 */
/** @typedef {{at: string, kind: string, [field: string]: unknown}} Item */
/**
 * @typedef {object} Load
 * @property {1} v
 * @property {string} why `cargo`, `turn`, `ticket`, `relieved`, `closing` or `reload`
 * @property {string} after where it joins on
 * @property {string} seen how far it reaches
 * @property {Item[]} cargo
 * @property {string[]} heard words that are stored
 * @property {number} [retry] when to come back, ms, if the dock closes or a limit turned the truck round
 * @property {string} [limit] what kept the truck from parking: `visitor`, `address` or `dock`
 * @property {string} [build] the server's build, if it is not the page's
 * @property {number} [now] when the truck left the dock, by the dock's clock
 * @property {number} [parked] how long it was parked, ms
 * @property {boolean} [stranger] whether the dock does not know whose page it is: nothing private comes, no words go
 * @property {number} [bytes] how long it was on the road; home adds it
 */
/** @typedef {{index: number, id?: string, reason: string}} Refused a word of a clipboard that the dock will never take */

/** A truck that did not come home with a load. */
export class Lost extends Error {
  name = 'Lost';

  /**
   * @param {string} reason for the console and the person who reads it
   * @param {object} [more]
   * @param {number} [more.status] the answer's status, if there was an answer
   * @param {number} [more.retryAfterMs] how long the dock asks to stay away
   * @param {Refused[]} [more.refused] the words that were the reason
   * @param {unknown} [more.cause]
   */
  constructor(reason, { status, retryAfterMs, refused, cause } = {}) {
    super(reason, { cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.refused = refused;
  }
}

/**
 * A load from its text.
 *
 * @param {string} text
 * @returns {Load}
 * @throws {Lost}
 */
export function parseLoad(text) {
  try {
    return { ...readLoad(JSON.parse(text)), bytes: bytesOf(text) };
  } catch (cause) {
    throw cause instanceof Lost ? cause : new Lost('its load broke on the way', { status: 200, cause });
  }
}

/**
 * The words that a problem report names: each of them would be refused for ever.
 *
 * @param {any} problem as in RFC 9457, with `errors`
 * @returns {Refused[]}
 */
export function refusedWords(problem) {
  if (!Array.isArray(problem?.errors)) return [];
  return problem.errors.flatMap((/** @type {any} */ error) => {
    const index = indexOf(error?.field);
    return index === null ? [] : [{ index, reason: String(error.reason ?? 'the dock refuses it') }];
  });
}

/**
 * The place of the word that a field belongs to; null: of none.
 *
 * @param {unknown} field
 */
export function indexOf(field) {
  const [, index] = /^say\[(\d+)\]/.exec(String(field)) ?? [];
  return index === undefined ? null : Number(index);
}

/**
 * A load, if it is one of ours; fields that nobody misses get their empty value.
 *
 * @param {unknown} value
 * @returns {Load}
 * @throws {Lost}
 */
export function readLoad(value) {
  const load = /** @type {Record<string, any>} */ (value);
  if (typeof load !== 'object' || load === null || load.v !== 1) throw foreign('v');
  if (typeof load.why !== 'string') throw foreign('why');
  const { cargo = [], heard = [] } = load;
  if (!Array.isArray(cargo) || !cargo.every((item) => isCursor(item?.at) && typeof item.kind === 'string'))
    throw foreign('cargo');
  if (!Array.isArray(heard) || !heard.every((id) => typeof id === 'string')) throw foreign('heard');
  // A truck that is sent away, to wait or to load the page anew, brings no news and needs no place in the journal.
  const joins = cargo.length > 0 || (load.why !== 'reload' && load.why !== 'closing');
  if (joins && !isCursor(load.after)) throw foreign('after');
  if (joins && !isCursor(load.seen)) throw foreign('seen');
  return /** @type {Load} */ ({ ...load, cargo, heard });
}

/** @param {string} field */
function foreign(field) {
  return new Lost(`its load is not one of ours (${field})`, { status: 200 });
}

/**
 * How many bytes a text takes on the road.
 *
 * @param {string} text
 */
export function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}
