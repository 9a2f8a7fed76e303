// @ts-check
/** Trucks that only turn round: they tell how long the road is, and where the journal ends. */

import { newBay } from '../channel/bay.js';
import { postTruck } from '../channel/post.js';
import { summary } from './summary.js';

/** How many are sent to measure the road; the first finds a cold connection and does not count. */
const TRUCKS = 9;

/**
 * The journal's end, and the bare round trip in the middle of some, ms.
 *
 * @param {object} parts
 * @param {string} parts.seen any cursor
 * @param {readonly string[]} parts.watch
 * @param {AbortSignal} parts.signal
 * @param {import('../channel/dock_clock.js').DockClock} [parts.dockClock] learns from it
 * @param {number} [parts.trucks]
 * @returns {Promise<{seen: string, rttMs: number}>}
 */
export async function probe({ seen, watch, signal, dockClock, trucks = TRUCKS }) {
  const bay = newBay();
  const times = [];
  for (let truck = 0; truck < trucks; truck++) {
    const [left, began] = [Date.now(), performance.now()];
    const load = await postTruck(bay, { v: 1, fleet: 'polling', park: 0, seen, watch, say: [] }, signal);
    times.push(performance.now() - began);
    if (load.now !== undefined) dockClock?.trip({ left, home: Date.now(), now: load.now, parked: load.parked ?? 0 });
    if (load.seen) seen = load.seen;
  }
  return { seen, rttMs: summary(times.length > 1 ? times.slice(1) : times)?.median ?? 0 };
}
