// @ts-check
import { queryOf } from '../../static/js/history/ask.js';
import { setApart } from '../../static/js/history/labels.js';
import { readout } from '../../static/js/history/readout.js';
import { columns, grow, lonely } from '../../static/js/history/strand.js';
import { EARLIEST, ended, held, panned, SHORTEST_MS, thinned, zoomed } from '../../static/js/history/window.js';
import { equal, test } from './check.js';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 15, 0);

/** Two hours that end at noon, and one an hour later. @returns {import('../../static/js/history/strand.js').Strand} */
const strand = () => ({
  label: 'Temperature',
  class: 'own',
  station: 'hill',
  key: 'temperature',
  shape: 'mean',
  at: [NOW - 3.5 * HOUR_MS, NOW - 2.5 * HOUR_MS, NOW - 2 * HOUR_MS, NOW - 0.5 * HOUR_MS],
  value: [4, 5, null, 7],
  low: [3.5, 4.5, null, 6.75],
  high: [4.5, 5.5, null, 7.25],
  to: NOW,
  length_ms: HOUR_MS,
  count: 3,
});

test('what lies below the pointer stays where it is, and no window goes beyond now', () => {
  const window = { from: NOW - 10 * HOUR_MS, to: NOW };
  const closer = zoomed(window, 0.5, NOW - 4 * HOUR_MS, NOW);
  equal(closer, { from: NOW - 7 * HOUR_MS, to: NOW - 2 * HOUR_MS });
  equal(zoomed(closer, 2, NOW - 4 * HOUR_MS, NOW), window);
  equal(zoomed(window, 2, NOW, NOW), { from: NOW - 20 * HOUR_MS, to: NOW });
  equal(zoomed(window, 1e-9, NOW, NOW), { from: NOW - SHORTEST_MS, to: NOW });
  equal(zoomed(window, 1e9, NOW, NOW).from, EARLIEST);
  equal(panned(window, 0.25, NOW), window, 'nothing is known of the future');
  equal(panned(window, -0.25, NOW), { from: NOW - 12.5 * HOUR_MS, to: NOW - 2.5 * HOUR_MS });
  equal(held({ from: 0, to: 0 }, NOW), { from: 0, to: SHORTEST_MS });
});

test('a window that ends now goes on with reports, and after a week it is as long as before', () => {
  const day = { from: NOW - 24 * HOUR_MS, to: NOW };
  equal(ended(day, NOW + HOUR_MS, 24 * HOUR_MS), { from: NOW - 23 * HOUR_MS, to: NOW + HOUR_MS });
  equal(ended(day, NOW - HOUR_MS, 24 * HOUR_MS), day);
  const length = 150 * HOUR_MS;
  const later = Array.from({ length: 7 * 24 + 5 }).reduce(
    (/** @type {import('../../static/js/history/window.js').Window} */ window) =>
      ended(window, window.to + HOUR_MS, length),
    { from: NOW - length, to: NOW },
  );
  equal((later.to - NOW) / HOUR_MS, 173);
  equal((later.from - NOW + length) % (24 * HOUR_MS), 0, 'whole days have left it');
  equal(later.to - later.from < length + 24 * HOUR_MS, true);
});

test('there are as many labels as there is room for', () => {
  equal(thinned([1, 2, 3, 4, 5], 500, 50), [1, 2, 3, 4, 5]);
  equal(thinned([1, 2, 3, 4, 5], 130, 50), [1, 3, 5]);
  equal(thinned([1, 2, 3], 0, 50), [1]);
});

test('a report goes into the last span, and one after it begins another', () => {
  const one = strand();
  equal(grow(one, NOW - 60_000, 8), true);
  equal([one.value[3], one.low[3], one.high[3], one.count], [7.25, 6.75, 8, 4]);
  equal(grow(one, NOW + 60_000, 9), true);
  equal([one.value.at(-1), one.at.at(-1), one.to, one.count], [9, NOW + 60_000, NOW + 60_000 + HOUR_MS, 1]);
  equal(grow(one, NOW - 5 * HOUR_MS, 1), false, 'it belongs further back');
  equal(grow({ ...strand(), at: [], to: null }, NOW, 1), false, 'nothing is there to go on with');
  const gust = { ...strand(), shape: /** @type {const} */ ('peak'), low: [], high: [] };
  grow(gust, NOW - 1, 6);
  equal(gust.value[3], 7, 'a peak is the highest');
});

test('a value between two gaps is lonely', () => {
  equal(lonely([1, 2, null, 3, null, 4, 5]), [3]);
  equal(lonely([1, undefined, 2, null, undefined, 3]), [5], 'another line has values of other times');
  equal(lonely([1]), [0]);
  equal(columns({ ...strand(), low: [], high: [] }).length, 2);
});

test('the cursor says time, values and bands, and nothing in a gap', () => {
  const figure = { unit: '°C', decimals: 1, zone: /** @type {const} */ ([[0, 3600]]) };
  const dew = { ...strand(), label: 'Dew point', value: [-1, null, null, 0], low: [], high: [] };
  equal(
    readout([strand(), dew], NOW - 0.5 * HOUR_MS, figure),
    '2026-11-22 15:30: Temperature 7.0 °C (6.8 to 7.3), Dew point 0.0 °C',
  );
  equal(readout([dew], NOW - 3.5 * HOUR_MS, figure), '2026-11-22 12:30: Dew point −1.0 °C');
  equal(readout([strand()], NOW - 2 * HOUR_MS, figure), '');
  equal(readout([strand()], NOW - 90 * HOUR_MS, figure), '');
});

test('names of lines do not lie over each other', () => {
  equal(setApart([10, 12, 40], 15, 100), [10, 25, 40]);
  equal(setApart([90, 95], 15, 100), [85, 100]);
});

test('a window is asked for with all that was asked for before', () => {
  const query = queryOf('?range=7d&with=harbour&year=1', { from: 0, to: HOUR_MS });
  equal(String(query), 'with=harbour&year=1&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T01%3A00%3A00.000Z');
});
