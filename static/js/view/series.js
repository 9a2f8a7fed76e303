// @ts-check
// The last 24 hours of a station's temperature in buckets. Pure: no DOM, time is an argument.
import { hourStart } from './zone.js';

/** @typedef {import('./zone.js').Zone} Zone */
/** A bucket: start, mean, min, max, count. @typedef {[number, number, number, number, number]} Point */
/** @typedef {{start: number, bucket_ms: number, points: Point[], version?: number}} Series version: counts changes */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/**
 * Moves the window so that its last bucket is the one `now` lies in.
 * @param {Series} series @param {number} now
 */
export function roll(series, now) {
  const start = (Math.floor(now / series.bucket_ms) + 1) * series.bucket_ms - DAY_MS;
  if (start <= series.start) return;
  series.version = (series.version ?? 0) + 1;
  series.start = start;
  series.points = series.points.filter((point) => point[0] >= start);
}

/**
 * Puts a value into its bucket.
 * @param {Series} series @param {number} at @param {number} value
 */
export function add(series, at, value) {
  const start = Math.floor(at / series.bucket_ms) * series.bucket_ms;
  if (start < series.start) return;
  series.version = (series.version ?? 0) + 1;
  const after = series.points.findLastIndex((point) => point[0] <= start);
  const point = series.points[after];
  if (point?.[0] !== start) {
    series.points.splice(after + 1, 0, [start, value, value, value, 1]);
    return;
  }
  point[4] += 1;
  point[1] += (value - point[1]) / point[4];
  point[2] = Math.min(point[2], value);
  point[3] = Math.max(point[3], value);
}

/**
 * The mean about an hour before `at`; undefined if there is none within a quarter of an hour.
 * @param {Series} series @param {number} at
 */
export function hourBefore(series, at) {
  const then = at - HOUR_MS;
  /** @param {Point} point */
  const distance = (point) => Math.abs(point[0] + series.bucket_ms / 2 - then);
  const nearest = series.points.reduce(
    (best, point) => (best && distance(best) <= distance(point) ? best : point),
    /** @type {Point | undefined} */ (undefined),
  );
  return nearest && distance(nearest) <= 15 * MINUTE_MS ? nearest[1] : undefined;
}

/**
 * Two buckets further apart than this have a gap between them.
 * @param {Series} series @param {number | null} intervalMs
 */
export const gapMs = (series, intervalMs) => Math.max(series.bucket_ms, Math.floor(((intervalMs ?? 0) * 5) / 2));

/**
 * The stretches without a gap.
 * @param {Point[]} points @param {number} gap
 * @returns {Point[][]}
 */
export function stretches(points, gap) {
  /** @type {Point[][]} */
  const found = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last && point[0] - /** @type {Point} */ (last.at(-1))[0] <= gap) last.push(point);
    else found.push([point]);
  }
  return found;
}

/**
 * The table's rows, newest first; an hour without readings has a count of 0.
 * @param {Series} series @param {Zone} zone
 * @returns {Array<{at: number, mean?: number, min?: number, max?: number, count: number}>}
 */
export function hours(series, zone) {
  /** @type {ReturnType<typeof hours>} */
  const rows = [];
  for (const [start, mean, min, max, count] of series.points) {
    const at = hourStart(zone, start);
    const next = () => hourStart(zone, /** @type {any} */ (rows.at(-1)).at + HOUR_MS);
    while (rows.length && next() < at) rows.push({ at: next(), count: 0 });
    const row = rows.at(-1);
    if (row?.at !== at) {
      rows.push({ at, mean, min, max, count });
      continue;
    }
    row.mean = (Number(row.mean) * row.count + mean * count) / (row.count + count);
    row.min = Math.min(Number(row.min), min);
    row.max = Math.max(Number(row.max), max);
    row.count += count;
  }
  return rows.reverse();
}
