// @ts-check
import { draw } from '../../static/js/view/chart.js';
import { nightOf } from '../../static/js/view/night.js';
import { leadOf, take } from '../../static/js/view/station.js';
import { TEXTS, title } from '../../static/js/view/texts.js';
import { UTC } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const BUCKET_MS = 600_000;
const START = NOW + BUCKET_MS - 24 * HOUR_MS;

/** A field with a probe in its soil. */
function field() {
  const point = (/** @type {number} */ at, /** @type {number} */ value) => [at, value, value, value, 10];
  const points = [point(NOW - 2 * HOUR_MS, 8), point(NOW - HOUR_MS, 9), point(NOW - BUCKET_MS, 9.5)];
  const key = 'soil1/soil_temperature';
  return /** @type {any} */ ({
    name: 'Field',
    slug: 'field',
    zone: UTC,
    interval_ms: 60_000,
    observed_at: NOW,
    day: '2027-01-15',
    lead: key,
    values: { [key]: { value: 9.6, at: NOW - 1_000 } },
    extremes: { [key]: { low: 8, low_at: NOW - 2 * HOUR_MS, high: 9.6, high_at: NOW } },
    series: { start: START, bucket_ms: BUCKET_MS, points: [] },
    courses: { [key]: { start: START, bucket_ms: BUCKET_MS, points } },
  });
}

/** @type {any} */
const CONTEXT = { now: NOW, units: { temperature: 'C', rest: 'metric' }, fed: true, key: '' };

test('what leads is the large number, its day and the title, and the line ends at its dot', () => {
  const station = field();
  equal(leadOf(station), 'soil1/soil_temperature');
  equal(
    ['big', 'other', 'low', 'high', 'trend'].map((name) => TEXTS[name](station, CONTEXT)),
    ['9.6', '49.3 °F', '8.0 °C', '9.6 °C', '+0.6 °C'],
  );
  equal(title(station, CONTEXT), '9.6 °C – Field');
  take(station, { observed_at: NOW, values: { 'soil1/soil_temperature': 9.8 } }, NOW);
  equal(TEXTS.big(station, CONTEXT), '9.8');
  const drawn = draw(station, CONTEXT.units, false, 'Soil 1 temperature');
  const [x, y] = String(drawn?.line.split(/[ML]/).at(-1)).replace('h0.1', '').split(' ');
  equal([Number(x) / 10, Number(y) / 10].map(Math.round), [drawn?.last?.x, drawn?.last?.y].map(Number).map(Math.round));
  equal(/^Soil 1 temperature over the last 24 hours: lowest 8.0 °C/.test(String(drawn?.summary)), true);
});

test('a lead that falls silent says so', () => {
  const station = field();
  const later = { ...CONTEXT, now: NOW + HOUR_MS };
  station.observed_at = later.now;
  station.values.co2 = { value: 400, at: later.now };
  equal(/^No value since /.test(TEXTS.gone(station, later)), true);
  equal(TEXTS.big(station, later), '9.6');
});

test('nights are stretches between sunset and sunrise', () => {
  const sun = {
    up: false,
    changes: [
      [START + 8 * HOUR_MS, true],
      [START + 20 * HOUR_MS, false],
    ],
  };
  const { shades, changes, words } = nightOf({ ...field(), sun });
  equal(
    shades.map(({ x, width }) => [x, width]),
    [
      ['0.00', '33.33'],
      ['83.33', '16.67'],
    ],
  );
  equal(
    changes.map(({ late }) => late),
    [true, true],
  );
  equal(words, ' Sunrise 16:10, Sunset 04:10.');
  equal(nightOf(field()), { shades: [], changes: [], words: '' });
});
