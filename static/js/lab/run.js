// @ts-check
/** Measures rows, one after the other, on the same traffic. Lanes, clock and road are given to it. */

import { FLEETS } from '../channel/fleets.js';
import { legsOf } from '../channel/tally.js';
import { happenings } from './dice.js';

/** @typedef {import('./lane.js').Lane} Lane */
/** @typedef {import('./summary.js').Summary} Summary */
/**
 * @typedef {object} Measured
 * @property {string} fleet
 * @property {number} seconds
 * @property {number} rttMs the bare round trip, just before
 * @property {number} news pieces that happened
 * @property {number} words that were said
 * @property {number} arrived pieces of news that reached the page, also in the short time after the end
 * @property {number} arrivedInTime those that came while trips and bytes were counted
 * @property {number} trips requests
 * @property {number} legs ways, out and home
 * @property {number} empty legs on which nothing was carried
 * @property {number} tickets
 * @property {number} lost
 * @property {number} repeated
 * @property {number} bytes of bodies, both ways
 * @property {number} parked on average
 * @property {number} parkedMost
 * @property {Summary | null} age of news, ms
 * @property {Summary | null} wordAge of words until they were confirmed, ms
 */
/**
 * @typedef {object} Ground what a measurement stands on
 * @property {(fleet: string, seen: string, isOurs: (item: import('../channel/wire.js').Item) => boolean) => Lane} newLane
 * @property {(number: number) => Promise<unknown>} tell makes a piece of news
 * @property {(signal: AbortSignal) => Promise<{seen: string, rttMs: number}>} probe
 * @property {import('../channel/clock.js').Clock} clock
 * @property {() => number} nextNumber where numbers of news go on
 */
/** @typedef {{seed: number, news: number, words: number, seconds: number}} Plan */

/** How long a row may take until it is fed, ms. */
const READY_MAX_MS = 10_000;
/** How long news may still arrive after the end, ms, beyond a period: trips no longer count then. */
const LATE_MS = 1_500;
/** The same where nothing is sure to come, ms. */
const LATE_IDLE_MS = 200;
/** How often it looks, ms. */
const LOOK_MS = 10;

/**
 * Measures one row.
 *
 * @param {string} name
 * @param {Plan} plan
 * @param {Ground} ground
 * @param {AbortSignal} signal
 * @param {(seconds: number) => void} [onTime] how far it is
 * @returns {Promise<Measured>}
 */
export async function measure(name, plan, ground, signal, onTime = () => {}) {
  const { clock } = ground;
  const { seen, rttMs } = await ground.probe(signal);
  const first = ground.nextNumber();
  let told = 0;
  const isOurs = (/** @type {any} */ { kind, number }) => kind === 'lab' && number >= first && number < first + told;
  const lane = ground.newLane(name, seen, isOurs);
  try {
    await until(() => ['live', 'polling', 'resting'].includes(lane.state.kind), READY_MAX_MS, clock, signal);
    const began = clock.now();
    lane.ledger.begin(began);
    const before = figures(lane);
    let words = 0;
    for (const { at, what } of happenings(plan.seed, plan, plan.seconds)) {
      await pause(began + at - clock.now(), clock, signal, () => onTime((clock.now() - began) / 1_000));
      if (what === 'word') words += Number(lane.say(`word ${words + 1}`));
      else ground.tell(first + told++).catch(() => {}); // what does not happen does not arrive: it shows
    }
    await pause(began + plan.seconds * 1_000 - clock.now(), clock, signal, () => onTime((clock.now() - began) / 1_000));
    const after = figures(lane);
    const seconds = (clock.now() - began) / 1_000;
    const { parkedMost } = lane.ledger;
    const parked = lane.ledger.parkedMean(clock.now());
    const { everyMs, keepOneOut, down } = FLEETS[name];
    const sure = everyMs !== null || keepOneOut || down !== 'trucks';
    const late = (everyMs ?? 0) + (sure ? LATE_MS : LATE_IDLE_MS);
    await until(() => lane.ledger.news >= told, late, clock, signal).catch(orAborted(signal));
    const counted = Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - before[key]]));
    const { news: arrived, age, wordAge } = lane.ledger;
    return /** @type {Measured} */ ({
      fleet: name,
      seconds,
      rttMs,
      news: told,
      words,
      arrived,
      ...counted,
      parked,
      parkedMost,
      age,
      wordAge,
    });
  } finally {
    lane.rest();
  }
}

/**
 * Measures all of them.
 *
 * @param {readonly string[]} rows
 * @param {Plan} plan
 * @param {Ground} ground
 * @param {object} watch
 * @param {AbortSignal} watch.signal ends it
 * @param {() => Promise<AbortSignal>} watch.seen ready when somebody looks; aborted when nobody does any more
 * @param {(row: number, seconds: number) => void} watch.onProgress
 * @param {(measured: Measured) => void} watch.onRow
 */
export async function runAll(rows, plan, ground, { signal, seen, onProgress, onRow }) {
  for (const [index, name] of rows.entries()) {
    for (let done = false; !done;) {
      const looked = await seen();
      onProgress(index, 0);
      const either = AbortSignal.any([signal, looked]);
      try {
        onRow(await measure(name, plan, ground, either, (seconds) => onProgress(index, seconds)));
        done = true;
      } catch (error) {
        // A hidden page's clocks are slow: the row is measured again when somebody looks.
        if (signal.aborted || !looked.aborted) throw error;
      }
    }
  }
}

/** What is counted from the beginning to the end, all at one moment. @param {Lane} lane @returns {Record<string, number>} */
function figures({ requests, stats, ledger }) {
  const { tickets, lost, repeated, bytesUp, bytesDown } = stats;
  return {
    arrivedInTime: ledger.news,
    trips: requests,
    ...legsOf(stats),
    tickets,
    lost,
    repeated,
    bytes: bytesUp + bytesDown,
  };
}

/** @param {AbortSignal} signal */
function orAborted(signal) {
  return (/** @type {unknown} */ error) => {
    if (signal.aborted) throw error;
  };
}

/**
 * @param {() => boolean} isSo
 * @param {number} patienceMs
 * @param {import('../channel/clock.js').Clock} clock
 * @param {AbortSignal} signal
 */
async function until(isSo, patienceMs, clock, signal) {
  const end = clock.now() + patienceMs;
  while (!isSo()) {
    if (clock.now() >= end) throw new Error('it takes too long');
    await sleep(LOOK_MS, clock, signal);
  }
}

/**
 * Waits, and says now and then that it still does.
 *
 * @param {number} ms
 * @param {import('../channel/clock.js').Clock} clock
 * @param {AbortSignal} signal
 * @param {() => void} onTick
 */
async function pause(ms, clock, signal, onTick) {
  const end = clock.now() + ms;
  for (let left = ms; left > 0; left = end - clock.now()) {
    await sleep(Math.min(left, 250), clock, signal);
    onTick();
  }
  signal.throwIfAborted();
}

/**
 * @param {number} ms
 * @param {import('../channel/clock.js').Clock} clock
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function sleep(ms, clock, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const callOff = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      callOff();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
