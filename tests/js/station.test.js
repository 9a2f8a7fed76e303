// @ts-check
import { ago, freshness, text } from '../../static/js/view/format.js';
import { stateOf, take, wordOf } from '../../static/js/view/station.js';
import { TEXTS } from '../../static/js/view/texts.js';
import { UTC } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

const NOW = 1_800_000_000_000;
const TEN_YEARS = 10 * 365 * 86_400_000;

/** A station that knows these instants. @param {Record<string, number>} at */
function station(at) {
  const values = Object.fromEntries(Object.entries(at).map(([key, at]) => [key, { value: 1, at }]));
  const series = { start: NOW - 86_400_000, bucket_ms: 600_000, points: [] };
  const observed_at = Math.max(...Object.values(at));
  return /** @type {any} */ ({
    zone: UTC,
    interval_ms: 60_000,
    observed_at,
    day: '2027-01-15',
    values,
    extremes: {},
    series,
  });
}

test('nothing from the future is of now', () => {
  equal(
    [0, -300_000, -300_001, -TEN_YEARS].map((age) => freshness(NOW - age, NOW, null)),
    ['live', 'live', 'offline', 'offline'],
  );
  equal([ago(NOW + 5_000, NOW), ago(NOW + TEN_YEARS, NOW)], ['just now', 'in the future']);
});

test('a reading that the future noted gives way to the next', () => {
  const known = station({ temperature: NOW + TEN_YEARS, humidity: NOW + TEN_YEARS });
  equal(stateOf(known, NOW), 'offline');
  const context = /** @type {const} */ ({ now: NOW, units: {}, fed: true, key: '' });
  equal(/^Offline since .*, which is in the future$/.test(TEXTS.gone(known, context)), true);
  take(known, { observed_at: NOW, values: { temperature: 20 } }, NOW);
  equal([known.values.temperature.value, known.observed_at, stateOf(known, NOW)], [20, NOW, 'live']);
  take(known, { observed_at: NOW - 60_000, values: { temperature: 10 } }, NOW);
  equal(known.values.temperature.value, 20);
});

test('an interval is not learnt from one gap', () => {
  const known = { ...station({ temperature: NOW - 72_000_000 }), interval_ms: null };
  for (const [age, interval] of [
    [0, null],
    [-60_000, null],
    [-120_000, 60_000],
  ]) {
    take(known, { observed_at: NOW - Number(age), values: { temperature: 20 } }, NOW - Number(age));
    equal(known.interval_ms, interval);
  }
});

test('a station whose clock is behind is heard, and is not live', () => {
  const known = station({ temperature: NOW - 18_000_000 });
  const context = /** @type {const} */ ({ units: {}, fed: true, key: '' });
  const said = (/** @type {number} */ now) => [
    stateOf(known, now),
    wordOf(known, now),
    TEXTS.gone(known, { ...context, now }),
  ];
  equal(said(NOW), ['offline', 'Offline', 'Offline since 03:00']);
  known.clock = { heard_at: NOW - 3_000, off: '5 h behind' };
  equal(said(NOW), ['clock', 'Clock 5 h behind', '']);
  equal(TEXTS.big(known, { ...context, now: NOW }), '1.0', 'the old value stands there, grey');
  equal([stateOf(known, NOW + 300_000), stateOf(known, NOW + 3_600_000)], ['stale', 'offline'], 'it falls silent');
  take(known, { observed_at: NOW - 360_000, values: { temperature: 20 } }, NOW + 60_000);
  equal(known.clock?.heard_at, NOW + 60_000);
  take(known, { observed_at: NOW, values: { temperature: 20 } }, NOW);
  equal(known.clock, undefined, 'it was set right');
});

test('a station whose values do not count has spoken all the same', () => {
  const known = { ...station({ temperature: NOW - 18_000_000 }), observed_at: NOW };
  equal(stateOf(known, NOW), 'live');
});

test('a state reads as its word, a measure as its number', () => {
  const units = /** @type {const} */ ({});
  equal(text('temp1/battery_low', 1, units), 'low');
  equal(text('battery_low', 0, units), 'ok');
  equal(text('leak1/leak', 0.5, units), 'wet');
  equal(text('ground1/soil_conductivity', 120.4, units), '120 µS/cm');
});
