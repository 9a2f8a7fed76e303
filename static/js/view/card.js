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
 * The station that a page's state describes. A card's has no days, and of each bucket only the mean.
 * @param {Station | Card | RowOf} described @returns {Station}
 */
export function stationOf(described) {
  // A row draws nothing.
  if ('row' in described)
    return { .../** @type {RowOf} */ (described), series: { start: 0, bucket_ms: DAY_MS, points: [] }, card: true };
  if (!('spark' in described)) return withCourses(described);
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
 * The same with the courses as series: the page has the place of each bucket in the window, and not its start.
 * @param {Station} station @returns {Station}
 */
function withCourses(station) {
  if (!station.courses) return station;
  const { start, bucket_ms } = station.series;
  /** @type {Record<string, import('./series.js').Series>} */
  const courses = {};
  for (const [key, points] of Object.entries(/** @type {any} */ (station.courses)))
    courses[key] = {
      start,
      bucket_ms,
      points: points.map((/** @type {Point} */ [place, ...rest]) => [start + place * bucket_ms, ...rest]),
    };
  return { ...station, courses };
}

/** Values that a card shows of no station alone. */
const ALONE_NOTHING = /(^|\/)(precipitation|wind_direction)$/;

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
  const isRoom = (/** @type {string} */ key) => key.endsWith('/temperature');
  if (indoors.length === 0) return keys.every((key) => ALONE_NOTHING.test(key));
  // A room that the card was rendered without is known by then, or is new.
  return !warm && keys.every((key) => !isRoom(key) || key in known);
}
