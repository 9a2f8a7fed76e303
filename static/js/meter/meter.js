// @ts-check
// How it got here, in numbers. The texts are pure.
import { FLEETS } from '../channel/fleets.js';

/** @typedef {{last?: number | null, median?: number | null, p95?: number | null}} Spread ms */
/**
 * @typedef {object} Stats
 * @property {number} departed
 * @property {number} home
 * @property {number | {out: number, home: number}} emptyLegs ways without a load
 * @property {number} tickets
 * @property {number} relieved
 * @property {number} lost
 * @property {number} repeated
 * @property {number} [trucksOut]
 * @property {number} [bytesUp]
 * @property {number} [bytesDown]
 * @property {number} [parkedMs]
 * @property {Spread} [age]
 * @property {Spread} [rtt]
 */

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A length of time as people say it: `41 ms`, `1.2 s`, `25 s`, `12 min`, `3 h`. @param {number | null | undefined} ms */
export function duration(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  const value = Math.max(0, ms);
  if (value < 999.5) return `${Math.round(value)} ms`;
  if (value < 9_950) return `${(value / 1_000).toFixed(1)} s`;
  if (value < 119_500) return `${Math.round(value / 1_000)} s`;
  return value < 7_200_000 ? `${Math.round(value / 60_000)} min` : `${Math.round(value / 3_600_000)} h`;
}

/**
 * What stands in each place of the panel.
 * @param {Stats} stats
 * @returns {Record<string, string>}
 */
export function meterTexts(stats) {
  const legs = stats.departed + stats.home;
  const { emptyLegs } = stats;
  const empty = typeof emptyLegs === 'number' ? emptyLegs : emptyLegs.out + emptyLegs.home;
  const { age, rtt } = stats;
  const spread =
    age?.median === undefined || age.median === null
      ? '–'
      : age.p95 === undefined || age.p95 === null
        ? duration(age.median)
        : `${duration(age.median)}, ${duration(age.p95)}`;
  return {
    trips: String(stats.home),
    empty: legs === 0 ? '–' : `${Math.round((100 * empty) / legs)} %`,
    age: spread,
    rtt: duration(rtt?.median ?? rtt?.last),
    parked: stats.parkedMs === undefined ? '–' : stats.parkedMs === 0 ? '0 s' : duration(stats.parkedMs),
    tickets: String(stats.tickets),
    relieved: String(stats.relieved),
    lost: String(stats.lost),
    repeated: String(stats.repeated),
    bytes: stats.bytesUp === undefined ? '–' : `${size(stats.bytesUp)}, ${size(stats.bytesDown ?? 0)}`,
  };
}

/** The panel in one line, for when it is closed. @param {Stats} stats */
export function meterLine({ home, age }) {
  const trips = home === 1 ? '1 trip' : `${home} trips`;
  const median = age?.median;
  return median === undefined || median === null ? trips : `${trips}, news ${duration(median)} old on arrival`;
}

/** @param {Document} page @param {Stats} stats */
export function paintMeter(page, stats) {
  const panel = page.querySelector('[data-meter]');
  if (!panel) return;
  write(panel.querySelector('[data-meter-line]'), meterLine(stats));
  if (!(/** @type {HTMLDetailsElement} */ (panel).open)) return;
  const texts = meterTexts(stats);
  for (const place of panel.querySelectorAll('[data-count]'))
    write(place, texts[String(place.getAttribute('data-count'))] ?? '');
}

/** The menu of fleets shows which one runs, and offers those that do. @param {Document} page @param {string} fleet */
export function paintFleets(page, fleet) {
  const menu = /** @type {HTMLSelectElement | null} */ (page.querySelector('[data-choose] select'));
  for (const option of menu?.options ?? []) option.disabled = !Object.hasOwn(FLEETS, option.value);
  if (menu) menu.value = fleet;
}

/** @param {Element | null} place @param {string} text */
function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
