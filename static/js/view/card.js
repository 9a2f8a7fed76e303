// @ts-check
// A station as a card or a row of the overview knows it: no more than that shows. Pure: no DOM.

import { DAY_MS } from './series.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('./series.js').Point} Point */
/**
 * @typedef {object} Spark a series as a sparkline draws it
 * @property {number} start
 * @property {number} bucket_ms
 * @property {(number | null)[]} means
 * @property {number} count how many values the last bucket has
 */
/** @typedef {Omit<Station, 'day' | 'extremes' | 'series'> & {spark: Spark}} Card */
/** @typedef {Omit<Station, 'series'> & {row: true}} RowOf */
/**
 * Buckets: their places in the window, means, lowest and highest values, and how many values each has. `src/pages/state/columns.rs`
 * writes them.
 * @typedef {[number[], number[], number[], number[], number[]]} Columns
 */
/** @typedef {{start: number, bucket_ms: number, points: Columns}} Window */
/** @typedef {Omit<Station, 'series' | 'courses'> & {series: Window, courses?: Record<string, Columns>}} Drawn */

/**
 * The station that a page's state describes. A card's has no days, and of each bucket only the mean.
 * @param {Drawn | Card | RowOf} described @returns {Station}
 */
export function stationOf(described) {
  // A row draws nothing.
  if ('row' in described)
    return { .../** @type {RowOf} */ (described), series: { start: 0, bucket_ms: DAY_MS, points: [] }, card: true };
  if (!('spark' in described)) return withPoints(described);
  const { spark, ...rest } = described;
  const points = spark.means.flatMap((mean, place) =>
    mean === null ? [] : [/** @type {Point} */ ([spark.start + place * spark.bucket_ms, mean, mean, mean, 1])],
  );
  const last = points.at(-1);
  if (last) last[4] = spark.count;
  const series = { start: spark.start, bucket_ms: spark.bucket_ms, points };
  return { ...rest, day: '', extremes: {}, series, card: true };
}

/**
 * The same with points in place of columns.
 * @param {Drawn} described @returns {Station}
 */
function withPoints({ series, courses, ...station }) {
  const { start, bucket_ms } = series;
  /** @param {Columns} columns @returns {import('./series.js').Series} */
  const seriesOf = ([places, ...columns]) => {
    const points = places.map(
      (place, at) => /** @type {Point} */ ([start + place * bucket_ms, ...columns.map((column) => column[at])]),
    );
    return { start, bucket_ms, points };
  };
  const drawn = courses && Object.entries(courses).map(([key, columns]) => [key, seriesOf(columns)]);
  return { ...station, series: seriesOf(series.points), ...(drawn && { courses: Object.fromEntries(drawn) }) };
}

/** What may lead, the first that a station has. `src/pages/lead.rs` has the same list. */
export const LEADS = Object.freeze([
  'temperature',
  'pm2_5',
  'pm10',
  'co2',
  'humidity',
  'sea_level_pressure',
  'altimeter_setting',
  'station_pressure',
  'precipitation',
  'solar_radiation',
  'uv_index',
  'soil_temperature',
  'soil_moisture',
  'leaf_wetness',
  'soil_conductivity',
  'dew_point',
]);

/** A direction says nothing alone. */
const ALONE_NOTHING = /(^|\/)wind_direction$/;

/** Its place among what may lead; behind all of them if it is not there. @param {string} key */
function placeOf(key) {
  const place = LEADS.indexOf(key.slice(key.indexOf('/') + 1));
  return place < 0 ? LEADS.length : place;
}

/**
 * Whether a card or a row, as it was rendered, has the places for what a report brings.
 * @param {Station} station as it was before the report @param {Record<string, number>} values the report's
 */
export function hasPlaces({ values: known, indoors, row, lead }, values) {
  if (row) return lead !== undefined || 'temperature' in known || 'temperature' in values;
  // The card of a station that never sent anything says so, and has no places.
  if (indoors === undefined && Object.keys(known).length === 0) return false;
  const warm = 'temperature' in values;
  if (indoors === undefined) return warm || 'temperature' in known;
  const keys = Object.keys(values);
  if (indoors.length === 0) return keys.every((key) => ALONE_NOTHING.test(key));
  // A room that the card was rendered without is known by then, or is new. So is what would lead in place of what the card shows.
  const shown = Math.min(...indoors.map(placeOf));
  return !warm && keys.every((key) => key in known || (placeOf(key) !== 0 && placeOf(key) >= shown));
}
