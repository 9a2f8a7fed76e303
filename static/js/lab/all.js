// @ts-check
/** “Run all”: its buttons, its progress, its results. */

import { BASE } from '../channel/base.js';
import { WALL_CLOCK } from '../channel/clock.js';
import { FLEETS } from '../channel/fleets.js';
import { write } from '../dom/change.js';
import { Lane, STATION } from './lane.js';
import { paintPlots, paintRows } from './results.js';
import { runAll } from './run.js';
import { csv, json } from './save.js';
import { predictions } from './server.js';
import { SECONDS_MAX, writeSettings } from './settings.js';

/** @typedef {import('./run.js').Measured} Measured */
/** @typedef {import('./settings.js').Settings} Settings */

/** H, s: what homes ask for. */
const PARK_S = 25;
/** Shortest round trip that is told to the formulas, s. */
const RTT_LEAST_S = 0.0005;

/**
 * @param {Element} page
 * @param {object} parts
 * @param {Settings} parts.settings
 * @param {import('../channel/dock_clock.js').DockClock} parts.dockClock
 * @param {(signal: AbortSignal) => Promise<{seen: string, rttMs: number}>} parts.probe
 * @param {(number: number) => Promise<unknown>} parts.tell
 * @param {() => number} parts.nextNumber
 * @param {() => void} parts.onStart the live lanes make room
 * @param {(rows: Measured[]) => void} parts.onEnd
 * @param {(text: string) => void} parts.say
 */
export function openAll(page, { settings, dockClock, probe, tell, nextNumber, onStart, onEnd, say }) {
  const find = (/** @type {string} */ selector) => /** @type {any} */ (page.querySelector(selector));
  const [run, cancel, field, progress] = [
    find('[data-run]'),
    find('[data-cancel]'),
    find('[data-seconds]'),
    find('[data-progress]'),
  ];
  const names = Object.keys(FLEETS);
  const times = { everyS: (FLEETS.polling.everyMs ?? 0) / 1_000, parkS: PARK_S };
  const urls = /** @type {string[]} */ ([]);
  let ending = new AbortController();

  const lasts = () => {
    const total = settings.seconds * names.length;
    write(
      find('[data-lasts]'),
      total < 100
        ? `${Math.round(total)} s in all, and a little`
        : `${(total / 60).toFixed(total % 60 ? 1 : 0)} min in all, and a little`,
    );
  };
  field.value = String(settings.seconds);
  field.addEventListener('change', () => {
    settings.seconds = Math.min(Math.max(Number(field.value) || 1, 1), SECONDS_MAX);
    field.value = String(settings.seconds);
    lasts();
  });
  lasts();

  /** @param {number} row @param {number} seconds */
  function show(row, seconds) {
    const share = (row + Math.min(seconds / settings.seconds, 1)) / names.length;
    progress.querySelector('progress').value = share;
    write(find('[data-progress-text]'), `${names[row]}, ${row + 1} of ${names.length}`);
  }

  /** Ready when somebody looks. @returns {Promise<AbortSignal>} */
  async function seen() {
    while (document.hidden)
      await new Promise((resume) => document.addEventListener('visibilitychange', resume, { once: true }));
    const hidden = new AbortController();
    document.addEventListener('visibilitychange', () => hidden.abort(), { once: true, signal: ending.signal });
    return hidden.signal;
  }

  /** What happened differs a little from row to row, if a change was refused; the rates are those of each row. @param {Measured} row */
  async function predicted(row) {
    const all = await predictions({
      news: row.news / row.seconds,
      words: row.words / row.seconds,
      rtt: Math.max(row.rttMs / 1_000, RTT_LEAST_S),
      park: PARK_S,
      period: times.everyS,
    });
    return all[row.fleet];
  }

  async function start() {
    ending = new AbortController();
    const { signal } = ending;
    const plan = { ...settings, lanes: [...settings.lanes] };
    const rows = /** @type {Measured[]} */ ([]);
    const formula = /** @type {Record<string, import('./verdict.js').Predicted>} */ ({});
    const paint = () => {
      paintRows(find('[data-rows]'), rows, formula, times);
      paintPlots(find('[data-plots]'), rows, formula, times);
    };
    onStart();
    run.disabled = true;
    cancel.hidden = false;
    progress.hidden = false;
    find('[data-saves]').hidden = true;
    const ground = {
      newLane: (/** @type {string} */ name, /** @type {string} */ from, /** @type {any} */ isOurs) =>
        new Lane({ fleet: FLEETS[name], seen: from, watch: [STATION], isOurs, dockClock }),
      tell,
      probe,
      nextNumber,
      clock: WALL_CLOCK,
    };
    try {
      await runAll(names, plan, ground, {
        signal,
        seen,
        onProgress: show,
        onRow: (row) => {
          rows.push(row);
          find('[data-results]').hidden = false;
          paint();
          predicted(row).then(
            (one) => {
              formula[row.fleet] = one;
              paint();
            },
            () => {},
          ); // without the formula there is still what was measured
        },
      });
      say('All rows are measured.');
    } catch (error) {
      say(signal.aborted ? 'Cancelled.' : `That did not work: ${error instanceof Error ? error.message : error}`);
    }
    for (const row of rows) formula[row.fleet] ??= await predicted(row).catch(() => /** @type {any} */ (undefined));
    ending.abort();
    run.disabled = false;
    cancel.hidden = true;
    progress.hidden = true;
    if (rows.length > 0) save({ settings: plan, times, at: new Date().toISOString(), rows, predicted: formula });
    onEnd(rows);
  }

  /** @param {import('./save.js').Run} done */
  function save(done) {
    urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
    const link = (/** @type {string} */ selector, /** @type {string} */ text, /** @type {string} */ type) => {
      const url = URL.createObjectURL(new Blob([text], { type }));
      urls.push(url);
      find(selector).href = url;
    };
    link('[data-csv]', csv(done), 'text/csv');
    link('[data-json]', json(done), 'application/json');
    find('[data-share]').href = `${BASE}/lab${writeSettings(done.settings)}`;
    find('[data-saves]').hidden = false;
    history.replaceState(null, '', `${BASE}/lab${writeSettings(done.settings)}`);
  }

  run.addEventListener('click', () => void start());
  cancel.addEventListener('click', () => ending.abort());
}
