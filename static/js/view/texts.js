// @ts-check
// What stands in each place of a page: a table from the place's name to its text. Pure: no DOM.
import * as f from './format.js';
import { frozenText, markedText } from './marks.js';
import { heroState, leadOf, mayStandBeside, newestAt, observedAt, stateOf, trend, wordOf } from './station.js';
import { noteOf, ofDay } from './sun.js';
import { isWarmth, otherScale, unitOf } from './units.js';
import { date, dayOf, hourMinute, moment } from './zone.js';

/** @typedef {import('./station.js').Station} Station */
/**
 * `fed` says whether news would reach the page now; `beside`, which value's age is read as this one's, '' for the station's.
 * @typedef {{now: number, units: import('./units.js').Units, fed: boolean, key: string, beside?: string | null}} Context
 */
/** @typedef {(station: Station, context: Context) => string} Text */

/** @param {Station} s @param {Context} c */
const offline = (s, c) => heroState(s, c.now) === 'offline';

/** What leads, unless it is too old to be the weather of now. @param {Station} s @param {Context} c */
const current = (s, c) => (offline(s, c) ? undefined : s.values[leadOf(s)]?.value);

/** The value and the day of what leads. What has fallen today has no lowest value. @param {Station} s */
const led = (s) => s.values[leadOf(s)];
/** @param {Station} s */
const ledDay = (s) => (/(^|\/)precipitation$/.test(leadOf(s)) ? undefined : s.extremes[leadOf(s)]);

/** @type {(value: number | null | undefined, say: (value: number) => string, none?: string) => string} */
const given = (value, say, none = '') => (value === undefined || value === null ? none : say(value));

/** Whether a value is fresh enough for its place. @param {Station} s @param {Context} c */
function fits(s, { key, beside, now }) {
  if (beside === undefined || beside === null) return true;
  return mayStandBeside(s, key, beside ? s.values[beside]?.at : newestAt(s), now);
}

/** Whether it is a day's sum that is not today's. @param {Station} s @param {Context} c */
const isPast = (s, { key, now }) =>
  /(^|\/)precipitation$/.test(key) && key in s.values && date(s.zone, s.values[key].at) !== date(s.zone, now);

/** The wind's direction, unless it is calm or the direction is older than the speed. @param {Station} s @param {Context} c */
export function windFrom(s, c) {
  const blowing =
    Number(s.values.wind_speed?.value) > 0 && fits(s, { ...c, key: 'wind_direction', beside: 'wind_speed' });
  return blowing ? s.values.wind_direction?.value : undefined;
}

/** How the temperature moves. @param {Station} s @param {Context} c */
export function trendName(s, c) {
  const change = current(s, c) === undefined ? undefined : trend(s);
  const first = given(change, (value) => f.difference(leadOf(s), value, c.units))[0];
  return first === '+' ? 'up' : first === '−' ? 'down' : first ? 'steady' : '';
}

/** Where between low and high it is, percent. @param {Station} s @param {Context} c */
export function between(s, c) {
  const value = current(s, c);
  const extreme = ledDay(s);
  if (value === undefined || !extreme) return '';
  const { low, high } = extreme;
  return f.fixed((high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5) * 100, 1);
}

/** Since when there is nothing new. A station that is heard is not gone. @param {Station} s @param {Context} c */
function gone(s, c) {
  const state = stateOf(s, c.now);
  const [what, at] =
    state === 'offline'
      ? ['Offline', newestAt(s, c.now) ?? newestAt(s)]
      : [/(^|\/)temperature$/.test(leadOf(s)) ? 'No temperature' : 'No value', led(s)?.at];
  if (!offline(s, c) || state === 'clock' || at === undefined) return '';
  return `${what} since ${moment(s.zone, at, c.now)}${f.isAhead(at, c.now) ? ', which is in the future' : ''}`;
}

/** Today's sunrise or sunset. @param {Station} s @param {Context} c @param {'rise' | 'set'} which */
const sunAt = (s, c, which) => (s.sun ? ofDay(s.sun, s.zone, c.now)[which] : undefined);

/** The digits, or a dash in place of a day's sum that is not today's. @param {Station} s @param {Context} c */
function numberOf(s, c) {
  return isPast(s, c) ? f.DASH : given(s.values[c.key]?.value, (value) => f.number(c.key, value, c.units));
}

