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

/** @type {Record<Fleet['down'], (bay: string) => Transports>} */
const TRANSPORTS = {
  trucks: (bay) => ({ send: (clipboard, signal) => postTruck(bay, clipboard, signal) }),
  events: (bay) => ({ send: (clipboard, signal) => postTruck(bay, clipboard, signal), stream: events(bay) }),
  socket: (bay) => socket(bay),
};

/**
 * The transports from a bay.
 *
 * @param {Readonly<Fleet>} fleet
 * @param {string} [bay] none: one of their own
 * @returns {Transports}
 */
export function transportsOf(fleet, bay = newBay()) {
  return TRANSPORTS[fleet.down](bay);
}
