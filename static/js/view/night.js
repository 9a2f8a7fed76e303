// @ts-check
// When it was night within the day that pictures show, as `src/pages/night.rs` tells it. Pure: no DOM.
import { fixed } from './format.js';
import { DAY_MS } from './series.js';
import { isUp } from './sun.js';
import { hourMinute } from './zone.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {{at: string, late: boolean, label: string}} Change */

/** Where a label would be cut off if it stood behind its place, percent. */
const LATE_PERCENT = 72;

/** Two labels between places that are so close would cover each other on a phone, percent. */
const CLOSE_PERCENT = 60;

/** The nights of a station's pictures. @param {Station} station */
export function nightOf({ sun, series, zone }) {
  if (!sun) return { shades: [], changes: [], words: '' };
  const [from, to] = [series.start, series.start + DAY_MS];
  /** @param {number} at */
  const part = (at) => (at - from) / DAY_MS;
  const percent = (/** @type {number} */ of) => fixed(of * 100, 2);
  const within = sun.changes.filter(([at]) => from < at && at < to);
  /** @type {[number, boolean][]} */
  const edges = [[from, isUp(sun, from)], ...within, [to, true]];
  const shades = edges
    .slice(0, -1)
    .map(([begin, up], place) => ({ begin, up, end: edges[place + 1][0] }))
    .filter(({ up }) => !up)
    .map(({ begin, end }) => ({ x: percent(part(begin)), width: percent(part(end) - part(begin)) }));
  /** @type {Change[]} */
  const changes = within.map(([at, rises]) => ({
    at: percent(part(at)),
    late: part(at) * 100 > LATE_PERCENT,
    label: `${rises ? 'Sunrise' : 'Sunset'} ${hourMinute(zone, at)}`,
  }));
  // A label before its place leaves no room behind the place before.
  for (let next = changes.length - 1; next > 0; next -= 1) {
    const [here, there] = [part(within[next - 1][0]) * 100, part(within[next][0]) * 100];
    if (changes[next].late && there - here < CLOSE_PERCENT && here > CLOSE_PERCENT / 2) changes[next - 1].late = true;
  }
  const words = changes.map(({ label }) => label).join(', ');
  return { shades, changes, words: words && ` ${words}.` };
}
