// @ts-check
import { keepOpen } from '../../static/js/page/choice.js';
import { feedText, outageText } from '../../static/js/page/feed_line.js';
import { unfed } from '../../static/js/channel/feed.js';
import { Tally } from '../../static/js/channel/tally.js';
import { duration, percentOf, size } from '../../static/js/meter/figures.js';
import { meterLine, meterTexts } from '../../static/js/meter/meter.js';
import { caption } from '../../static/js/meter/picture.js';
import { equal, test } from './check.js';

test('the line says how the page is fed, and why it polls', () => {
  const base = { fleet: 'ping-pong', retryAt: null };
  /** @type {[object, string][]} */
  const cases = [
    [{ kind: 'live' }, 'Live · ping-pong'],
    [{ kind: 'polling', limit: 'address' }, 'Polling every 5 s: too many pages are open from this address'],
    [{ kind: 'polling', limit: 'visitor' }, 'Polling every 5 s: too many of your pages are open'],
    [{ kind: 'polling', limit: 'dock' }, 'Polling every 5 s: the server is full'],
    [{ kind: 'polling', limit: 'toString' }, 'Polling every 5 s: the server is busy'],
    [{ kind: 'reconnecting', retryAt: 3_500 }, 'Reconnecting in 3 s'],
    [{ kind: 'offline' }, 'You are offline'],
    [{ kind: 'resting' }, 'Resting · ping-pong'],
  ];
  const told = feedText(/** @type {any} */ ({ ...base, kind: 'live', fleet: 'websocket', stranger: true }), 1_000);
  equal(
    /^Live · websocket · public news only, .*proxy_set_header Host \$http_host;.*ProxyPreserveHost On/.test(told),
    true,
  );
  for (const [state, text] of cases) equal(feedText(/** @type {any} */ ({ ...base, ...state }), 1_000), text);
});

test('an outage that is over is told, but not while another lasts', () => {
  const live = { ...unfed('ping-pong'), kind: /** @type {const} */ ('live') };
  equal(feedText(live, 0, 1_234), 'Back after 1.2 s, nothing missed');
  equal(feedText({ ...live, kind: 'reconnecting' }, 0, 1_234), 'Reconnecting');
  equal([40, 9_940, 9_960, 119_000, 600_000].map(outageText), ['0.0 s', '9.9 s', '10 s', '119 s', '10 min']);
});

test('numbers are said in the unit that people would use', () => {
  equal([0, 41.4, 999.6, 1_240, 9_960, 25_000, 600_000, 10_800_000].map(duration), [
    '0 ms',
    '41 ms',
    '1.0 s',
    '1.2 s',
    '10 s',
    '25 s',
    '10 min',
    '3 h',
  ]);
  equal([null, undefined, NaN].map(duration), ['–', '–', '–']);
  equal([percentOf(5, 8), percentOf(0, 8), percentOf(0, 0)], ['63 %', '0 %', '–']);
  equal([999, 1_000, 2_345_678].map(size), ['999 B', '1.0 KB', '2.3 MB']);
});

test('the meter counts legs out and home, and has a dash where nothing is known', () => {
  const none = { ...new Tally().figures, givenUp: 0, trucksOut: 0 };
  equal([meterTexts(none).empty, meterTexts(none).age, meterLine(none)], ['–', '–', '0 trips']);
  const some = {
    ...none,
    departed: 5,
    home: 3,
    emptyLegs: { out: 4, home: 1 },
    age: { last: 41, median: 41, p95: 130, max: 130 },
    bytesUp: 900,
    bytesDown: 4_000,
  };
  const texts = meterTexts(some);
  equal([texts.trips, texts.empty, texts.age, texts.bytes], ['3', '63 %', '41 ms, 130 ms', '900 B, 4.0 KB']);
  equal(meterLine(some), '3 trips, news 41 ms old on arrival');
});

test('the picture’s caption says what came of a trip', () => {
  /** @type {[any, string][]} */
  const cases = [
    [{ what: 'departs', words: 0, parks: true }, ''],
    [{ what: 'departs', words: 2 }, 'Truck A leaves with 2 words.'],
    [
      { what: 'home', why: 'cargo', items: 1, parked: 2_900 },
      'Truck A brought 1 piece of news after 2.9 s at the factory.',
    ],
    [
      { what: 'home', why: 'ticket', items: 0, parked: 24_000 },
      'Truck A came home empty, its parking time over after 24 s at the factory.',
    ],
    [{ what: 'home', why: 'relieved', items: 0, parked: 1_000 }, 'Truck A was relieved after 1.0 s at the factory.'],
    [{ what: 'lost' }, 'Truck A was lost. Another goes in its place.'],
  ];
  for (const [trip, text] of cases) equal(caption({ truck: 1, ...trip }, 'A'), text);
});

test('a part that was left open is open on the next visit', () => {
  const kept = new Map();
  const storage = () => ({
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
  });
  const visit = (store = storage) => {
    const toggled = /** @type {(() => void)[]} */ ([]);
    const fold = {
      open: false,
      addEventListener: (/** @type {string} */ _, /** @type {any} */ told) => toggled.push(told),
    };
    keepOpen(/** @type {any} */ (fold), 'meter', store);
    return {
      fold,
      toggle: (/** @type {boolean} */ open) => (Object.assign(fold, { open }), toggled.forEach((told) => told())),
    };
  };
  const first = visit();
  equal(first.fold.open, false);
  first.toggle(true);
  const second = visit();
  equal(second.fold.open, true);
  second.toggle(false);
  equal(visit().fold.open, false);
  const forbidden = () => {
    throw new Error('forbidden');
  };
  visit(/** @type {any} */ (forbidden)).toggle(true);
});
