// @ts-check
// How wind, pressure, rain and what else a station has went in the last 24 hours, the same that `src/pages/courses.rs` draws. Pure: no DOM.
import { xTicks } from './chart.js';
import { difference, fixed, written, text } from './format.js';
import { DAY_MS, gapMs, stretches } from './series.js';
import { tendency } from './tendency.js';
import { differenceIn, fromCanonical, quantityOf, unitOf } from './units.js';
import { date, hourMinute, hourStart } from './zone.js';

/** @typedef {import('./series.js').Point} Point */
/** @typedef {import('./series.js').Series} Series */
/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('./units.js').Units} Units */
/** @typedef {{bottom: number, step: number}} Scale */

const BOX = 1000;
const HOUR_MS = 3_600_000;
const SPACES = 2;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const X_TICK_HOURS = 6;
const BAR_MARGIN = 0.12;
/** So long after the newest value its tendency is still told as that of now. */
const TENDENCY_FOR_MS = HOUR_MS;
/** What lies between two lines at least, canonical units. @type {Record<string, number>} */
const LEAST = {
  precipitation: 0.5,
  humidity: 50,
  solar_radiation: 50,
  co2: 50,
  soil_moisture: 5,
  leaf_wetness: 5,
  soil_conductivity: 5,
  pm2_5: 5,
  pm10: 5,
};
/** What has a zero, and begins there. */
const FROM_ZERO = ['wind_speed', 'precipitation', 'humidity', 'solar_radiation', 'uv_index', 'pm2_5', 'pm10'];
/** @type {Record<string, string>} */
const TITLES = { wind_speed: 'Wind', precipitation: 'Rain', humidity: 'Humidity' };

/** @param {number} part */
const percent = (part) => fixed(part * 100, 2);
/** @param {number} part */
const place = (part) => fixed(part * BOX, 1);

/** @param {string} key @param {import('./units.js').Unit} unit @param {number} low @param {number} high @returns {Scale} */
export function scaleOf(key, unit, low, high) {
  const least = differenceIn(unit, LEAST[quantityOf(key)] ?? 1);
  const from = FROM_ZERO.includes(quantityOf(key)) ? 0 : low;
  const fits = (/** @type {number} */ step) => step >= least && Math.floor(from / step) * step + SPACES * step >= high;
  const step = STEPS.find(fits) ?? STEPS[STEPS.length - 1];
  return { bottom: Math.floor(from / step) * step, step };
}

/** @param {Scale} scale @param {number} value */
const down = ({ bottom, step }, value) => (bottom + SPACES * step - value) / (SPACES * step);

/** @param {Scale} scale @param {string} [decimal] */
function yTicks(scale, decimal) {
  const decimals = scale.step >= 1 ? 0 : scale.step >= 0.1 ? 1 : 2;
  return [2, 1, 0].map((lines) => {
    const value = scale.bottom + lines * scale.step;
    return { at: percent(down(scale, value)), label: written(fixed(value, decimals), decimal), strong: false };
  });
}

/**
 * What fell in each local hour, mm. The counter begins again at local midnight.
 * @param {Point[]} points @param {import('./zone.js').Zone} zone
 * @returns {[hour: number, mm: number][]}
 */
export function fallen(points, zone) {
  /** @type {[number, number][]} */
  const hours = [];
  points.forEach(([start, , min, max], index) => {
    const before = points[index - 1];
    const isSameDay = before && date(zone, before[0]) === date(zone, start);
    const fell = !before ? max - min : isSameDay ? Math.max(0, max - before[3]) : max;
    const hour = hourStart(zone, start);
    const last = hours.at(-1);
    if (last?.[0] === hour) last[1] += fell;
    else hours.push([hour, fell]);
  });
  return hours;
}

/**
 * Draws one of them; undefined if there is nothing to draw.
 * @param {Station} station @param {string} key @param {Units} units @param {string} [title] what the server calls it
 */
export function drawCourse(station, key, units, title = TITLES[key] ?? 'Pressure') {
  const series = station.courses?.[key];
  const within = (/** @type {Series | undefined} */ of) =>
    (of?.points ?? []).filter(([start]) => start >= station.series.start && start < station.series.start + DAY_MS);
  const points = within(series);
  if (!series || !points.length) return undefined;
  const empty = { line: '', second: '', bars: '', note: '', last: undefined };
  const x = xTicks(station.zone, station.series.start, X_TICK_HOURS);
  const picture =
    quantityOf(key) === 'precipitation'
      ? rain(station, points, units, title)
      : lines(station, key, title, points, key === 'wind_speed' ? within(station.courses?.wind_gust) : [], units);
  return { ...empty, x, ...picture };
}

