// @ts-check
import { FLEETS } from '../../static/js/channel/fleets.js';
import { axisOf } from '../../static/js/lab/axis.js';
import { place } from '../../static/js/lab/plots.js';
import { undelivered } from '../../static/js/lab/results.js';
import { csv, json } from '../../static/js/lab/save.js';
import { DEFAULTS } from '../../static/js/lab/settings.js';
import { halfPeriod, predictedTripsPerNews, verdict } from '../../static/js/lab/verdict.js';
import { equal, ok, test } from './check.js';

const TIMES = { everyS: 5, parkS: 25 };
const age = (/** @type {number} */ mean, count = 12) => ({ count, mean, median: mean, p95: mean, worst: mean });

/** @param {string} fleet @param {object} [more] @returns {import('../../static/js/lab/run.js').Measured} */
const row = (fleet, more = {}) => ({
  fleet,
  seconds: 30,
  rttMs: 4,
  news: 12,
  words: 4,
  arrived: 12,
  arrivedInTime: 12,
  trips: 16,
  legs: 32,
  empty: 16,
  tickets: 0,
  lost: 0,
  repeated: 0,
  bytes: 2_400,
  parked: 1,
  parkedMost: 1,
  age: age(5),
  wordAge: age(4, 4),
  ...more,
});
/** @param {string} fleet @param {object} [more] @returns {import('../../static/js/lab/verdict.js').Predicted} */
const formula = (fleet, more = {}) => ({
  fleet,
  trips_per_s: 0.5,
  legs_per_s: 1,
  empty_share: 0.5,
  tickets_per_h: 0,
  age_mean_s: 0.002,
  age_worst_s: 0.006,
  parked: 1,
  ...more,
});
/** @param {string} fleet @param {object} [more] @param {object} [expected] */
const word = (fleet, more, expected) => verdict(row(fleet, more), formula(fleet, expected), TIMES).word;

for (const name of Object.keys(FLEETS)) {
  test(`${name} has a verdict, also where nothing happened`, () => {
    const nothing = {
      news: 0,
      words: 0,
      arrived: 0,
      trips: 0,
      legs: 0,
      empty: 0,
      age: null,
      wordAge: null,
      parkedMost: 0,
    };
    equal(word(name, nothing), 'too short');
  });
}

test('half the trips are empty: only where something happens within each stay', () => {
  equal(word('ping-pong'), 'holds');
  equal(word('ping-pong', { empty: 29 }, { empty_share: 0.9 }), 'holds only when');
  equal(word('ping-pong', { empty: 29 }), 'does not hold');
});

test('polling sends empty trucks unless there is much to carry', () => {
  equal(word('polling', { empty: 28 }), 'holds');
  equal(word('polling', { empty: 4 }), 'holds only when');
});

test('polling is half a period late: only if nobody speaks in between', () => {
  const of = (/** @type {number} */ mean, /** @type {number} */ expected) =>
    halfPeriod(row('polling', { age: age(mean, 30) }), formula('polling', { age_mean_s: expected }), TIMES).word;
  equal([of(2_500, 2.5), of(800, 0.8), of(4_800, 2.5)], ['holds', 'holds only when', 'does not hold']);
  equal(halfPeriod(row('polling', { age: null }), undefined, TIMES).word, 'too short');
});

test('who is to be quick is judged by the slowest of twenty', () => {
  equal(word('slow-and-fast'), 'holds');
  equal(word('websocket', { age: { ...age(5), p95: 900 } }), 'does not hold');
  equal([word('stay-home', { age: age(4_000) }), word('stay-home')], ['holds', 'holds only when']);
  equal(word('stay-home', { words: 0, arrived: 0, age: null }), 'holds');
  equal([word('wait-for-reply', { wordAge: age(3_000) }), word('wait-for-reply')], ['holds', 'holds only when']);
  equal([word('expanding', { parkedMost: 3 }), word('expanding')], ['holds', 'holds only when']);
});

test('what is predicted is for what happened', () => {
  equal(predictedTripsPerNews(row('ping-pong'), formula('ping-pong')), 1.25);
  equal(predictedTripsPerNews(row('stay-home'), formula('stay-home', { age_mean_s: null })), null);
  equal(predictedTripsPerNews(row('ping-pong'), undefined), null);
});

test('a run is saved as a table and as JSON', () => {
  const rows = [row('ping-pong'), row('stay-home', { arrived: 0, age: null, trips: 0 }), row('sse')];
  const run = {
    settings: DEFAULTS,
    times: TIMES,
    at: '2026-11-22T20:00:00Z',
    rows,
    predicted: { 'ping-pong': formula('ping-pong') },
  };
  const [head, first, second, third, end] = csv(run).split('\r\n');
  equal(head.split(',').slice(0, 4), ['fleet', 'seconds', 'rtt_ms', 'news']);
  const names = head.split(',');
  equal(first.split(',')[names.indexOf('trips_per_news')], '1.33333');
  equal(second.split(',')[names.indexOf('age_median_ms')], '');
  ok(third.includes('"As quick, without trucks for news."'), 'commas are in quotes');
  equal([first.startsWith('ping-pong,30,4,12'), end], [true, '']);
  const read = JSON.parse(json(run));
  equal(
    [read.at, read.settings.seed, read.rows[0].verdict, read.rows[1].age_mean_ms],
    ['2026-11-22T20:00:00Z', 1, 'holds', null],
  );
});

test('the strip has a place for every age', () => {
  equal([0, 1, 100_000, 1e9].map(place), [0, 0, 100, 100]);
  ok(Math.abs(place(10) - 20) < 1e-9, 'a fifth for each power of ten');
});

test('an axis goes by powers of ten where its values span them', () => {
  const wide = axisOf([9.6, 0, 7_072.7]);
  equal([wide.ticks, wide.note], [[1, 10, 100, 1_000, 10_000], 'By powers of ten, from 1 ms to 10 s.']);
  ok(wide.place(9.6) > 20 && wide.place(7_072.7) < 100, 'no bar is invisible');
  equal([wide.place(0), wide.place(1e9)], [0, 100]);
  const narrow = axisOf([20, 50]);
  equal([narrow.ticks, narrow.note, narrow.place(25)], [[], '', 50]);
});

test('a run says what ages leave out', () => {
  equal(undelivered([row('ping-pong')]), '');
  const text = undelivered([row('stay-home', { arrived: 9 }), row('ping-pong')]);
  equal(
    text,
    'Not all news arrived: stay-home 9 of 12. News that did not arrive has no age, so these ages are too low.',
  );
});
