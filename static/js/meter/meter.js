// @ts-check
// How the news got here, in numbers. The texts are pure.
import { FLEETS } from '../channel/fleets.js';
import { legsOf } from '../channel/tally.js';
import { write } from '../dom/change.js';
import { duration, percentOf, size } from './figures.js';

/** @typedef {import('../channel/tally.js').Stats} Stats */

/**
 * What stands in each place of the panel.
 * @param {Stats} stats
 * @returns {Record<string, string>}
 */
export function meterTexts(stats) {
  const { legs, empty } = legsOf(stats);
  const { age, rtt } = stats;
  const spread = age.median === null ? '–' : `${duration(age.median)}, ${duration(age.p95)}`;
  return {
    trips: String(stats.home),
    empty: percentOf(empty, legs),
    age: spread,
    rtt: duration(rtt.median ?? rtt.last),
    parked: stats.parkedMs === 0 ? '0 s' : duration(stats.parkedMs),
    tickets: String(stats.tickets),
    relieved: String(stats.relieved),
    lost: String(stats.lost),
    repeated: String(stats.repeated),
    bytes: `${size(stats.bytesUp)}, ${size(stats.bytesDown)}`,
  };
}

/** The panel in one line, for when it is closed. @param {Stats} stats */
export function meterLine({ home, age }) {
  const trips = home === 1 ? '1 trip' : `${home} trips`;
  return age.median === null ? trips : `${trips}, news ${duration(age.median)} old on arrival`;
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
