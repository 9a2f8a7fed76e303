// @ts-check
import { draw } from '../../static/js/view/chart.js';
import { frozenText, mark, markedText } from '../../static/js/view/marks.js';
import { UTC } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const UNITS = {};

/** A station with an hour of temperatures. */
function station() {
  const start = NOW - 86_400_000 + 600_000;
  const points = [0, 1, 2].map((place) => [NOW - place * 600_000, 14, 13, 15, 5]).reverse();
  const series = { start, bucket_ms: 600_000, points };
  const values = { temperature: { value: 14, at: NOW } };
  return /** @type {any} */ ({ zone: UTC, interval_ms: MINUTE_MS, values, extremes: {}, series, marked: [] });
}

/** @param {number} minutes @param {Record<string, any>} marks */
const item = (minutes, marks) => ({ observed_at: NOW - minutes * MINUTE_MS, marks });

test('a value that does not count is a ring on the chart and a reason in words', () => {
  const known = station();
  equal([markedText(known), draw(known, /** @type {any} */ (UNITS))?.marked], ['', []]);
  const version = known.series.version ?? 0;
  mark(known, item(5, { temperature: { value: 40, flag: 3, reason: 'step' } }));
  equal(markedText(known), '1 value of the last 24 hours does not count: a step that no value after it has settled.');
  const [ring, ...others] = draw(known, /** @type {any} */ (UNITS))?.marked ?? [];
  equal([ring.y, others.length, known.series.version > version], ['0.00', 0, true]);
  equal(ring.title, '40.0 °C at 07:55: a step that no value after it has settled');
  mark(known, item(4, { temperature: { value: 14.2, flag: 3, reason: 'struck' } }));
  mark(known, item(4, { 'indoor/temperature': { value: -40, flag: 4, reason: 'gross' } }));
  const [above, inside] = draw(known, /** @type {any} */ (UNITS))?.marked ?? [];
  equal([above.path.slice(-1), inside.path.slice(-1)], ['Z', '0'], 'an arrow at the edge, and a ring');
  mark(known, item(4, { temperature: { value: 14.2, flag: 1 }, 'indoor/temperature': { value: -40, flag: 1 } }));
  mark(known, item(5, { temperature: { value: 40, flag: 4, reason: 'spike' } }));
  mark(known, item(3, { 'indoor/humidity': { value: 140, flag: 4, reason: 'gross' } }));
  mark(known, item(2, { temperature: { value: 41, flag: 4, reason: 'spike' } }));
  equal(markedText(known), '3 values of the last 24 hours do not count: outside what weather can be, a spike (2).');
  equal(draw(known, /** @type {any} */ (UNITS))?.marked.length, 2);
});

test('a value that counts from now on is no ring any more', () => {
  const known = station();
  mark(known, item(5, { temperature: { value: 20, flag: 3, reason: 'step' } }));
  mark(known, item(5, { temperature: { value: 20, flag: 1 } }));
  equal([markedText(known), draw(known, /** @type {any} */ (UNITS))?.marked], ['', []]);
});

test('a card shows nothing of it, and what is older than a day is gone', () => {
  const card = { ...station(), marked: undefined };
  mark(card, item(5, { temperature: { value: 40, flag: 4, reason: 'spike' } }));
  equal([card.marked, markedText(card)], [undefined, '']);
  const known = station();
  mark(known, item(24 * 60, { temperature: { value: 40, flag: 4, reason: 'spike' } }));
  equal(markedText(known), '');
});

test('a station that repeats itself says so until something changes', () => {
  const known = station();
  equal(frozenText(known), '');
  mark(known, item(-1, { temperature: { value: 14, flag: 3, reason: 'frozen' } }));
  equal(frozenText(known).startsWith('It reports, but nothing that it measures has changed'), true);
  known.values['indoor/temperature'] = { value: 20, at: NOW + 2 * MINUTE_MS };
  equal(frozenText(known) === '', false, 'another sensor says nothing of it');
  known.values.temperature = { value: 14.2, at: NOW + 2 * MINUTE_MS };
  equal(frozenText(known), '');
});
