// @ts-check
// The last 24 hours as SVG paths, the same that `src/pages/chart.rs` draws. Pure: no DOM.
import { fixed, join, text, written } from './format.js';
import { markedOf, reasonOf } from './marks.js';
import { DAY_MS, gapMs, stretches } from './series.js';
import { leadOf, seriesOf } from './station.js';
import { differenceIn, fromCanonical, isFahrenheit, isWarmth, unitOf } from './units.js';
import { hourMinute, local, weekday } from './zone.js';

/** @typedef {import('./series.js').Point} Point */
/** @typedef {import('./station.js').Station} Station */
/** @typedef {import('./zone.js').Zone} Zone */
/** @typedef {{at: string, label: string, strong: boolean}} Tick */
/** @typedef {{bottom: number, step: number}} Scale */

const BOX = 1000;
const RING = 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0';
const ABOVE = 'M-4 7L0 1L4 7Z';
const BELOW = 'M-4-7L0-1L4-7Z';
const Y_TICKS = 5;
const STEPS = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 50, 75, 100, 200, 500, 1000, 5000];
const DEGREES_MIN = 0.5;
/** What lies between two lines at least, by the unit. @type {Record<string, number>} */
const LEAST = { '%': 2, ppm: 25 };
const SPARK_MIN_SPAN = 4;
const X_TICK_HOURS = 3;
const X_MARGIN_PERCENT = 1.5;
const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 60 * 60_000;

/** @param {number} part */
const percent = (part) => fixed(part * 100, 2);

/**
 * The finest scale that holds everything and is not finer than `least`.
 * @param {number} low @param {number} high @param {number} [least] @returns {Scale}
 */
export function over(low, high, least = DEGREES_MIN) {
  const spaces = Y_TICKS - 1;
  const fits = (/** @type {number} */ step) => step >= least && Math.floor(low / step) * step + spaces * step >= high;
  const step = STEPS.find(fits) ?? STEPS[STEPS.length - 1];
  const first = Math.floor(low / step);
  const spare = Math.max(0, first + spaces - Math.ceil(high / step));
  return { bottom: (first - Math.floor(spare / 2)) * step, step };
}

/** A sparkline's scale. @param {number} low @param {number} high @returns {Scale} */
export function around(low, high) {
  const span = Math.max(high - low, SPARK_MIN_SPAN);
  return { bottom: (low + high - span) / 2, step: span / (Y_TICKS - 1) };
}

/**
 * Draws what leads over the last 24 hours; a sparkline is the mean line alone.
 * @param {Station} station @param {import('./units.js').Units} units @param {boolean} [spark] @param {string} [title]
 */
export function draw(station, units, spark = false, title = 'Temperature') {
  const key = leadOf(station);
  const unit = unitOf(key, units);
  const { start: from, bucket_ms: bucketMs } = station.series;
  const to = from + DAY_MS;
  /** @type {Point[]} */
  const points = (seriesOf(station, key)?.points ?? [])
    .filter(([start]) => from <= start && start < to)
    .map(([start, mean, min, max, count]) => [
      start,
      fromCanonical(unit, mean),
      fromCanonical(unit, spark ? mean : min),
      fromCanonical(unit, spark ? mean : max),
      count,
    ]);
  if (!points.length) return undefined;
  const newest = station.values[key];
  const latest = newest && newest.at >= from ? { at: newest.at, value: fromCanonical(unit, newest.value) } : undefined;
  const last = /** @type {Point} */ (points.at(-1));
  // The line ends at the dot.
  const end = latest && latest.at >= last[0] && latest.at < last[0] + bucketMs ? latest : undefined;
  if (end)
    points.splice(-1, 1, [last[0], end.value, Math.min(last[2], end.value), Math.max(last[3], end.value), last[4]]);
  const low = Math.min(...points.map((point) => point[2]));
  const high = Math.max(...points.map((point) => point[3]));
  const least = isWarmth(key) ? DEGREES_MIN : (LEAST[unit.symbol] ?? differenceIn(unit, 0.5));
  const scale = spark ? around(low, high) : over(low, high, least);
  const top = scale.bottom + (Y_TICKS - 1) * scale.step;
  /** @param {number} value */
  const down = (value) => (top - value) / (top - scale.bottom);
  /** @param {number} start */
  const across = (start) => ((end && start === last[0] ? end.at : start + Math.floor(bucketMs / 2)) - from) / DAY_MS;
  /** @param {number} at @param {number} value */
  const dot = (at, value) => ({
    x: percent(Math.min(1, (at - from) / DAY_MS)),
    y: percent(Math.min(1, Math.max(0, down(value)))),
  });
  /** A value that does not count. @param {import('./marks.js').Mark} mark */
  const ring = (mark) => {
    const value = fromCanonical(unit, mark.value);
    const path = down(value) < 0 ? ABOVE : down(value) > 1 ? BELOW : RING;
    const title = `${text(key, mark.value, units)} at ${hourMinute(station.zone, mark.at)}: ${reasonOf(mark)}`;
    return { ...dot(mark.at, value), path, title };
  };
  const gap = gapMs(station.series, station.interval_ms);
  const freezing = !isWarmth(key) ? undefined : isFahrenheit(units) ? 32 : 0;
  return {
    ...paths(stretches(points, gap), across, down, spark),
    /** Rain has bars. */
    bars: '',
    y: spark ? [] : yTicks(scale, down, freezing, units.decimal),
    zero: spark || freezing === undefined ? undefined : zero(scale, top, down, freezing),
    x: spark ? [] : xTicks(station.zone, from),
    // The latest value at its own time: a bucket's mean is not what the large number says.
    last: latest && dot(latest.at, latest.value),
    marked: spark ? [] : markedOf(station, key).map(ring),
    summary: spark
      ? sparkSummary(unit.symbol, points, low, high, gap, units.decimal)
      : summary(station, title, unit, points, latest, gap, units.decimal),
  };
}

