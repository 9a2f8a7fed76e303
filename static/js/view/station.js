// @ts-check
// A station as the page knows it, and what a report changes about it. Pure: no DOM, time is an argument.
import { hasPlaces } from './card.js';
import { WORDS, freshness, isAhead } from './format.js';
import { add, hourBefore, roll } from './series.js';
import { date } from './zone.js';

/** @typedef {import('./zone.js').Zone} Zone */
/** @typedef {{value: number, at: number}} Value */
/** @typedef {{low: number, low_at: number, high: number, high_at: number}} Extreme */
/**
 * @typedef {object} Station values are canonical, instants are ms since 1970 UTC
 * @property {string} slug
 * @property {string} name
 * @property {Zone} zone
 * @property {number | null} interval_ms
 * @property {number | null} observed_at
 * @property {string} day the local day that `extremes` are of
 * @property {Record<string, Value>} values
 * @property {Record<string, Extreme>} extremes
 * @property {number | null} feels_like
 * @property {number | null} [dew_point] if the station does not send it
 * @property {number | null} [wbgt]
 * @property {import('./series.js').Series} series
 * @property {Record<string, import('./series.js').Series>} [courses] what else is drawn, in the same buckets, by key
 * @property {import('./marks.js').Mark[]} [marked] values of the last 24 hours that do not count
 * @property {boolean} [card] true on the overview: the state holds no more than a card shows
 * @property {string[]} [left_out] sensors that the page has no place for
 * @property {{heard_at: number, off: string}} [clock] the station's clock, if it is off
 * @property {import('./sun.js').Sunlight} [sun] where the station stands at a known place
 * @property {string} [lead] the key of what leads the page, if that is not the temperature; on a row, the value that is shown in its place
 * @property {number[]} [gaps] the last gaps between reports, ms, as long as the interval is not known
 * @property {boolean} [row] true where it is a row of the overview's table
 * @property {string[]} [indoors] on a card: the values that are shown where there is no outdoor temperature
 */
/**
 * @typedef {object} Report
 * @property {number} observed_at
 * @property {Record<string, number>} values
 * @property {{feels_like?: number, dew_point?: number, wbgt?: number}} [derived]
 * @property {boolean} [late]
 */

/**
 * When the newest value of the main sensor was observed; if that has none, of any sensor.
 * What the clock of the future noted is passed over.
 * @param {Station} station @param {number} [now]
 */
export function newestAt({ values }, now = Infinity) {
  const known = Object.keys(values).filter((key) => !isAhead(values[key].at, now));
  const main = known.filter((key) => !key.includes('/'));
  const newest = (main.length ? main : known).reduce((newest, key) => Math.max(newest, values[key].at), -Infinity);
  return newest === -Infinity ? undefined : newest;
}

/** The key of what leads the page. @param {Station} station */
export const leadOf = ({ lead }) => lead ?? 'temperature';

/** How a value went. @param {Station} station @param {string} key */
export const seriesOf = (station, key) => (key === 'temperature' ? station.series : station.courses?.[key]);

/** When the station's large number was observed. @param {Station} station */
export const observedAt = (station) => station.values[leadOf(station)]?.at ?? newestAt(station);

/** From best to worst. */
const STATES = ['live', 'stale', 'offline', 'waiting'];

/**
 * How the station is: one dead sensor does not make it silent, nor values that do not count. One whose clock is off is heard, and
 * its values are old. If all it has is from the future, it is offline.
 * @param {Station} station @param {number} now
 * @returns {import('./format.js').Freshness | 'clock'}
 */
export function stateOf(station, now) {
  const { clock, interval_ms: interval, observed_at: spoke } = station;
  const newest = newestAt(station, now) ?? newestAt(station);
  const hasSpoken = newest !== undefined && spoke !== null && !isAhead(spoke, now);
  const byValues = freshness(hasSpoken ? Math.max(newest, spoke) : newest, now, interval);
  if (!clock || byValues === 'waiting') return byValues;
  const byArrival = freshness(clock.heard_at, now, interval);
  if (STATES.indexOf(byArrival) >= STATES.indexOf(byValues)) return byValues;
  return byArrival === 'live' ? 'clock' : byArrival;
}

/** The same in words: `Live`, `Clock 5 h behind`. @param {Station} station @param {number} now */
export function wordOf(station, now) {
  const state = stateOf(station, now);
  return state === 'clock' ? `Clock ${station.clock?.off}` : WORDS[state];
}

