// @ts-check
import { Dice, happenings } from '../../static/js/lab/dice.js';
import { Ledger } from '../../static/js/lab/ledger.js';
import { measure, runAll } from '../../static/js/lab/run.js';
import {
  connections,
  mayJoin,
  readRate,
  readSettings,
  writeRate,
  writeSettings,
} from '../../static/js/lab/settings.js';
import { summary } from '../../static/js/lab/summary.js';
import { bytesPerNews, tripsPerNews } from '../../static/js/lab/verdict.js';
import { equal, ok, test, throws } from './check.js';
import { VirtualClock } from './virtual.js';

/** µs after the start. */
const TRAFFIC = [
  [4178520, 'news'],
  [7147698, 'news'],
  [7718196, 'word'],
  [8241175, 'news'],
  [9526584, 'news'],
  [20818535, 'word'],
];

test('the first numbers are those that splitmix publishes', () => {
  const dice = new Dice(1234567n);
  equal(
    [0, 0, 0].map(() => String(dice.bits())),
    ['6457827717110365317', '3203168211198807973', '9817491932198370423'],
  );
});

test('a seed is the traffic that the command line draws', () => {
  // tests/lab_page.rs holds the same numbers against src/lab/traffic.rs.
  const first = happenings(1, { news: 0.25, words: 0.125 }, 60).slice(0, 6);
  equal(
    first.map(({ at, what }) => [Math.floor(at * 1_000), what]),
    TRAFFIC,
  );
  equal(happenings(1, { news: 0.25, words: 0.125 }, 60), happenings(1, { news: 0.25, words: 0.125 }, 60));
  ok(
    JSON.stringify(happenings(2, { news: 1, words: 1 }, 60)) !==
      JSON.stringify(happenings(1, { news: 1, words: 1 }, 60)),
    'another seed',
  );
});

test('words do not change when news happens, and a rate of nothing is silence', () => {
  const news = (/** @type {number} */ words) =>
    happenings(3, { news: 0.5, words }, 1_000).filter(({ what }) => what === 'news');
  equal(news(0), news(2));
  const count = news(0).length;
  ok(count > 400 && count < 600, `500 on average, not ${count}`);
  equal(happenings(3, { news: 0, words: 0 }, 1_000), []);
});

test('rates are read and written as the command line has them', () => {
  equal(['1/4', '0.5', ' 2 / 60 ', '0', '.5', '99'].map(readRate), [0.25, 0.5, 2 / 60, 0, 0.5, 10]);
  equal(['', 'often', '-1', '1/', '1/0', null].map(readRate), [null, null, null, null, null, null]);
  equal([0.25, 0, 2, 1 / 60, 1].map(writeRate), ['1/4', '0', '2', '1/60', '1']);
});

test('a link repeats the run', () => {
  const settings = {
    seed: 7,
    news: 1 / 4,
    words: 0,
    seconds: 12,
    lanes: ['sse', 'polling'],
    source: 'station:town-hall',
  };
  equal(readSettings(writeSettings(settings)), settings);
  const nonsense = readSettings('?seed=x&news=often&seconds=0&lanes=pigeon,ping-pong,ping-pong,expanding');
  equal(nonsense, { seed: 1, news: 0.25, words: 0.125, seconds: 1, lanes: ['ping-pong', 'ping-pong'], source: null });
});

test('lanes leave a connection for the page', () => {
  equal(connections(['ping-pong', 'polling']), 3);
  equal(connections(['websocket', 'sse']), 2);
  ok(mayJoin(['ping-pong'], 'slow-and-fast') && mayJoin(['ping-pong', 'polling'], 'stay-home'), 'four of six');
  ok(!mayJoin(['polling'], 'expanding') && !mayJoin(['ping-pong', 'slow-and-fast'], 'polling'), 'not more');
  ok(mayJoin(['expanding'], 'websocket'), 'a WebSocket has a pool of its own');
});

test('ages are summed up', () => {
  equal(summary([]), null);
  equal(summary(Array.from({ length: 100 }, (_, at) => 100 - at)), {
    count: 100,
    mean: 50.5,
    median: 50,
    p95: 95,
    worst: 100,
  });
});

test('the ledger knows who waits, on average, and how long words were on their way', () => {
  const ledger = new Ledger(0);
  ledger.trip({ what: 'departs', truck: 1, words: 0, parks: true }, 0);
  ledger.trip({ what: 'departs', truck: 2, words: 1, parks: true }, 1_000);
  ledger.trip({ what: 'home', truck: 1, why: 'relieved', items: 0, parked: 0 }, 2_000);
  ledger.trip({ what: 'departs', truck: 3, words: 0, parks: false }, 2_000);
  equal([ledger.parked, ledger.parkedMost, ledger.parkedMean(4_000)], [1, 2, 1.25]);
  ledger.begin(4_000);
  equal([ledger.parkedMost, ledger.parkedMean(5_000)], [1, 1]);
  ledger.said('w', 5_000);
  ledger.heard(['w', 'another'], 5_030);
  ledger.arrived(-2);
  ledger.arrived(null);
  equal([ledger.wordAge?.worst, ledger.age?.worst, ledger.news, ledger.unheard], [30, 0, 2, 0]);
});

