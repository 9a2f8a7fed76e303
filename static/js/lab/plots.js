// @ts-check
/** Plots: the strip of ages on arrival, and bars of a run. */

import { write } from '../dom/change.js';
import { duration } from '../meter/figures.js';
import { linear } from './axis.js';
import { make } from './make.js';
import { summary } from './summary.js';

/** The strip's ends, ms; its scale is logarithmic. */
const STRIP_MS = Object.freeze({ from: 1, to: 100_000 });
/** Dots that are shown, the latest. */
export const DOTS_MAX = 60;
/** Heights at which dots stand in turn, so that those that are alike stay apart, %. */
const LEVELS = [50, 30, 70, 40, 60];

/** Where on the strip, %. @param {number} ms */
export function place(ms) {
  const { from, to } = STRIP_MS;
  const inside = Math.min(Math.max(ms, from), to);
  return (100 * Math.log(inside / from)) / Math.log(to / from);
}

/** What the strip says in words. @param {readonly number[]} ages */
export function ageText(ages) {
  const all = summary(ages);
  if (!all) return 'none yet';
  return `median ${duration(all.median)}, 95 of 100 within ${duration(all.p95)}, worst ${duration(all.worst)}`;
}

/** @param {Element} svg @param {readonly number[]} ages */
export function paintStrip(svg, ages) {
  const last = ages.slice(-DOTS_MAX);
  const first = ages.length - last.length;
  const dots = last.map((age, index) => {
    const level = LEVELS[(first + index) % LEVELS.length];
    const newest = index === last.length - 1;
    return make('circle', {
      cx: `${place(age)}%`,
      cy: `${level}%`,
      r: newest ? 5 : 3.5,
      class: newest ? 'newest' : undefined,
    });
  });
  const ticks = [1, 10, 100, 1_000, 10_000].map((ms) => line(place(ms), 'tick'));
  const all = summary(ages);
  const marks = all ? [line(place(all.median), 'median'), line(place(all.p95), 'p95')] : [];
  svg.replaceChildren(...ticks, ...marks, ...dots);
  svg.setAttribute('aria-label', `${ages.length} pieces of news: ${ageText(ages)}.`);
}

/** @param {number} at @param {string} kind */
const line = (at, kind) => make('line', { x1: `${at}%`, x2: `${at}%`, y1: 0, y2: '100%', class: kind });

/**
 * @typedef {object} Bar
 * @property {string} name
 * @property {number | null} value
 * @property {number | null} [predicted]
 * @property {number | null} [beyond] how far a paler bar goes
 * @property {string} text
 */

/**
 * A plot of bars, with the sentence that it tests.
 *
 * @param {string} title
 * @param {readonly Bar[]} bars
 * @param {readonly import('./verdict.js').Verdict[]} verdicts
 * @param {(values: readonly number[]) => import('./axis.js').Axis} [axisFor]
 * @param {string} [note] what else is to be said
 */
export function plot(title, bars, verdicts, axisFor = linear, note = '') {
  const axis = axisFor(bars.flatMap(({ value, predicted, beyond }) => [value ?? 0, predicted ?? 0, beyond ?? 0]));
  const rows = bars.map(({ name, value, predicted = null, beyond = null, text }) => {
    const shapes = axis.ticks.map((tick) => line(axis.place(tick), 'tick'));
    const wide = (/** @type {number} */ amount) => `${axis.place(amount)}%`;
    if (beyond !== null) shapes.push(make('rect', { class: 'beyond', width: wide(beyond), height: '100%', rx: 3 }));
    if (value !== null) shapes.push(make('rect', { class: 'value', width: wide(value), height: '100%', rx: 3 }));
    if (predicted !== null)
      shapes.push(make('line', { class: 'formula', x1: wide(predicted), x2: wide(predicted), y1: 0, y2: '100%' }));
    return make(
      'li',
      {},
      make('span', {}, name),
      make('svg', { 'aria-hidden': 'true' }, ...shapes),
      make('span', { class: 'text' }, text),
    );
  });
  const caption = make(
    'figcaption',
    {},
    make('h3', {}, title),
    ...verdicts.map((one) => make('p', {}, ...judged(one))),
    ...[axis.note, note].filter(Boolean).map((text) => make('p', { class: 'muted' }, text)),
  );
  return make('figure', {}, caption, make('ol', {}, ...rows));
}

/** A verdict in words: the sentence, the word, why. @param {import('./verdict.js').Verdict} verdict */
export function judged({ claim, quoted, word, text }) {
  const sentence = make(quoted ? 'q' : 'span', {}, claim);
  return [sentence, ' ', make('strong', { 'data-verdict': word }, word), ` ${text}`];
}

/** @param {Element | null} node @param {readonly number[]} ages */
export function paintAges(node, ages) {
  write(node, ageText(ages));
}
