// @ts-check
// The time that is looked at: closer, further away, earlier, later. Pure.

/** @typedef {{from: number, to: number}} Window */

/** The shortest, ms; the server says the same. */
export const SHORTEST_MS = 60_000;
/** The earliest instant, ms: 1700. */
export const EARLIEST = -8_520_336_000_000;

/**
 * The window so many times as long; what lies at `at` stays where it is. It does not go beyond `now`.
 * @param {Window} window @param {number} factor @param {number} at @param {number} now @returns {Window}
 */
export function zoomed({ from, to }, factor, at, now) {
  const length = Math.max(SHORTEST_MS, Math.round((to - from) * factor));
  const part = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return held({ from: Math.round(at - part * length), to: Math.round(at - part * length) + length }, now);
}

/**
 * The window a part of its length later; earlier, if that is negative.
 * @param {Window} window @param {number} part @param {number} now @returns {Window}
 */
export function panned({ from, to }, part, now) {
  const by = Math.round((to - from) * part);
  return held({ from: from + by, to: to + by }, now);
}

/**
 * The window of a length, moved so that it lies between the earliest instant and now; if it is longer, cut.
 * @param {Window} window @param {number} now @returns {Window}
 */
export function held({ from, to }, now) {
  const length = Math.max(SHORTEST_MS, to - from);
  const end = Math.min(Math.max(from + length, EARLIEST + length), now);
  return { from: Math.max(EARLIEST, end - length), to: end };
}

/** A window that is longer begins with a local day, ms: whole days leave it. */
const BY_DAYS_MS = 48 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The window with its end at a report of `at`. It is about as long as it was at first.
 * @param {Window} window @param {number} at @param {number} length at first, ms @returns {Window}
 */
export function ended({ from, to }, at, length) {
  const end = Math.max(to, at);
  const over = Math.max(0, end - from - length);
  const leaves = length < BY_DAYS_MS ? over : Math.floor(over / DAY_MS) * DAY_MS;
  return { from: from + leaves, to: end };
}

/**
 * Which of so many labels there is room for, each of so many pixels: every one, every other, every third …
 * @template T @param {readonly T[]} labels @param {number} width @param {number} each @returns {T[]}
 */
export function thinned(labels, width, each) {
  const stride = Math.max(1, Math.ceil((labels.length * each) / Math.max(1, width)));
  return labels.filter((_, place) => place % stride === 0);
}