/**
 * @param {Point[][]} parts @param {(start: number) => number} across @param {(value: number) => number} down
 * @param {boolean} spark
 */
function paths(parts, across, down, spark) {
  /** @param {number} part */
  const place = (part) => fixed(part * BOX, spark ? 0 : 1);
  /** @param {Point} point @param {number} which */
  const spot = (point, which) => `${place(across(point[0]))} ${place(down(point[which]))}`;
  const line = parts.map(
    (part) => `M${part.map((point) => spot(point, 1)).join('L')}${part.length === 1 ? 'h0.1' : ''}`,
  );
  if (spark) return { line: line.join(''), band: '' };
  const band = parts.map((part) => {
    const edge = [...part.map((point) => spot(point, 3)), ...part.map((point) => spot(point, 2)).reverse()];
    return `M${edge.join('L')}Z`;
  });
  return { line: line.join(''), band: band.join('') };
}

/** @param {Scale} scale @param {(value: number) => number} down @param {number} [freezing] @param {string} [decimal] @returns {Tick[]} */
function yTicks({ bottom, step }, down, freezing, decimal) {
  const decimals = step % 1 === 0 ? 0 : step >= 0.1 ? 1 : 2;
  return Array.from({ length: Y_TICKS }, (_, index) => bottom + (Y_TICKS - 1 - index) * step).map((value) => ({
    at: percent(down(value)),
    label: written(fixed(value, decimals), decimal),
    strong: value === freezing,
  }));
}

/** @param {Scale} scale @param {number} top @param {(value: number) => number} down @param {number} freezing */
function zero({ bottom, step }, top, down, freezing) {
  const between = bottom < freezing && freezing < top && (freezing / step) % 1 !== 0;
  return between ? { at: percent(down(freezing)), label: fixed(freezing, 0) } : undefined;
}

/**
 * Every so many hours of the station's clock; midnight says the day that begins.
 * @param {Zone} zone @param {number} from @param {number} [step]
 */
export function xTicks(zone, from, step = X_TICK_HOURS) {
  /** @type {Tick[]} */
  const ticks = [];
  let labelled = -Infinity;
  for (let into = (QUARTER_MS - (from % QUARTER_MS)) % QUARTER_MS; into < DAY_MS; into += QUARTER_MS) {
    const { hour, minute } = local(zone, from + into);
    const part = into / DAY_MS;
    const inside = part * 100 >= X_MARGIN_PERCENT && part * 100 <= 100 - X_MARGIN_PERCENT;
    // Where the clocks go back, an hour comes twice.
    if (minute !== 0 || hour % step !== 0 || !inside || into - labelled <= HOUR_MS) continue;
    labelled = into;
    const label = hour === 0 ? weekday(zone, from + into) : hourMinute(zone, from + into);
    ticks.push({ at: percent(part), label, strong: hour === 0 });
  }
  return ticks;
}

/**
 * @param {Station} station @param {string} title @param {import('./units.js').Unit} unit @param {Point[]} points
 * @param {{at: number, value: number} | undefined} latest @param {number} gap @param {string} [decimal]
 */
function summary({ zone }, title, unit, points, latest, gap, decimal) {
  const lowest = points.reduce((best, point) => (point[2] < best[2] ? point : best));
  const highest = points.reduce((best, point) => (point[3] > best[3] ? point : best));
  const gaps = gapsIn(points, gap);
  /** @param {number} value */
  const degrees = (value) => join(written(fixed(value, unit.decimals), decimal), unit.symbol);
  const end = latest ? `, latest ${degrees(latest.value)} at ${hourMinute(zone, latest.at)}` : '';
  return (
    `${title} over the last 24 hours: lowest ${degrees(lowest[2])} around ${hourMinute(zone, lowest[0])}, ` +
    `highest ${degrees(highest[3])} around ${hourMinute(zone, highest[0])}${end}${gaps}.`
  );
}

/** @param {string} symbol @param {Point[]} points @param {number} low @param {number} high @param {number} gap @param {string} [decimal] */
const sparkSummary = (symbol, points, low, high, gap, decimal) =>
  `Temperature over the last 24 hours, means of half hours: ${written(fixed(low, 1), decimal)} to ${written(fixed(high, 1), decimal)} ${symbol}` +
  `${gapsIn(points, gap)}.`;

/** @param {Point[]} points @param {number} gap */
function gapsIn(points, gap) {
  const count = stretches(points, gap).length - 1;
  return count === 0 ? '' : count === 1 ? ', with one gap' : `, with ${count} gaps`;
}
