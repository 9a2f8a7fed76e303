// @ts-check
// A station as a row of the overview's table, and as a dot of its sketch: texts, and how they are put there.
import { set, write } from '../dom/change.js';
import * as f from './format.js';
import { mayStandBeside, newestAt, stateOf, wordOf } from './station.js';
import { windFrom } from './texts.js';
import { date } from './zone.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('./paint.js').Seen} Seen */

/** States of a station that is heard. */
export const HEARD = Object.freeze(['live', 'clock', 'stale']);

/** When its newest value was measured. @param {Station} s @param {number} now */
const newest = (s, now) => newestAt(s, now) ?? newestAt(s);

/** A figure that is as fresh as the station, without its unit. @param {Station} s @param {Seen} seen @param {string} key */
const figure = (s, { now, units }, key) =>
  mayStandBeside(s, key, newest(s, now), now) ? f.number(key, s.values[key].value, units) : '';

/** @param {Station} s @param {Seen} seen @param {'low' | 'high'} which */
const extreme = (s, { units }, which) =>
  s.extremes.temperature ? f.number('temperature', s.extremes.temperature[which], units) : '';

/** What stands in each column. @type {Record<string, (station: Station, seen: Seen) => string>} */
export const CELLS = Object.freeze({
  temperature: (s, seen) => figure(s, seen, 'temperature'),
  low: (s, seen) => extreme(s, seen, 'low'),
  high: (s, seen) => extreme(s, seen, 'high'),
  humidity: (s, seen) => figure(s, seen, 'humidity'),
  wind_speed(s, seen) {
    const speed = figure(s, seen, 'wind_speed');
    const from = speed && windFrom(s, { ...seen, key: '' });
    return from === undefined || from === '' ? speed : `${speed} ${f.compass(from)}`;
  },
  precipitation(s, seen) {
    // A day's sum of another day says nothing of today.
    const at = s.values.precipitation?.at;
    return at !== undefined && date(s.zone, at) === date(s.zone, seen.now) ? figure(s, seen, 'precipitation') : '';
  },
  sea_level_pressure: (s, seen) => figure(s, seen, 'sea_level_pressure'),
  heard(s, { now }) {
    const [state, at] = [stateOf(s, now), newest(s, now)];
    if (state === 'clock' || at === undefined) return wordOf(s, now);
    return state === 'live' ? f.ago(at, now) : `${wordOf(s, now)}, ${f.ago(at, now)}`;
  },
});

/** Values that need a column. A temperature needs those of the lows and highs, too: its own is always there. */
const NEED = Object.freeze(['temperature', 'humidity', 'wind_speed', 'precipitation', 'sea_level_pressure']);

/** Whether a table with these columns has one for each value. @param {Set<string>} columns @param {Record<string, number>} values */
export const hasColumns = (columns, values) =>
  Object.keys(values).every((key) => !NEED.includes(key) || columns.has(key === 'temperature' ? 'low' : key));

/** @param {HTMLTableRowElement} row @param {Station} station @param {Seen} seen */
export function paintRow(row, station, seen) {
  set(row, 'data-state', stateOf(station, seen.now));
  const celsius = station.values.temperature?.value;
  if (celsius !== undefined) set(row, 'data-warmth', String(f.warmth(celsius)));
  for (const cell of row.cells) {
    const name = cell.className;
    if (!Object.hasOwn(CELLS, name)) continue;
    if (name === 'heard') paintAge(cell, CELLS.heard(station, seen), newest(station, seen.now));
    else if (name === 'temperature' && celsius === undefined) paintLead(cell, station, seen);
    else write(cell, CELLS[name](station, seen));
  }
}

/**
 * Writes how old its values are, if its state is still as the row says.
 * @param {HTMLTableRowElement} row @param {Station} station @param {Seen} seen @returns {boolean} false: all has to be painted
 */
export function paintTime(row, station, seen) {
  if (row.getAttribute('data-state') !== stateOf(station, seen.now)) return false;
  const cell = row.cells[row.cells.length - 1];
  if (cell.className !== 'heard') return false;
  paintAge(cell, CELLS.heard(station, seen), newest(station, seen.now));
  return true;
}

/** @param {Element} cell @param {string} text @param {number | undefined} at */
function paintAge(cell, text, at) {
  if (at === undefined) return write(cell, text);
  const time = cell.firstElementChild ?? document.createElement('time');
  if (!time.isConnected) cell.replaceChildren(time);
  set(time, 'datetime', new Date(at).toISOString());
  write(time, text);
}

/** What stands in for the outdoor temperature. @param {Element} cell @param {Station} s @param {Seen} seen */
function paintLead(cell, s, { now, units }) {
  const place = cell.lastElementChild;
  if (!place || !s.lead) return;
  const stands = mayStandBeside(s, s.lead, newest(s, now), now);
  write(place, stands ? f.text(s.lead, s.values[s.lead].value, units) : '');
}

/** @param {Element} dot @param {Station} s @param {Seen} seen */
export function paintDot(dot, s, seen) {
  const state = stateOf(s, seen.now);
  const isHeard = HEARD.includes(state);
  const shown = isHeard && figure(s, seen, 'temperature') !== '';
  const value = s.values.temperature?.value;
  const text = shown
    ? f.text('temperature', value, seen.units)
    : isHeard
      ? 'no temperature'
      : wordOf(s, seen.now).toLowerCase();
  const label = `${s.name}, ${text}${dot.getAttribute('data-more') ?? ''}`;
  set(dot, 'data-state', state);
  if (shown) set(dot, 'data-warmth', String(f.warmth(value)));
  else dot.removeAttribute('data-warmth');
  set(dot, 'aria-label', label);
  write(dot.querySelector('title'), label);
}
