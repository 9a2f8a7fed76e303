// @ts-check
import { hasPlaces, stationOf } from '../../static/js/view/card.js';
import { take } from '../../static/js/view/station.js';
import { UTC } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

const HALF_HOUR_MS = 1_800_000;
const START = 1_000 * HALF_HOUR_MS;

/** @param {object} [more] */
const card = (more) =>
  stationOf(
    /** @type {any} */ ({
      slug: 'hill',
      name: 'Hill',
      zone: UTC,
      interval_ms: 60_000,
      observed_at: START,
      values: { temperature: { value: 4, at: START } },
      feels_like: null,
      spark: { start: START, bucket_ms: HALF_HOUR_MS, means: [4, null, 6], count: 3 },
      ...more,
    }),
  );

test('a card has the means of its buckets, and adds to the last as if it had all of its values', () => {
  const station = card();
  equal(
    station.series.points.map(([start, mean]) => [start - START, mean]),
    [
      [0, 4],
      [2 * HALF_HOUR_MS, 6],
    ],
  );
  const at = START + 2 * HALF_HOUR_MS + 5;
  equal(take(station, { observed_at: at, values: { temperature: 10 } }, at), true);
  equal(station.series.points.at(-1)?.slice(1, 2), [7]);
  equal(take(station, { observed_at: START + 9, values: { temperature: 99 }, late: true }, at), true);
  equal(station.series.points[0][1], 4, 'the number of values is not known there');
});

test('a station of its own page has its buckets by columns', () => {
  const columns = (/** @type {number} */ mean) => [
    [0, 2],
    [mean, 6],
    [3, 5],
    [5, 7.5],
    [10, 1],
  ];
  const described = {
    slug: 'hill',
    series: { start: START, bucket_ms: HALF_HOUR_MS, points: columns(4) },
    courses: { humidity: columns(66), precipitation: [[], [], [], [], []] },
  };
  const station = stationOf(/** @type {any} */ (described));
  const points = (/** @type {number} */ mean) => [
    [START, mean, 3, 5, 10],
    [START + 2 * HALF_HOUR_MS, 6, 5, 7.5, 1],
  ];
  const window = { start: START, bucket_ms: HALF_HOUR_MS };
  equal(station.series, { ...window, points: points(4) });
  equal(station.courses, { humidity: { ...window, points: points(66) }, precipitation: { ...window, points: [] } });
  equal(station.slug, 'hill');
  const bare = stationOf(/** @type {any} */ ({ series: { ...window, points: [[], [], [], [], []] } }));
  equal([bare.series.points, 'courses' in bare], [[], false]);
});

test('a card is asked for anew only if it has no place for what a report brings', () => {
  const warm = card();
  equal(hasPlaces(warm, { humidity: 40, 'junk/co2': 400 }), true, 'what it does not show');
  const waiting = card({ values: {} });
  equal([hasPlaces(waiting, { temperature: 1 }), hasPlaces(waiting, { humidity: 1 })], [false, false]);
  const indoor = card({ values: { 'indoor/temperature': { value: 20, at: START } }, indoors: ['indoor/temperature'] });
  equal(hasPlaces(indoor, { 'cellar/temperature': 12 }), false, 'another room');
  equal(hasPlaces(indoor, { 'cellar/humidity': 50 }), true, 'what it does not show');
  equal([hasPlaces(indoor, { 'indoor/temperature': 21 }), hasPlaces(indoor, { temperature: 1 })], [true, false]);
  const nothing = card({ values: {}, indoors: [] });
  equal([hasPlaces(nothing, { wind_direction: 1 }), hasPlaces(nothing, { 'a/co2': 1 })], [true, false]);
  const rain = card({ values: { precipitation: { value: 2, at: START } }, indoors: ['precipitation'] });
  /** @type {Record<string, number>[]} */
  const asked = [{ precipitation: 3 }, { solar_radiation: 90 }, { sea_level_pressure: 1013 }, { 'a/temperature': 1 }];
  equal(
    asked.map((values) => hasPlaces(rain, values)),
    [true, true, false, false],
    'what would lead in its place',
  );
});
