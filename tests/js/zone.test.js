// @ts-check
import { date, hourMinute, hourStart, local, moment, UTC, weekday } from '../../static/js/view/zone.js';
import { equal, test } from './check.js';

/** As the server tells them: Berlin, and a town that no browser knows. @type {import('../../static/js/view/zone.js').Zone} */
const BERLIN = [
  [Date.UTC(2026, 0, 1), 3600],
  [Date.UTC(2026, 2, 29, 1), 7200],
  [Date.UTC(2026, 9, 25, 1), 3600],
];

test('the clock of a station is the one that the server tells, on both sides of a change', () => {
  equal(hourMinute(BERLIN, Date.UTC(2026, 9, 25, 0, 59)), '02:59');
  equal(hourMinute(BERLIN, Date.UTC(2026, 9, 25, 1, 0)), '02:00');
  equal(hourMinute(BERLIN, Date.UTC(2026, 2, 29, 0, 59)), '01:59');
  equal(hourMinute(BERLIN, Date.UTC(2026, 2, 29, 1, 0)), '03:00');
  equal(hourMinute(BERLIN, Date.UTC(2020, 0, 1)), '01:00', 'before the first change');
  equal(hourMinute(UTC, Date.UTC(2026, 0, 1, 7, 5)), '07:05');
  equal(hourMinute([], Date.UTC(2026, 0, 1, 7, 5)), '07:05', 'without a zone it is UTC');
});

test('dates and weekdays are those of the station', () => {
  const evening = Date.UTC(2026, 10, 29, 23, 30);
  equal(date(BERLIN, evening), '2026-11-30');
  equal(weekday(BERLIN, evening), 'Mon 30');
  equal(moment(BERLIN, evening, evening), '00:30');
  equal(moment(BERLIN, evening, evening + 86_400_000), 'Mon 30 Nov, 00:30');
  equal(moment(BERLIN, evening, evening + 183 * 86_400_000), 'Mon 30 Nov, 00:30');
  equal(moment(BERLIN, evening, evening + 184 * 86_400_000), 'Mon 30 Nov 2026, 00:30');
  equal(local(BERLIN, evening).weekday, 1);
});

test('an hour starts on the clock of the station', () => {
  const kathmandu = /** @type {const} */ ([[0, 20_700]]);
  const at = Date.UTC(2027, 0, 15, 8, 2, 3, 456);
  equal(hourMinute(kathmandu, hourStart(kathmandu, at)), '13:00');
  equal(hourStart(UTC, at), Date.UTC(2027, 0, 15, 8));
});