/** @type {Record<string, Text>} */
export const TEXTS = Object.freeze({
  word: (s, c) => (stateOf(s, c.now) === 'live' && !c.fed ? 'Waiting for news' : wordOf(s, c.now)),
  big: (s, c) => numberOf(s, { ...c, key: leadOf(s) }) || f.DASH,
  other: (s, c) =>
    isWarmth(leadOf(s)) ? given(led(s)?.value, (value) => f.text(leadOf(s), value, otherScale(c.units))) : '',
  feels: (s, c) => (offline(s, c) ? '' : given(s.feels_like, (value) => f.text('temperature', value, c.units))),
  dew: (s, c) => (offline(s, c) ? '' : given(s.dew_point, (value) => f.text('temperature', value, c.units))),
  wbgt: (s, c) => (offline(s, c) ? '' : given(s.wbgt, (value) => f.text('temperature', value, c.units))),
  trend: (s, c) => (trendName(s, c) ? f.difference(leadOf(s), Number(trend(s)), c.units) : ''),
  low: (s, c) => given(ledDay(s)?.low, (value) => f.text(leadOf(s), value, c.units)),
  low_time: (s, c) => given(ledDay(s)?.low_at, (at) => moment(s.zone, at, c.now)),
  high: (s, c) => given(ledDay(s)?.high, (value) => f.text(leadOf(s), value, c.units)),
  high_time: (s, c) => given(ledDay(s)?.high_at, (at) => moment(s.zone, at, c.now)),
  span: (s, c) => {
    const day = s.extremes[c.key];
    return day ? `${f.number(c.key, day.low, c.units)} – ${f.number(c.key, day.high, c.units)}` : f.DASH;
  },
  cell: (s, c) =>
    fits(s, c) ? given(s.values[c.key]?.value, (value) => f.number(c.key, value, c.units), f.DASH) : f.DASH,
  short_age: (s, c) => given(s.values[c.key]?.at, (at) => f.ago(at, c.now).replace(/ ago$/, '')),
  gone,
  age: (s, c) => given(observedAt(s), (at) => f.ago(at, c.now)),
  clock: (s, c) => hourMinute(s.zone, c.now),
  day: (s, c) => dayOf(s.zone, c.now),
  sunrise: (s, c) => given(sunAt(s, c, 'rise'), (at) => hourMinute(s.zone, at)),
  sunset: (s, c) => given(sunAt(s, c, 'set'), (at) => hourMinute(s.zone, at)),
  sun_note: (s, c) => (s.sun ? noteOf(s.sun, s.zone, c.now) : ''),
  clock_note: (s, c) =>
    s.clock ? `Heard ${f.ago(s.clock.heard_at, c.now)}, but its clock is ${s.clock.off}.` : frozenText(s),
  number: numberOf,
  text: (s, c) => (fits(s, c) && c.key in s.values ? f.join(numberOf(s, c), unitOf(c.key, c.units).symbol) : ''),
  tile_age: (s, c) =>
    given(s.values[c.key]?.at, (at) => (f.freshness(at, c.now, s.interval_ms) === 'live' ? '' : f.ago(at, c.now))),
  compass: (s, c) => given(windFrom(s, c), f.compass),
  force: (s) => given(s.values.wind_speed?.value, (value) => String(f.beaufort(value)[0])),
  beaufort: (s) => given(s.values.wind_speed?.value, (value) => f.beaufort(value)[1]),
  marked: (s) => markedText(s),
  gust_today: (s, c) => given(s.extremes.wind_gust?.high, (value) => f.text('wind_gust', value, c.units)),
});

/** The instants behind the texts that are times. @type {Record<string, (station: Station, context: Context) => number | null | undefined>} */
export const INSTANTS = Object.freeze({
  low_time: (s) => ledDay(s)?.low_at,
  high_time: (s) => ledDay(s)?.high_at,
  short_age: (s, c) => s.values[c.key]?.at,
  age: (s) => observedAt(s),
  tile_age: (s, c) => s.values[c.key]?.at,
  clock: (_, c) => c.now,
  sunrise: (s, c) => sunAt(s, c, 'rise'),
  sunset: (s, c) => sunAt(s, c, 'set'),
});

/** The window's title. @param {Station} s @param {Context} c */
export function title(s, c) {
  const lead = led(s);
  const [station, hero] = [stateOf(s, c.now), heroState(s, c.now)];
  if (station === 'offline' || station === 'clock') return `${wordOf(s, c.now)} – ${s.name}`;
  if (hero === 'offline' || hero === 'waiting')
    return station === 'stale' ? `(${f.age(Number(newestAt(s)), c.now)}) ${s.name}` : s.name;
  const isSum = isPast(s, { ...c, key: leadOf(s) });
  const value = `${isSum ? f.join(f.DASH, unitOf(leadOf(s), c.units).symbol) : f.text(leadOf(s), lead.value, c.units)} – ${s.name}`;
  return hero === 'stale' ? `(${f.age(lead.at, c.now)}) ${value}` : value;
}