/** A lane that brings each piece of news 5 ms after it happened. */
class FakeLane {
  requests = 3;
  stats = {
    departed: 3,
    home: 2,
    emptyLegs: { out: 2, home: 1 },
    tickets: 0,
    lost: 0,
    repeated: 0,
    bytesUp: 10,
    bytesDown: 20,
  };
  state = { kind: 'live' };
  words = 0;
  stopped = false;
  /** @param {any} clock @param {(item: any) => boolean} isOurs */
  constructor(clock, isOurs) {
    this.clock = clock;
    this.isOurs = isOurs;
    this.ledger = new Ledger(clock.now());
  }
  /** @param {number} number */
  bring(number) {
    this.requests++;
    const { departed, home, bytesUp } = this.stats;
    this.stats = { ...this.stats, departed: departed + 1, home: home + 1, bytesUp: bytesUp + 9 };
    if (this.isOurs({ kind: 'lab', number })) this.ledger.arrived(5);
  }
  say() {
    this.words++;
    return true;
  }
  rest() {
    this.stopped = true;
  }
}

/** @param {number} [lateMs] how long after it happened news is brought */
function ground(lateMs = 5) {
  const clock = new VirtualClock();
  const lanes = /** @type {FakeLane[]} */ ([]);
  let number = 0;
  return {
    clock,
    lanes,
    ground: /** @type {any} */ ({
      clock,
      probe: async () => ({ seen: 'J.1', rttMs: 4 }),
      nextNumber: () => (number += 1_000),
      newLane: (/** @type {string} */ _, /** @type {string} */ __, /** @type {any} */ isOurs) => {
        lanes.push(new FakeLane(clock, isOurs));
        return lanes.at(-1);
      },
      tell: async (/** @type {number} */ one) => void clock.after(lateMs, () => lanes.at(-1)?.bring(one)),
    }),
  };
}

const PLAN = { seed: 1, news: 1, words: 0.5, seconds: 10 };

test('a row is measured from when it is fed, on the traffic of the seed', async () => {
  const { clock, lanes, ground: here } = ground();
  const measured = measure('ping-pong', PLAN, here, new AbortController().signal);
  await clock.run(13_000);
  const row = await measured;
  const all = happenings(1, PLAN, 10);
  const news = all.filter(({ what }) => what === 'news').length;
  equal(
    [row.news, row.words, row.arrived, row.arrivedInTime, row.trips, row.legs, row.empty],
    [news, all.length - news, news, news, news, 2 * news, 0],
  );
  equal([row.seconds, row.rttMs, row.age?.median, row.bytes], [10, 4, 5, 9 * news]);
  const another = [7, 1_000_000].map((number) => lanes[0].isOurs({ kind: 'lab', number }));
  equal(another, [false, false], 'news of another row or page is not ours');
  ok(lanes[0].stopped, 'its trucks are called back');
});

test('trips and bytes are divided by the news that came while they were counted', async () => {
  const { clock, ground: here } = ground(900);
  const measured = measure('ping-pong', PLAN, here, new AbortController().signal);
  await clock.run(13_000);
  const row = await measured;
  ok(row.arrived > row.arrivedInTime, 'some came late, when trips were no longer counted');
  equal([row.trips, row.bytes], [row.arrivedInTime, 9 * row.arrivedInTime]);
  equal([tripsPerNews(row), bytesPerNews(row)], [1, 9], 'one trip and nine bytes each');
});

test('rows follow each other on the same traffic, and are measured again when nobody looked', async () => {
  const { clock, ground: here } = ground();
  const rows = /** @type {any[]} */ ([]);
  let looks = 0;
  const hidden = new AbortController();
  const done = runAll(['polling', 'ping-pong'], PLAN, here, {
    signal: new AbortController().signal,
    seen: async () => (looks++ === 0 ? hidden.signal : new AbortController().signal),
    onProgress: () => {},
    onRow: (row) => rows.push(row),
  });
  clock.after(2_000, () => hidden.abort());
  await clock.run(60_000);
  await done;
  equal([rows.map(({ fleet }) => fleet), looks], [['polling', 'ping-pong'], 3]);
  equal(rows[0].news, rows[1].news);
});

test('a run that is cancelled ends at once and calls its trucks back', async () => {
  const { clock, lanes, ground: here } = ground();
  const ending = new AbortController();
  const watch = {
    signal: ending.signal,
    seen: async () => new AbortController().signal,
    onProgress: () => {},
    onRow: () => {},
  };
  const failing = throws(
    () => runAll(['polling'], PLAN, here, watch),
    () => ending.signal.aborted,
  );
  clock.after(3_000, () => ending.abort());
  await clock.run(3_100);
  await failing;
  ok(lanes[0].stopped && clock.pending === 0, 'nothing is left');
});
