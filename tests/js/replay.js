// @ts-check
/** Plays a trace that home's twin has written to the pages' own home, and compares what the two do, step by step. */

import { readLoad } from '../../static/js/channel/wire.js';
import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { settle } from './virtual.js';

/** @typedef {import('../../static/js/channel/wire.js').Clipboard} Clipboard */
/** @typedef {Record<string, any>} Event */
/** @typedef {{now: number, do: string, chance: number[], expect: Event[], seen: string | null, out: number, [more: string]: any}} Step */
/** @typedef {{name: string, fleet: string, parkMs: number, steps: Step[]}} Trace */

/** A clock that stands where the trace says, and whose timers ring when the trace says so. */
class TraceClock {
  at = 0;
  /** @type {{due: number, then: () => void}[]} the next one first; of two that are due together, the one that was set first */
  timers = [];

  now = () => this.at;

  /**
   * @param {number} ms
   * @param {() => void} then
   */
  after = (ms, then) => {
    const timer = { due: this.at + ms, then };
    const later = this.timers.findIndex(({ due }) => due > timer.due);
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
    return () => {
      const at = this.timers.indexOf(timer);
      if (at >= 0) this.timers.splice(at, 1);
    };
  };

  /** @param {number} due */
  ring(due) {
    const at = this.timers.findIndex((timer) => timer.due === due);
    if (at < 0) throw new Error(`no timer is due at ${due}, but at ${this.timers.map((timer) => timer.due)}`);
    this.timers.splice(at, 1)[0].then();
  }
}

/** The pages' home, with all that it does written down. */
class Played {
  clock = new TraceClock();
  /** @type {Event[]} what it did in this step */
  did = [];
  /** @type {number[]} */
  chance = [];
  id = '';
  /** @type {Map<number, {resolve: (load: any) => void, reject: (reason: unknown) => void}>} by number */
  trips = new Map();
  #departed = 0;

  /** @param {Trace} trace */
  constructor({ fleet, parkMs, steps }) {
    this.clock.at = steps[0].now;
    this.home = new Home({
      fleet: FLEETS[fleet],
      send: (clipboard, signal) => this.#send(clipboard, signal),
      apply: (items) => this.did.push({ applied: items.map(({ at }) => at) }),
      onHeard: (ids) => this.did.push({ heard: ids }),
      onState: ({ kind, retryAt }) => this.did.push({ state: { kind, retryAt } }),
      onReload: () => this.did.push({ reload: true }),
      onFault: (error) => this.did.push({ fault: String(error) }),
      clock: this.clock,
      random: () => {
        const next = this.chance.shift();
        if (next === undefined) throw new Error('it asks for more chance than its twin');
        return next;
      },
      newId: () => this.id,
      parkMs,
    });
  }

  /**
   * @param {Clipboard} clipboard
   * @param {AbortSignal} signal
   * @returns {Promise<any>}
   */
  #send({ fleet, park, seen, watch, say }, signal) {
    const number = ++this.#departed;
    // What else a clipboard may hold is not the twin's concern.
    this.did.push({ departs: { number, clipboard: { fleet, park, seen, watch, say } } });
    return new Promise((resolve, reject) => {
      this.trips.set(number, { resolve, reject });
      signal.addEventListener('abort', () => {
        this.did.push({ recalled: number });
        reject(new Error('given up'));
      });
    });
  }

  /** @param {Step} step */
  take(step) {
    const { home } = this;
    const trip = () => {
      const found = this.trips.get(step.truck);
      if (!found) throw new Error(`truck ${step.truck} never left`);
      return found;
    };
    switch (step.do) {
      case 'start':
        return home.start({ seen: step.from, watch: step.watch });
      case 'say':
        this.id = step.id;
        return home.say({ station: step.station, text: step.text });
      case 'home':
        return trip().resolve(readLoad(step.load));
      case 'lost':
        return trip().reject(Object.assign(new Error('lost'), { retryAfterMs: step.retryAfterMs ?? undefined }));
      case 'ring':
        return this.clock.ring(step.due);
      case 'look':
        home.visible = step.visible;
        return;
      case 'wake':
        return home.wake();
      case 'offline':
        return home.offline();
      case 'online':
        return home.online();
      case 'rest':
        return home.rest();
      default:
        throw new Error(`nobody knows how to ${step.do}`);
    }
  }
}

/**
 * As text in which the order of fields does not matter.
 *
 * @param {unknown} value
 * @returns {string}
 */
function canonical(value) {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner,
  );
}

/** Leaves out what a state says more than kind and time, if that alone has changed. */
class States {
  #last = '';

  /** @param {Event} event */
  isNew = ({ state }) => {
    const text = JSON.stringify(state);
    if (state && text === this.#last) return false;
    if (state) this.#last = text;
    return true;
  };
}

/**
 * Plays a trace.
 *
 * @param {Trace} trace
 * @returns {Promise<string | null>} the first difference: where, what was expected, what came
 */
export async function replay(trace) {
  const played = new Played(trace);
  const states = new States();
  for (const [index, step] of trace.steps.entries()) {
    const where = `${trace.name}, step ${index} (${step.do} at ${step.now})`;
    played.clock.at = step.now;
    played.did = [];
    played.chance = [...step.chance];
    try {
      played.take(step);
      await settle();
    } catch (error) {
      return `${where}: ${error instanceof Error ? error.message : error}`;
    }
    const expected = canonical({ did: step.expect, seen: step.seen ?? '', out: step.out, chance: [] });
    const { home, chance } = played;
    const did = played.did.filter(states.isNew);
    const got = canonical({ did, seen: home.seen, out: home.stats.trucksOut, chance });
    if (expected !== got) return `${where}:\n  expected ${expected}\n  got      ${got}`;
  }
  return null;
}
