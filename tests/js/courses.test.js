// @ts-check
import { drawCourse, fallen } from '../../static/js/view/courses.js';
import { take } from '../../static/js/view/station.js';
import { tendency } from '../../static/js/view/tendency.js';
import { equal, test } from './check.js';

/** 2027-01-15 08:00 UTC. */
const NOW = 1_800_000_000_000;
const MINUTE_MS = 60_000;
const BUCKET_MS = 10 * MINUTE_MS;
const METRIC = /** @type {import('../../static/js/view/units.js').Units} */ ({});
/** @type {import('../../static/js/view/zone.js').Zone} */
const NEPAL = [[0, 20_700]];

/**
 * A station with these values of a quantity: minutes before now, mean, lowest, highest. The same stands in
 * `src/pages/courses.rs`.
 * @param {string} key @param {[number, number, number, number][]} values
 */
function station(key, values) {
  const start = (Math.floor(NOW / BUCKET_MS) + 1) * BUCKET_MS - 86_400_000;
  const bucket = (/** @type {number} */ minutes) => Math.floor((NOW - minutes * MINUTE_MS) / BUCKET_MS) * BUCKET_MS;
  const points = values.map(([minutes, ...rest]) => [bucket(minutes), ...rest, 10]);
  const series = { start, bucket_ms: BUCKET_MS, points: [] };
  const latest = { value: values.at(-1)?.[1], at: NOW };
  return /** @type {any} */ ({
    zone: NEPAL,
    interval_ms: MINUTE_MS,
    day: '2027-01-15',
    values: { [key]: latest },
    extremes: {},
    series,
    courses: { [key]: { start, bucket_ms: BUCKET_MS, points } },
  });
}

test('pressure is drawn with its tendency, as the server draws it', () => {
  const hill = station('sea_level_pressure', [
    [200, 1016, 1016, 1016],
    [190, 1015.5, 1015.5, 1015.5],
    [90, 1014, 1014, 1014],
    [0, 1012.8, 1012.8, 1012.8],
  ]);
  const drawn = drawCourse(hill, 'sea_level_pressure', METRIC);
  equal(drawn?.note, '−2.7 hPa in 3 h, falling');
  equal(drawn?.line, 'M857.6 0.0L864.6 125.0M934.0 500.0h0.1M993.1 800.0h0.1');
  equal(
    drawn?.y.map(({ label }) => label),
    ['1016', '1014', '1012'],
  );
  equal(drawn?.summary, 'Pressure over the last 24 hours, means of 10 minutes: 1012.8 hPa to 1016.0 hPa.');
  equal(drawCourse(hill, 'sea_level_pressure', { hPa: 'inHg' })?.note, '−0.08 inHg in 3 h, falling');
  equal(drawCourse(hill, 'sea_level_pressure', { hPa: 'mmHg', decimal: ',' })?.note, '−2,0 mmHg in 3 h, falling');
  equal(drawCourse(hill, 'humidity', METRIC), undefined);
  hill.values.sea_level_pressure.at = NOW - 10 * MINUTE_MS;
  equal(drawCourse(hill, 'sea_level_pressure', METRIC)?.note, '−3.2 hPa in 3 h, falling');
  hill.values.sea_level_pressure.at = NOW - 90 * MINUTE_MS;
  hill.courses.sea_level_pressure.points[0][0] = NOW - 270 * MINUTE_MS;
  equal(drawCourse(hill, 'sea_level_pressure', METRIC)?.note, '', 'what it was long ago is none of now');
});

test('rain is drawn by the hour and begins again at local midnight, as the server draws it', () => {
  // Midnight in Nepal is 18:15 UTC, 13 h 45 min before now.
  const hill = station('precipitation', [
    [900, 4, 3.6, 4],
    [840, 5, 5, 5],
    [820, 0.4, 0.4, 0.4],
    [810, 1, 1, 1],
    [600, 1, 1, 1],
  ]);
  const drawn = drawCourse(hill, 'precipitation', METRIC);
  equal(drawn?.note, '2.4 mm, 24 h');
  equal(drawn?.summary, 'Rain over the last 24 hours: 2.4 mm, most in the hour from 23:00: 1.0 mm.');
  equal(drawn?.bars.match(/M/g)?.length, 3);
  equal(fallen([], NEPAL), []);
});

test('a report goes on with each course', () => {
  const hill = station('sea_level_pressure', [[0, 1012.8, 1012.8, 1012.8]]);
  take(hill, { observed_at: NOW + 1_000, values: { sea_level_pressure: 1014.8 } }, NOW + 1_000);
  const [, mean, , max, count] = hill.courses.sea_level_pressure.points.at(-1);
  equal([Number(mean.toFixed(3)), max, count], [1012.982, 1014.8, 11]);
  take(hill, { observed_at: NOW + 86_400_000, values: { sea_level_pressure: 1020 } }, NOW + 86_400_000);
  equal(hill.courses.sea_level_pressure.points.length, 1, 'what is older than a day is gone');
});

test('the course of pressure has the characteristics of the code table', () => {
  /** @type {[number, number, number][]} */
  const cases = [
    [1002, 1001, 0],
    [1002, 1000, 0],
    [1002, 1002, 1],
    [1001, 1002, 2],
    [1000, 1001.5, 3],
    [999, 1001, 3],
    [1000, 1000, 4],
    [999, 1000, 5],
    [998, 999, 5],
    [998.5, 998.5, 6],
    [999, 998, 7],
    [1000, 998, 8],
    [1001, 999, 8],
  ];
  const at = (/** @type {number} */ minutes) => NOW + minutes * MINUTE_MS;
  const codes = cases.map(([middle, last]) =>
    tendency(
      [
        [at(-180), 1000],
        [at(-90), middle],
        [at(0), last],
      ],
      { at: NOW, value: last },
    ),
  );
  equal(
    codes.map((found) => found?.code),
    cases.map(([, , code]) => code),
  );
  equal(tendency([[at(-149), 1000]], { at: NOW, value: 1001 }), undefined);
});
