// @ts-check
/** The transports of a row of the table: what carries its words and its news. */

import { newBay } from './bay.js';
import { postTruck } from './post.js';
import { events, socket } from './stream.js';

/** @typedef {import('./fleets.js').Fleet} Fleet */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/**
 * @typedef {object} Transports
 * @property {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} send one trip
 * @property {import('./line.js').Stream} [stream] in place of a truck that parks
 */

/** @typedef {Transports['send']} Send */

/** @type {Record<Fleet['down'], (bay: string, send: Send) => Transports>} */
const TRANSPORTS = {
  trucks: (bay, send) => ({ send }),
  events: (bay, send) => ({ send, stream: events(bay) }),
  socket: (bay) => socket(bay),
};

/**
 * The transports from a bay.
 *
 * @param {Readonly<Fleet>} fleet
 * @param {string} [bay] none: one of their own
 * @param {string} [secret] makes all trucks one visitor's where the browser keeps no cookies
 * @returns {Transports}
 */
export function transportsOf(fleet, bay = newBay(), secret = newBay()) {
  const { fetch } = globalThis;
  const asVisitor = (/** @type {RequestInfo | URL} */ path, /** @type {RequestInit} */ init = {}) =>
    fetch(path, { ...init, headers: { ...init.headers, Visitor: secret } });
  return TRANSPORTS[fleet.down](bay, (clipboard, signal) => postTruck(bay, clipboard, signal, asVisitor));
}
