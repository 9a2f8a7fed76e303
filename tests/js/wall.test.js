// @ts-check
// A page on a wall over weeks of made-up time: it stays right, and it does not grow.
import { Rounds, themeOf, wallText } from '../../static/js/page/wall.js';
import { mark } from '../../static/js/view/marks.js';
import { draw } from '../../static/js/view/chart.js';
import { take, turn } from '../../static/js/view/station.js';
import { noteOf } from '../../static/js/view/sun.js';
import { TEXTS } from '../../static/js/view/texts.js';
import { date } from '../../static/js/view/zone.js';
import { equal, ok, test } from './check.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MINUTES = 7 * 24 * 60;
/** 2027-01-15 08:00 UTC: 13:45 in Kathmandu. */
const START = 1_800_000_000_000;
const KATHMANDU = /** @type {const} */ ([[0, 20_700]]);
const UNITS = /** @type {const} */ ({});

/** A station that sends each minute, the sun of so many days with it. */
function station() {
  const series = () => ({ start: START - DAY_MS, bucket_ms: 10 * MINUTE_MS, points: [] });
  const midnight = Math.floor((START + 20_700_000) / DAY_MS) * DAY_MS - 20_700_000;
  const changes = Array.from({ length: 9 }, (_, day) => [
    [midnight + day * DAY_MS + 7 * HOUR_MS, true],
    [midnight + day * DAY_MS + 17.5 * HOUR_MS, false],
  ]).flat();
  return /** @type {any} */ ({
    slug: 'hill',
    name: 'Hill',
    zone: KATHMANDU,
    interval_ms: null,
    observed_at: START,
    day: date(KATHMANDU, START),
    values: Object.fromEntries(['temperature', 'precipitation'].map((key) => [key, { value: 1, at: START }])),
    extremes: {},
    series: series(),
    courses: { precipitation: series() },
    marked: [],
    sun: { up: false, changes },
  });
}

test('a week of reports neither grows nor misses a day, a dusk or a dawn', () => {
  const known = station();
  const themes = /** @type {[string, string][]} */ ([]);
  const days = /** @type {string[]} */ ([]);
  const sizes = /** @type {number[]} */ ([]);
  const rounds = new Rounds({ day: known.day, clock: START, steady: 0, isWrong: false });
  let asked = 0;
  for (let minute = 1; minute <= WEEK_MINUTES; minute++) {
    const now = START + minute * MINUTE_MS;
    const context = { now, units: UNITS, fed: true, key: 'precipitation' };
    // The clock ticks before the report comes: nothing may be of yesterday even for a second.
    turn(known, now);
    if (known.day !== days.at(-1)) {
      if (days.length) {
        equal(known.extremes, {}, 'a new day has no low and no high');
        equal([TEXTS.low(known, context), TEXTS.number(known, context)], ['', '—'], 'nor any rain');
      }
      days.push(known.day);
    }
    const values = { temperature: 10 * Math.sin(minute / 229), precipitation: (minute % 1440) / 100 };
    ok(take(known, { observed_at: now, values }, now), 'it has a place for all');
    if (minute % 7 === 0)
      mark(known, { observed_at: now, marks: { temperature: { value: 99, flag: 3, reason: 'gross' } } });
    const theme = themeOf(known, now);
    if (theme !== themes.at(-1)?.[0]) themes.push([theme, TEXTS.clock(known, context)]);
    if (rounds.isDue({ day: known.day, clock: now, steady: minute * MINUTE_MS, isWrong: false })) asked++;
    if (minute % (24 * 60) === 0) sizes.push(JSON.stringify(known).length);
    ok(known.series.points.length <= 145 && known.courses.precipitation.points.length <= 145, 'a day of buckets');
    ok(known.marked.length <= 200, 'as many marks as the page was made with');
  }
  equal(days.length, 8);
  equal(asked, 7, 'the page asks once a midnight');
  equal(themes.length, 15, 'light at first, then dark and light in turn');
  equal(
    themes.slice(1).every(([theme, at]) => at === (theme === 'dark' ? '17:30' : '07:00')),
    true,
  );
  ok(Math.max(...sizes.slice(2)) < sizes[1] * 1.1, `it grows: ${sizes}`);
  const ticks = draw(known, UNITS)?.x.map(({ label }) => label);
  ok(ticks?.includes('Fri 22'), `the chart’s ticks are of today: ${ticks}`);
  equal(
    [TEXTS.day, TEXTS.sunrise, TEXTS.sunset, TEXTS.sun_note].map((text) =>
      text(known, { now: START + WEEK_MINUTES * MINUTE_MS, units: UNITS, fed: true, key: '' }),
    ),
    ['Fri 22 Jan', '07:00', '17:30', ''],
  );
});

test('the page asks again after a midnight, a clock that was set and a new version, but not all the time', () => {
  const look = { day: '2027-01-15', clock: START, steady: 0, isWrong: false };
  const rounds = new Rounds(look);
  const at = (/** @type {number} */ ms, more = {}) => rounds.isDue({ ...look, clock: START + ms, steady: ms, ...more });
  equal([at(30_000), at(3_600_000)], [false, false], 'all is well');
  equal(at(3_601_000, { clock: START + 3_601_000 + DAY_MS }), true, 'somebody set the clock');
  equal(at(3_602_000, { clock: START + 3_602_000 + DAY_MS }), false, 'once');
  const set = (/** @type {number} */ ms, more = {}) => at(ms, { clock: START + ms + DAY_MS, ...more });
  equal(set(3_603_000, { isWrong: true }), false, 'not twice in a minute');
  equal(set(3_700_000, { isWrong: true }), true);
  equal(set(3_710_000, { day: '2027-01-16' }), false, 'a wish within the pause');
  equal([set(3_765_000, { day: '2027-01-16' }), set(3_900_000, { day: '2027-01-16' })], [true, false], 'is kept');
});

test('a wall says plainly whether the server is reached', () => {
  const said = (/** @type {string} */ kind) => wallText({ kind, newBuild: null }, '14:03');
  equal(['live', 'polling', 'connecting'].map(said), ['Connected', 'Connected', 'Connecting to the server']);
  const lost = 'No connection to the server since 14:03. It comes back by itself.';
  equal(['reconnecting', 'offline', 'resting'].map(said), [lost, lost, lost]);
});

test('where the sun neither rises nor sets, that is said, and where nobody knows, the system decides', () => {
  equal(
    [true, false].map((up) => noteOf({ up, changes: [] }, KATHMANDU, START)),
    ['The sun does not set today.', 'The sun does not rise today.'],
  );
  equal([themeOf(undefined, START), themeOf({ ...station(), sun: undefined }, START)], ['', '']);
});
