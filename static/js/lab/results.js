// @ts-check
/** The table of a run, and its plots. */

import { duration, percent, size } from '../meter/figures.js';
import { axisOf } from './axis.js';
import { make } from './make.js';
import { judged, plot } from './plots.js';
import { bytesPerNews, emptyShare, halfPeriod, predictedTripsPerNews, tripsPerNews, verdict } from './verdict.js';

/** @typedef {import('./run.js').Measured} Measured */
/** @typedef {import('./verdict.js').Predicted} Predicted */

/** @param {number | null | undefined} value @param {number} [digits] */
const number = (value, digits = 2) =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
/** @param {number | null | undefined} s */
const seconds = (s) => (s === null || s === undefined ? '–' : duration(s * 1_000));

/**
 * @param {Element} place
 * @param {readonly Measured[]} rows
 * @param {Record<string, Predicted>} predicted
 * @param {import('./verdict.js').Times} times
 */
export function paintRows(place, rows, predicted, times) {
  place.replaceChildren(
    ...rows.map((row) => {
      const expected = predicted[row.fleet];
      const cell = (/** @type {string} */ text, /** @type {string} */ formula = '') =>
        make('td', {}, text, ...(expected && formula ? [make('small', {}, formula)] : []));
      const { age } = row;
      return make(
        'tr',
        { 'data-row': row.fleet },
        make('th', { scope: 'row' }, row.fleet),
        cell(number(tripsPerNews(row)), number(predictedTripsPerNews(row, expected))),
        cell(percent(emptyShare(row)), percent(expected?.empty_share)),
        cell(`${row.arrived} of ${row.news}`),
        cell(duration(age?.mean), seconds(expected?.age_mean_s)),
        cell(duration(age?.median)),
        cell(duration(age?.p95)),
        cell(duration(age?.worst), expected?.age_worst_s === null ? '' : seconds(expected?.age_worst_s)),
        cell(number(row.parked, 1), number(expected?.parked, 1)),
        cell(bytesPerNews(row) === null ? '–' : size(Math.round(bytesPerNews(row) ?? 0))),
        make('td', { class: 'verdict' }, ...judged(verdict(row, expected, times))),
      );
    }),
  );
}

/** What ages leave out. @param {readonly Measured[]} rows */
export function undelivered(rows) {
  const missing = rows.filter(({ arrived, news }) => arrived < news);
  if (missing.length === 0) return '';
  const told = missing.map(({ fleet, arrived, news }) => `${fleet} ${arrived} of ${news}`).join(', ');
  return `Not all news arrived: ${told}. News that did not arrive has no age, so these ages are too low.`;
}

/**
 * @param {Element} place
 * @param {readonly Measured[]} rows
 * @param {Record<string, Predicted>} predicted
 * @param {import('./verdict.js').Times} times
 */
export function paintPlots(place, rows, predicted, times) {
  const of = (/** @type {string} */ name) => {
    const row = rows.find(({ fleet }) => fleet === name);
    return row ? [row] : [];
  };
  const judge = (/** @type {string} */ name) => of(name).map((row) => verdict(row, predicted[name], times));
  const bars = (
    /** @type {(row: Measured, expected: Predicted | undefined) => Omit<import('./plots.js').Bar, 'name'>} */ bar,
  ) => rows.map((row) => ({ name: row.fleet, ...bar(row, predicted[row.fleet]) }));
  place.replaceChildren(
    plot(
      'Trips per piece of news',
      bars((row, expected) => ({
        value: tripsPerNews(row),
        predicted: predictedTripsPerNews(row, expected),
        text: number(tripsPerNews(row)),
      })),
      judge('polling'),
    ),
    plot(
      'Empty legs',
      bars((row, expected) => ({
        value: emptyShare(row),
        predicted: expected?.empty_share ?? null,
        text: percent(emptyShare(row)),
      })),
      judge('ping-pong'),
    ),
    plot(
      'Age of news: median, and worst',
      bars((row) => ({
        value: row.age?.median ?? null,
        beyond: row.age?.worst ?? null,
        text: row.age ? `${duration(row.age.median)}, ${duration(row.age.worst)}` : '–',
      })),
      of('polling').map((row) => halfPeriod(row, predicted.polling, times)),
      axisOf,
      undelivered(rows),
    ),
    plot(
      'Connections parked',
      bars((row, expected) => ({
        value: row.parked,
        predicted: expected?.parked ?? null,
        text: number(row.parked, 1),
      })),
      [],
    ),
    plot(
      'Bytes per piece of news',
      bars((row) => ({
        value: bytesPerNews(row),
        text: bytesPerNews(row) === null ? '–' : size(Math.round(bytesPerNews(row) ?? 0)),
      })),
      [],
    ),
  );
}
