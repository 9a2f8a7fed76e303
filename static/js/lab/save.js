// @ts-check
/** A run as a file. Pure. */

import { bytesPerNews, emptyShare, predictedTripsPerNews, tripsPerNews, verdict } from './verdict.js';

/** @typedef {import('./run.js').Measured} Measured */
/** @typedef {import('./verdict.js').Predicted} Predicted */
/** @typedef {import('./verdict.js').Times} Times */
/** @typedef {{settings: import('./settings.js').Settings, times: Times, at: string, rows: Measured[], predicted: Record<string, Predicted>}} Run */

/** @param {Measured} row @param {Predicted | undefined} expected @param {Times} times @returns {Record<string, string | number | null>} */
function fields(row, expected, times) {
  const { claim, word, text } = verdict(row, expected, times);
  return {
    fleet: row.fleet,
    seconds: row.seconds,
    rtt_ms: row.rttMs,
    news: row.news,
    words: row.words,
    arrived: row.arrived,
    arrived_in_time: row.arrivedInTime,
    trips: row.trips,
    legs: row.legs,
    empty_legs: row.empty,
    tickets: row.tickets,
    lost: row.lost,
    repeated: row.repeated,
    bytes: row.bytes,
    trips_per_news: tripsPerNews(row),
    trips_per_news_predicted: predictedTripsPerNews(row, expected),
    empty_share: emptyShare(row),
    empty_share_predicted: expected?.empty_share ?? null,
    age_mean_ms: row.age?.mean ?? null,
    age_mean_ms_predicted: ms(expected?.age_mean_s),
    age_median_ms: row.age?.median ?? null,
    age_p95_ms: row.age?.p95 ?? null,
    age_worst_ms: row.age?.worst ?? null,
    age_worst_ms_predicted: ms(expected?.age_worst_s),
    word_age_median_ms: row.wordAge?.median ?? null,
    parked_mean: row.parked,
    parked_mean_predicted: expected?.parked ?? null,
    parked_most: row.parkedMost,
    bytes_per_news: bytesPerNews(row),
    claim,
    verdict: word,
    because: text,
  };
}

/** @param {number | null | undefined} seconds */
const ms = (seconds) => (seconds === null || seconds === undefined ? null : seconds * 1_000);

/** @param {Run} run */
export function csv({ rows, predicted, times }) {
  const table = rows.map((row) => fields(row, predicted[row.fleet], times));
  if (table.length === 0) return '';
  const lines = [Object.keys(table[0]), ...table.map((row) => Object.values(row))];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** @param {string | number | null} value */
function cell(value) {
  if (value === null) return '';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** @param {Run} run */
export function json({ settings, times, at, rows, predicted }) {
  const all = rows.map((row) => fields(row, predicted[row.fleet], times));
  return `${JSON.stringify({ at, settings, times, rows: all }, null, 2)}\n`;
}
