// @ts-check
import { hasPlaces, stationOf } from '../../static/js/view/card.js';
import { CELLS, hasColumns } from '../../static/js/view/roster.js';
import { take } from '../../static/js/view/station.js';
import { UTC } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

const NOON = Date.UTC(2026, 10, 30, 12);
const MINUTE_MS = 60_000;

/** @param {object} [more] */
const row = (more) =>
  stationOf(
    /** @type {any} */ ({
      row: true,
      slug: 'hill',
      name: 'Hill',
      zone: UTC,
      interval_ms: MINUTE_MS,
      observed_at: NOON,
      day: '2026-11-30',
      values: { temperature: { value: 4.25, at: NOON }, wind_speed: { value: 3.25, at: NOON } },
      extremes: { temperature: { low: 1, high: 5 } },
      ...more,
    }),
  );

/** @param {number} now @returns {any} */
const seen = (now) => ({ now, units: { temperature: 'C', rest: 'metric' }, fed: true, stations: [] });

test('a row says what the server prints', () => {
  const station = row();
  const text = (/** @type {string} */ name) => CELLS[name](station, seen(NOON + 12_000));
  equal([text('temperature'), text('low'), text('high'), text('humidity')], ['4.3', '1.0', '5.0', '']);
  equal([text('wind_speed'), text('precipitation'), text('heard')], ['3.3', '', '12 s ago']);
  take(
    station,
    { observed_at: NOON + MINUTE_MS, values: { temperature: -3, wind_direction: 250, wind_speed: 2 } },
    NOON + MINUTE_MS,
  );
  equal([text('temperature'), text('low'), text('high'), text('wind_speed')], ['−3.0', '−3.0', '5.0', '2.0 WSW']);
});

test('a row says in words that it is old, and a day of rain ends at midnight', () => {
  const rain = row({ values: { temperature: { value: 4, at: NOON }, precipitation: { value: 2.5, at: NOON } } });
  equal(CELLS.precipitation(rain, seen(NOON)), '2.5');
  equal(CELLS.precipitation(rain, seen(NOON + 13 * 60 * MINUTE_MS)), '');
  equal(CELLS.heard(row(), seen(NOON + 4 * MINUTE_MS)), 'Stale, 4 min ago');
  equal(CELLS.heard(row(), seen(NOON + 60 * MINUTE_MS)), 'Offline, 1 h ago');
  equal(CELLS.heard(row({ values: {}, observed_at: null }), seen(NOON)), 'No readings yet');
});

test('a table asks for the whole page only for what it has no column or no place for', () => {
  const columns = new Set(['name', 'temperature', 'low', 'high', 'humidity', 'heard']);
  equal(hasColumns(columns, { temperature: 1, humidity: 2, solar_radiation: 3, 'indoor/co2': 4 }), true);
  equal(hasColumns(columns, { wind_speed: 1 }), false);
  equal(hasColumns(new Set(['name', 'temperature', 'heard']), { temperature: 1 }), false);
  equal(hasPlaces(row(), { humidity: 1 }), true);
  equal(hasPlaces(row({ values: {} }), { temperature: 1 }), true);
  equal(hasPlaces(row({ values: {} }), { 'kitchen/temperature': 1 }), false);
  equal(hasPlaces(row({ values: {}, lead: 'kitchen/temperature' }), { 'kitchen/temperature': 1 }), true);
});
