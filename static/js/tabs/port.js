// @ts-check
/** A page's way to the hub: a worker's, or where there is none, its own. Both take the same messages. */

import { newBay } from '../channel/bay.js';
import { transportsOf } from '../channel/transports.js';
import { Hub } from './hub.js';
import { nameOf } from './name.js';

/** @typedef {import('./hub.js').Down} Down */
/** @typedef {import('./hub.js').Up} Up */
/** @typedef {{post: (message: Up) => void, close: () => void}} Port a way to a hub */
/**
 * @typedef {object} Parts
 * @property {Readonly<import('../channel/fleets.js').Fleet>} fleet
 * @property {string} build the page's
 * @property {import('../channel/clock.js').Clock} [clock]
 * @property {(name: string) => SharedWorker} [newWorker]
 * @property {() => Hub} [newHub] the page's own
 */

/**
 * The way to the worker of this build and fleet.
 *
 * @param {Parts} parts
 * @param {(message: Down) => void} take
 * @param {() => void} onBroken it cannot be started, as in a browser without module workers
 * @returns {Port}
 * @throws where the browser has no shared workers
 */
export function workerPort({ fleet, build, newWorker = sharedWorker }, take, onBroken) {
  const worker = newWorker(nameOf(build, fleet.name));
  const { port } = worker;
  port.onmessage = ({ data }) => take(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    onBroken();
  };
  port.start?.();
  return {
    post: (message) => port.postMessage(message),
    close: () => {
      worker.onerror = null;
      port.onmessage = null;
      port.close();
    },
  };
}

/**
 * The way to a hub of the page's own.
 *
 * @param {Parts} parts
 * @param {(message: Down) => void} take
 * @returns {Port}
 */
export function ownPort({ fleet, build, clock, newHub }, take) {
  const parts = { fleet, build, clock, newId: newBay };
  const hub = newHub ? newHub() : new Hub({ ...parts, ...transportsOf(fleet) }, { hiddenMs: 0 });
  const post = hub.connect(take);
  return { post, close: () => post({ what: 'goodbye' }) };
}

/** @param {string} name */
function sharedWorker(name) {
  return new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module', name });
}
