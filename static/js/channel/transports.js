// @ts-check
/** The roads of a row of the table: on what its words and its news travel. */

import { newBay, postTruck } from './wire.js';
import { events, socket } from './stream.js';

/** @typedef {import('./fleets.js').Fleet} Fleet */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/**
 * @typedef {object} Roads
 * @property {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} send one trip
 * @property {import('./line.js').Stream} [stream] in place of a truck that parks
 */

/** @type {Record<Fleet['down'], (bay: string) => Roads>} */
const ROADS = {
  trucks: (bay) => ({ send: (clipboard, signal) => postTruck(bay, clipboard, signal) }),
  events: (bay) => ({ send: (clipboard, signal) => postTruck(bay, clipboard, signal), stream: events(bay) }),
  socket: (bay) => socket(bay),
};

/**
 * The roads from a bay.
 *
 * @param {Readonly<Fleet>} fleet
 * @param {string} [bay] none: one of their own
 * @returns {Roads}
 */
export function roadsOf(fleet, bay = newBay()) {
  return ROADS[fleet.down](bay);
}
