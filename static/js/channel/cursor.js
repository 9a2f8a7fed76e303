// @ts-check
/** Cursors: places in the journal, `epoch.sequence`. The epoch names the journal, the sequence counts within it. */

/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./wire.js').Item} Item */

/** The sequence is a 64-bit counter: more than a Number holds exactly. */
const CURSOR = /^(.+)\.(\d{1,20})$/;

/**
 * Whether a value has the form of a cursor.
 *
 * @param {unknown} value
 * @returns {value is string}
 */
export function isCursor(value) {
  return typeof value === 'string' && CURSOR.test(value);
}

/**
 * Compares two places: below 0 if `a` lies before `b`, 0 if they are one place, above 0 if `a` lies after `b`.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number} NaN if they are not places in one journal
 */
export function compare(a, b) {
  const [, epochA, digitsA] = CURSOR.exec(a) ?? [];
  const [, epochB, digitsB] = CURSOR.exec(b) ?? [];
  if (epochA === undefined || epochA !== epochB) return NaN;
  const [placeA, placeB] = [BigInt(digitsA), BigInt(digitsB)];
  return placeA < placeB ? -1 : placeA > placeB ? 1 : 0;
}

/**
 * What a load brings to a page that has seen everything up to `seen`.
 *
 * `fresh` is what the page has not seen yet, in order; `repeated` counts the rest. A load of another journal is
 * `foreign`. Before one that begins later than `seen` lies a `gap`: nothing of it can be used.
 *
 * @param {string} seen
 * @param {Load} load
 * @returns {{seen: string, fresh: Item[], repeated: number, gap: boolean, foreign: boolean}}
 */
export function join(seen, load) {
  const empty = load.cargo.length === 0;
  const joins = compare(load.after, seen);
  const foreign = !empty && Number.isNaN(joins);
  if (!(joins <= 0)) return { seen, fresh: [], repeated: 0, gap: joins > 0 && !empty, foreign };

  const fresh = [];
  let reached = seen;
  for (const item of load.cargo) {
    if (!(compare(item.at, reached) > 0)) continue;
    reached = item.at;
    fresh.push(item);
  }
  // News that the page does not watch moves the cursor, too.
  if (compare(load.seen, reached) > 0) reached = load.seen;
  return { seen: reached, fresh, repeated: load.cargo.length - fresh.length, gap: false, foreign };
}
