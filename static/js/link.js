// @ts-check
// A page's line to the home that feeds it: for now, a home of its own.
import { newBay, postTruck } from './dock.js';
import { Home } from './fleet.js';
import { FLEETS } from './fleets.js';

/** @param {any} parts */
export function connect({ fleet, apply, onState, onReload, onSaid }) {
  const bay = newBay();
  const texts = new Map();
  const home = new Home({
    fleet: FLEETS[fleet],
    send: (clipboard, signal) => postTruck(bay, clipboard, signal),
    apply,
    newId: newBay,
    onState,
    onReload,
    onHeard: (ids) => onSaid(ids.map((id) => ({ ...texts.get(id), id, state: 'heard' }))),
  });
  return {
    start: (/** @type {any} */ from) => home.start(from),
    say(/** @type {any} */ words) {
      const id = home.say(words);
      texts.set(id, words);
      return id;
    },
    wake: () => home.wake(), rest: () => home.rest(), online: () => home.online(), offline: () => home.offline(),
    set visible(/** @type {boolean} */ seen) { home.visible = seen; },
    get seen() { return home.seen; },
    get state() { return home.state; },
    get stats() { return home.stats; },
  };
}