/**
 * @param {Station} station @param {string} key @param {string} title @param {Point[]} points @param {Point[]} gusts
 * @param {Units} units
 */
function lines(station, key, title, points, gusts, units) {
  const unit = unitOf(key, units);
  const from = station.series.start;
  const latest = station.values[key];
  const shown = latest && latest.at >= from;
  const values = points.map((point) => fromCanonical(unit, point[1]));
  if (shown) values.push(fromCanonical(unit, latest.value));
  const tops = gusts.map((point) => fromCanonical(unit, point[3]));
  const scale = scaleOf(key, unit, Math.min(...values), Math.max(...values, ...tops));
  const gap = gapMs(station.series, station.interval_ms);
  const last = points.at(-1)?.[0] ?? from;
  // The line ends at the newest value, if that is in the last bucket.
  const end = shown && latest.at >= last && latest.at < last + station.series.bucket_ms ? latest : undefined;
  /** @param {Point[]} of @param {number} which */
  const path = (of, which) =>
    stretches(of, gap)
      .map((part) => {
        const spot = (/** @type {Point} */ point) => {
          const isEnd = end && which === 1 && point[0] === last;
          const at = isEnd ? end.at : point[0] + Math.floor(station.series.bucket_ms / 2);
          const value = isEnd ? end.value : point[which];
          return `${place((at - from) / DAY_MS)} ${place(down(scale, fromCanonical(unit, value)))}`;
        };
        return `M${part.map(spot).join('L')}${part.length === 1 ? 'h0.1' : ''}`;
      })
      .join('');
  const [low, high] = [Math.min(...points.map((point) => point[1])), Math.max(...points.map((point) => point[1]))];
  const gust = gusts.length ? `, gusts up to ${text(key, Math.max(...gusts.map((point) => point[3])), units)}` : '';
  return {
    line: path(points, 1),
    second: path(gusts, 3),
    y: yTicks(scale, units.decimal),
    note: tendencyText(station, key, units),
    last: shown
      ? {
          x: percent(Math.min(1, (latest.at - from) / DAY_MS)),
          y: percent(Math.min(1, Math.max(0, down(scale, fromCanonical(unit, latest.value))))),
        }
      : undefined,
    summary: `${title} over the last 24 hours, means of 10 minutes: ${text(key, low, units)} to ${text(key, high, units)}${gust}.`,
  };
}

/** @param {Station} station @param {Point[]} points @param {Units} units @param {string} title */
function rain(station, points, units, title) {
  const unit = unitOf('precipitation', units);
  const hours = fallen(points, station.zone);
  const from = station.series.start;
  const scale = scaleOf('precipitation', unit, 0, Math.max(0, ...hours.map(([, mm]) => fromCanonical(unit, mm))));
  const inside = (/** @type {number} */ part) => Math.min(1, Math.max(0, part));
  const wide = HOUR_MS / DAY_MS;
  const bars = hours
    .filter(([, mm]) => mm > 0)
    .map(([hour, mm]) => {
      const at = (hour - from) / DAY_MS;
      const [left, right] = [inside(at + BAR_MARGIN * wide), inside(at + (1 - BAR_MARGIN) * wide)];
      return `M${place(left)} 1000V${place(down(scale, fromCanonical(unit, mm)))}H${place(right)}V1000Z`;
    });
  const sum = hours.reduce((sum, [, mm]) => sum + mm, 0);
  const most = hours.reduce((best, one) => (one[1] > best[1] ? one : best));
  const rained =
    most[1] > 0
      ? `${text('precipitation', sum, units)}, most in the hour from ${hourMinute(station.zone, most[0])}: ${text('precipitation', most[1], units)}`
      : 'none';
  return {
    bars: bars.join(''),
    y: yTicks(scale, units.decimal),
    note: `${text('precipitation', sum, units)}, 24 h`,
    summary: `${title} over the last 24 hours: ${rained}.`,
  };
}

/** How pressure has changed in three hours; empty if that is not known, or was long ago. @param {Station} station @param {string} key @param {Units} units */
export function tendencyText(station, key, units) {
  const [series, latest] = [station.courses?.[key], station.values[key]];
  if (!/pressure$|^altimeter_setting$/.test(key) || !series || !latest) return '';
  if (station.series.start + DAY_MS - latest.at > TENDENCY_FOR_MS) return '';
  const middle = Math.floor(station.series.bucket_ms / 2);
  const found = tendency(
    series.points.map(([start, mean]) => [start + middle, mean]),
    latest,
  );
  return found ? `${difference(key, found.change, units)} in 3 h, ${found.words}` : '';
}
