// @ts-check
/** The worker that owns the trucks for all pages of a browser: it hands messages to and fro. Its name tells build and fleet. */

import { newBay } from '../channel/bay.js';
import { FLEETS } from '../channel/fleets.js';
import { transportsOf } from '../channel/transports.js';
import { Hub } from './hub.js';
import { nameOf, readName } from './name.js';

/**
 * What is used of a shared worker's scope: the types of a page do not know it.
 *
 * @typedef {{name: string, addEventListener: (type: 'connect', listener: (event: MessageEvent) => void) => void}} Scope
 */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));
const { build, fleet } = readName(scope.name);
const row = FLEETS[fleet];
if (!row) throw new RangeError(`no worker is called ${nameOf(build, fleet)}`);
const hub = new Hub({ fleet: row, build, newId: newBay, ...transportsOf(row) });

scope.addEventListener('connect', ({ ports: [port] }) => {
  const take = hub.connect((message) => port.postMessage(message));
  port.addEventListener('message', ({ data }) => take(data));
  // Some browsers tell when a page has gone without a goodbye.
  port.addEventListener('close', () => take({ what: 'goodbye' }));
  port.start();
});
