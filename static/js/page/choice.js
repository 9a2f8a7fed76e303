// @ts-check
/** What a visitor has chosen: the fleet, which the address names or an earlier visit did, and whether its meter is open. */

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

/** @typedef {Pick<HTMLDetailsElement, 'open' | 'addEventListener'>} Fold */

/**
 * Opens a folded part if an earlier visit left it open, and remembers what becomes of it.
 *
 * @param {Fold | null} fold @param {string} name @param {() => Pick<Storage, 'getItem' | 'setItem'>} storage may throw
 */
export function keepOpen(fold, name, storage) {
  if (!fold) return;
  if (attempt(() => storage().getItem(name)) === 'open') fold.open = true;
  fold.addEventListener('toggle', () => attempt(() => storage().setItem(name, fold.open ? 'open' : 'folded')));
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
