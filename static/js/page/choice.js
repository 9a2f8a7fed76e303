// @ts-check
/** The fleet that a visitor has chosen: the address names it, or an earlier visit did. */

import { BASE } from '../channel/base.js';
import { FLEETS } from '../channel/fleets.js';

const KEY = 'fleet';
/** Servers with other bases on the same host keep others. */
const KEPT = BASE + KEY;
const DEFAULT = 'ping-pong';

/**
 * Reads the choice, and remembers one that the address names.
 *
 * @param {string} query the address's
 * @param {() => Pick<Storage, 'getItem' | 'setItem'>} storage may throw: it may be forbidden
 * @returns {Readonly<import('../channel/fleets.js').Fleet>}
 */
export function chosenFleet(query, storage) {
  const asked = new URLSearchParams(query).get(KEY);
  if (isFleet(asked)) {
    attempt(() => storage().setItem(KEPT, asked));
    return FLEETS[asked];
  }
  const kept = attempt(() => storage().getItem(KEPT));
  return FLEETS[isFleet(kept) ? kept : DEFAULT];
}

/**
 * @param {string | null | undefined} name
 * @returns {name is string}
 */
function isFleet(name) {
  return typeof name === 'string' && Object.hasOwn(FLEETS, name);
}

/**
 * @template T
 * @param {() => T} what
 */
function attempt(what) {
  try {
    return what();
  } catch {
    return null;
  }
}
