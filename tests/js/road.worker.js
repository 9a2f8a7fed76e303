// @ts-check
/**
 * A real home on a bad road: one run after another, each with a bay, a station and words of its own. It runs in a
 * worker, whose timers nobody slows down.
 */

import { newBay } from '../../static/js/channel/bay.js';
import { postTruck } from '../../static/js/channel/post.js';
import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { compare } from '../../static/js/channel/cursor.js';

/** @typedef {{seed: number, fleet: string, station: string, key: string, readings: number, words: number, parkMs: number, deadlineMs: number}} Run */

/** How long between two looks at what is to become true, ms. */
const LOOK_EVERY_MS = 10;
/** The longest pause between two readings or two words, ms. */
const PAUSE_MAX_MS = 150;

/** @param {number} ms */
const pause = (ms) => new Promise((then) => setTimeout(then, ms));

/** The same numbers for the same seed (mulberry32). @param {number} seed */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The cursor that the station's page would start from. @param {string} station */
async function firstCursor(station) {
  const page = await (await fetch(`/s/${station}`)).text();
  const state = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(page);
  if (!state) throw new Error(`no state in the page of ${station}`);
  return JSON.parse(state[1]).cursor;
}

/**
 * @param {Run} run
 * @returns {Promise<object>} what came of it; `failure` says what is wrong
 */
async function runOne({ seed, fleet, station, key, readings, words, parkMs, deadlineMs }) {
  const random = dice(seed);
  const bay = `run-${String(seed).padStart(6, '0')}-0123456789`;
  const wrong = /** @type {string[]} */ ([]);
  const reports = /** @type {number[]} */ ([]);
  const mine = /** @type {string[]} */ ([]);
  const answered = /** @type {string[]} */ ([]);
  const heard = /** @type {string[]} */ ([]);
  const said = /** @type {string[]} */ ([]);
  let last = await firstCursor(station);

  const home = new Home({
    fleet: FLEETS[fleet],
    send: (clipboard, signal) => postTruck(bay, clipboard, signal),
    apply(items) {
      for (const item of items) {
        if (compare(item.at, last) <= 0) wrong.push(`${item.at} came after ${last}`);
        last = item.at;
        if (item.kind === 'report' && item.station === station) reports.push(Number(item.observed_at));
        if (item.kind === 'words' && item.from === 'you' && said.includes(String(item.id))) mine.push(String(item.id));
        if (item.kind === 'words' && item.from === 'robot' && said.includes(String(item.answers)))
          answered.push(String(item.answers));
      }
    },
    onReload: () => wrong.push('it was told to reload'),
    onHeard: (ids) => heard.push(...ids),
    onFault: (error) => wrong.push(`a fault: ${error}`),
    newId: newBay,
    parkMs,
  });
  home.start({ seen: last, watch: [station] });

  const posted = /** @type {number[]} */ ([]);
  const post = async () => {
    for (let number = 0; number < readings; number++) {
      await pause(random() * PAUSE_MAX_MS);
      const at = Math.max(Date.now(), (posted.at(-1) ?? 0) + 1);
      const answer = await fetch('/api/v1/readings', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
        body: JSON.stringify({ observed_at: at, temperature: 15 + Math.round(random() * 20) / 10 }),
      });
      if (answer.status !== 201) wrong.push(`a reading was answered ${answer.status}: ${await answer.text()}`);
      posted.push(at);
    }
  };
  const talk = async () => {
    for (let number = 0; number < words; number++) {
      await pause(random() * PAUSE_MAX_MS);
      said.push(home.say({ station, text: `how cold is it? (${seed}/${number})` }));
    }
  };
  await Promise.all([post(), talk()]);

  const began = Date.now();
  const out = async () => Number(await (await fetch(`/out/${bay}`)).text());
  const all = () =>
    reports.length >= readings && mine.length >= words && answered.length >= words && heard.length >= words;
  const atRest = async () => all() && home.stats.trucksOut === 1 && (await out()) === 1;
  let rests = await atRest();
  while (!rests && Date.now() - began < deadlineMs) {
    await pause(LOOK_EVERY_MS);
    rests = await atRest();
  }

  const same = (/** @type {string} */ what, /** @type {unknown[]} */ got, /** @type {unknown[]} */ wanted) => {
    if (String(got) !== String(wanted)) wrong.push(`${what}: got ${got}; wanted ${wanted}`);
  };
  same('readings', reports, posted);
  same('words', mine, said);
  same('answers', answered, said);
  same('confirmed', [...heard].sort(), [...said].sort());
  if (!rests) wrong.push('it never came to rest with one truck out, at home and on the road');
  if (wrong.length > 0) wrong.push(JSON.stringify([home.state, home.stats, Date.now() - began]));
  const { departed, lost, repeated, gaps } = home.stats;
  home.rest();
  return { seed, fleet, said, departed, lost, repeated, gaps, failure: wrong.length > 0 ? wrong.join('; ') : null };
}

onmessage = async ({ data: runs }) => {
  const results = [];
  for (const run of runs) {
    try {
      results.push(await runOne(run));
    } catch (error) {
      results.push({
        seed: run.seed,
        fleet: run.fleet,
        said: [],
        failure: String(/** @type {any} */ (error)?.stack ?? error),
      });
    }
  }
  postMessage(results);
};