/** How fresh its large number is. @param {Station} station @param {number} now */
export const heroState = (station, now) => freshness(station.values[leadOf(station)]?.at, now, station.interval_ms);

/**
 * True if a value is as fresh as one of `at`, whose age will be read as that of both.
 * @param {Station} station @param {string} key @param {number | null | undefined} at @param {number} now
 */
export function mayStandBeside({ values, interval_ms: interval }, key, at, now) {
  const own = values[key]?.at;
  if (own === undefined || at === null || at === undefined) return false;
  /** @param {number} of */
  const rank = (of) => STATES.indexOf(freshness(of, now, interval));
  return freshness(Math.min(own, at), at, interval) === 'live' && rank(own) <= rank(at);
}

/** Fewer gaps between reports say nothing of how often a station reports: one may be an outage. */
const GAPS_MIN = 3;
/** A report of so long ago was sent by a clock that is right, ms. */
const CLOCK_RIGHT_MS = 120_000;

/** @param {Station} station @param {number} gap */
function learnInterval(station, gap) {
  const gaps = [...(station.gaps ?? []), gap].sort((a, b) => a - b);
  station.gaps = gaps;
  if (gaps.length >= GAPS_MIN) station.interval_ms = gaps[Math.floor((gaps.length - 1) / 2)];
}

/**
 * Takes a report in.
 * @param {Station} station @param {Report} report @param {number} now
 * @returns {boolean} false if it holds a value that the page has no place for
 */
export function take(station, report, now) {
  const { observed_at: at, values } = report;
  const before = station.observed_at;
  const known = station.card
    ? hasPlaces(station, values)
    : Object.keys(values).every((key) => key in station.values || isLeftOut(station, key));
  turn(station, Math.max(at, now));
  for (const [key, value] of Object.entries(values)) {
    const old = station.values[key];
    if (!report.late && old && old.at >= at && !isAhead(old.at, now)) continue; // The page was rendered with it already.
    // A card knows the number of values of its last bucket only.
    if (key === 'temperature' && !(station.card && report.late)) add(station.series, at, value);
    if (station.courses?.[key]) add(station.courses[key], at, value);
    if (date(station.zone, at) === station.day) stretch(station.extremes, key, value, at);
    if (!report.late) station.values[key] = { value, at };
  }
  if (report.late) return known;
  station.observed_at = before === null || isAhead(before, now) ? at : Math.max(before, at);
  if (station.interval_ms === null && before !== null && at > before) learnInterval(station, at - before);
  if (station.clock && Math.abs(now - at) < CLOCK_RIGHT_MS) delete station.clock;
  else if (station.clock) station.clock.heard_at = Math.max(station.clock.heard_at, now);
  if (report.derived || 'temperature' in values) {
    station.feels_like = report.derived?.feels_like ?? null;
    station.dew_point = report.derived?.dew_point ?? null;
    station.wbgt = report.derived?.wbgt ?? null;
  }
  return known;
}

/** Whether the page has no place for a value's sensor. @param {Station} station @param {string} key */
const isLeftOut = ({ left_out: sensors }, key) => sensors?.includes(key.split('/', 1)[0]) ?? false;

/**
 * Lets time pass: the window of the series moves, and a new local day has no low and high yet.
 * @param {Station} station @param {number} now
 */
export function turn(station, now) {
  roll(station.series, now);
  for (const course of Object.values(station.courses ?? {})) roll(course, now);
  const today = date(station.zone, now);
  if (today <= station.day) return;
  station.day = today;
  station.extremes = {};
}

/**
 * @param {Record<string, Extreme>} extremes @param {string} key @param {number} value @param {number} at
 */
function stretch(extremes, key, value, at) {
  const extreme = extremes[key];
  if (!extreme) {
    extremes[key] = { low: value, low_at: at, high: value, high_at: at };
    return;
  }
  // Of equal values the first counts.
  if (value < extreme.low || (value === extreme.low && at < extreme.low_at))
    Object.assign(extreme, { low: value, low_at: at });
  if (value > extreme.high || (value === extreme.high && at < extreme.high_at))
    Object.assign(extreme, { high: value, high_at: at });
}

/**
 * How much more of what leads there is than an hour before its newest value, canonical unit. What has fallen does not move.
 * @param {Station} station
 */
export function trend(station) {
  const key = leadOf(station);
  const [latest, series] = [station.values[key], seriesOf(station, key)];
  if (/(^|\/)precipitation$/.test(key)) return undefined;
  const before = latest && series && hourBefore(series, latest.at);
  return before === undefined ? undefined : latest.value - before;
}
