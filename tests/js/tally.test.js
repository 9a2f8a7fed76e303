// @ts-check
/** What home counts, tells and measures. */

import { DockClock } from '../../static/js/channel/dock_clock.js';
import { Spread } from '../../static/js/channel/spread.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { equal, ok, test } from './check.js';
import { Stage, item } from './stage.js';
import { seeded, settle } from './virtual.js';

const words = { station: 'town-hall', text: 'hello' };

test("the dock's clock is guessed to half the quickest round trip, however skewed and jittery", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const skew = Math.round((random() - 0.5) * 1e9);
    const dock = new DockClock();
    let now = 1e12;
    let quickest = Infinity;
    for (let trip = 0; trip < 30; trip++) {
      const [out, parked, back] = [5 + random() ** 3 * 2_000, random() * 25_000, 5 + random() ** 3 * 2_000].map(
        Math.round,
      );
      quickest = Math.min(quickest, out + back);
      const left = now;
      now += out + parked + back;
      dock.trip({ left, home: now, now: left + out + parked + skew, parked });
      ok(
        Math.abs(Number(dock.offset) - skew) <= quickest / 2,
        `seed ${seed}: ${Number(dock.offset) - skew} ms wrong after ${trip}`,
      );
      now += Math.round(random() * 1_000);
    }
    equal(dock.rtt.last !== null && dock.rtt.last >= quickest, true);
  }
});

test('a clock that is set is noticed with the next trip', () => {
  const dock = new DockClock();
  for (let trip = 0; trip < 10; trip++)
    dock.trip({ left: trip * 100, home: trip * 100 + 10, now: trip * 100 + 5, parked: 0 });
  equal(dock.offset, 0);
  dock.trip({ left: 5_000, home: 5_050, now: 5_000 + 3_600_025, parked: 0 });
  equal(dock.offset, 3_600_000);
});

test('times that cannot be are left out', () => {
  const dock = new DockClock();
  dock.trip({ left: 1_000, home: 1_010, now: 1_005, parked: 5_000 });
  equal([dock.offset, dock.rtt], [null, { last: null, median: null }]);
});

test('the spread knows the last, the middle, the rare and the largest, and no more than it needs', () => {
  const spread = new Spread();
  equal(spread.figures, { last: null, median: null, p95: null, max: null });
  spread.add(900);
  for (let n = 1; n <= 10_000; n++) spread.add(n % 100);
  const { last, median, p95, max } = spread.figures;
  equal([last, max], [0, 900], 'the largest of all');
  ok(Math.abs(Number(median) - 50) < 10 && Math.abs(Number(p95) - 95) < 6, `${median}, ${p95} of the latest`);
});

test("news is as old as the dock's clock says, counted once", async () => {
  const stage = await new Stage('ping-pong').atRest();
  const HOUR = 3_600_000;
  await stage.clock.run(1_000);
  const committed_at = stage.clock.now() + HOUR - 40;
  await stage.last.load({ cargo: [{ ...item(11), committed_at }], now: stage.clock.now() + HOUR - 10, parked: 980 });
  equal(stage.home.stats.age, { last: 40, median: 40, p95: 40, max: 40 });
  equal([stage.home.stats.rtt.last, stage.home.stats.news, stage.home.stats.parkedMs], [20, 1, 980]);
  stage.home.goBack({ seen: 'J.10', watch: [] });
  await settle();
  await stage.last.load({ cargo: [{ ...item(11), committed_at }] });
  equal(
    [stage.applied, stage.home.stats.news, stage.home.stats.age.last],
    [['J.11', 'J.11'], 1, 40],
    'asked for again is not new',
  );
});

test('a load without times is no measure', async () => {
  const stage = await new Stage('ping-pong').atRest();
  await stage.last.load({ cargo: [{ ...item(11), committed_at: 5 }] });
  await stage.last.load(/** @type {any} */ ({ cargo: [{ ...item(12), committed_at: 'x' }], now: 'y', parked: -3 }));
  equal([stage.home.stats.age.last, stage.home.stats.rtt.last, stage.home.stats.news], [null, null, 2]);
});

test('legs without a load are counted each way, and so are bytes', async () => {
  const stage = await new Stage('ping-pong').atRest();
  const before = stage.home.stats;
  equal(before.emptyLegs, { out: 2, home: 1 });
  stage.home.say({ ...words, text: 'ä' });
  await settle();
  const up = new TextEncoder().encode(JSON.stringify(stage.last.clipboard)).length;
  await stage.last.load({ cargo: [item(11)], heard: ['w1'], bytes: 70 });
  const { emptyLegs, bytesUp, bytesDown } = stage.home.stats;
  equal(
    [emptyLegs, bytesUp - before.bytesUp, bytesDown],
    [{ out: 2, home: 1 }, up, 70],
    'a parked truck is out all the same',
  );
});

for (const fleet of Object.keys(FLEETS).filter((name) => FLEETS[name].down === 'trucks')) {
  test(`${fleet}: whenever a trip is told, empty legs are among the legs, and every truck is somewhere`, async () => {
    /** @type {string[]} */
    const wrong = [];
    const onTrip = (/** @type {{what: string}} */ { what }) => {
      const { departed, home, lost, givenUp, trucksOut, emptyLegs } = stage.home.stats;
      if (emptyLegs.out > departed || emptyLegs.home > home) wrong.push(`${what}: more empty legs than legs`);
      if (departed !== home + lost + givenUp + trucksOut) wrong.push(`${what}: a truck is nowhere`);
    };
    const stage = new Stage(fleet, { onTrip });
    await stage.atRest();
    stage.home.say(words);
    await stage.clock.run(6_000);
    await stage.last.load({ why: 'turn', heard: stage.aboard });
    stage.home.say(words);
    await stage.clock.run(6_000);
    await stage.last.lose();
    await stage.clock.run(6_000);
    stage.home.rest();
    equal(wrong, []);
    ok(stage.home.stats.lost > 0 && stage.home.stats.departed > 2, 'all of it happened');
  });
}

test('a truck tells what home has counted since the one before, and again if that was lost', async () => {
  const stage = await new Stage('ping-pong').atRest();
  equal(stage.last.clipboard.tally, undefined, 'nothing to tell');
  await stage.last.load({
    cargo: [{ ...item(11), committed_at: stage.clock.now() - 30 }],
    now: stage.clock.now(),
    parked: 0,
  });
  equal(stage.last.clipboard.tally, { lost: 0, repeated: 0, gaps: 0, news: 1, age_ms: 30 });
  await stage.last.load({ why: 'ticket' });
  equal(stage.last.clipboard.tally, undefined, 'told');
  await stage.clock.run(1_000);
  await stage.last.load({ after: 'J.10', cargo: [item(11), item(12)] });
  const { tally } = stage.last.clipboard;
  equal(tally, { lost: 0, repeated: 1, gaps: 0, news: 1, age_ms: 0 });
  await stage.clock.run(1_000);
  await stage.last.lose();
  equal(stage.last.clipboard.tally, { ...tally, lost: 1 });
});

test("a truck names the page's build, and the server's is told when it is another", async () => {
  const stage = await new Stage('ping-pong', { build: 'b1' }).atRest();
  equal([stage.last.clipboard.build, stage.home.state.newBuild], ['b1', null]);
  await stage.last.load({ why: 'ticket', build: 'b2' });
  equal(stage.home.state.newBuild, 'b2');
  await stage.last.load({ why: 'ticket' });
  equal(stage.home.state.newBuild, null, 'the old one runs again');
});

test('the page is told for ten seconds how long an outage was', async () => {
  const stage = await new Stage('ping-pong').atRest();
  await stage.clock.run(2_000);
  await stage.last.lose();
  await stage.clock.run(700);
  await stage.last.lose();
  await stage.clock.run(500);
  await stage.last.load({ why: 'turn' });
  equal([stage.home.state.kind, stage.home.state.outageMs], ['live', 1_200]);
  await stage.clock.run(9_999);
  equal(stage.home.state.outageMs, 1_200);
  await stage.clock.run(1);
  equal(stage.home.state.outageMs, null);
});

test('an outage that nobody noticed began with the last load', async () => {
  const stage = await new Stage('ping-pong').atRest();
  await stage.clock.run(30_000);
  equal(stage.home.state.kind, 'reconnecting');
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.outageMs, 30_000);
});

test('a truck that is replaced in a moment is no outage, nor is the first one', async () => {
  const stage = new Stage('ping-pong');
  stage.home.start({ seen: 'J.10' });
  await stage.clock.run(4_000);
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.outageMs, null, 'it was never open before');
  await stage.clock.run(1_000);
  await stage.last.lose();
  await stage.clock.run(100);
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.outageMs, null, 'cut and replaced');
});

test('a dock that closes is out from then on', async () => {
  const stage = await new Stage('ping-pong').atRest();
  await stage.last.load({ why: 'closing', retry: 1_500 });
  await stage.clock.run(1_500);
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.outageMs, 1_500);
});

test('the picture is told of every truck that leaves, and of its end', async () => {
  /** @type {any[]} */
  const trips = [];
  const stage = await new Stage('ping-pong', { onTrip: (/** @type {any} */ trip) => trips.push(trip) }).atRest();
  stage.home.say(words);
  await settle();
  await stage.out[0].load({ why: 'relieved', heard: ['w1'], parked: 7 });
  await stage.last.lose();
  stage.home.rest();
  equal(trips.slice(0, 6), [
    { what: 'departs', truck: 1, words: 0, parks: false },
    { what: 'home', truck: 1, why: 'turn', items: 0, parked: 0 },
    { what: 'departs', truck: 2, words: 0, parks: true },
    { what: 'departs', truck: 3, words: 1, parks: true },
    { what: 'home', truck: 2, why: 'relieved', items: 0, parked: 7 },
    { what: 'lost', truck: 3 },
  ]);
  const ends = trips.filter(({ what }) => what !== 'departs').map(({ truck }) => truck);
  equal(
    ends,
    trips.filter(({ what }) => what === 'departs').map(({ truck }) => truck),
    'none is left on the road',
  );
});

test('the page is told how far words have come', async () => {
  /** @type {string[]} */
  const told = [];
  const onSaid = (/** @type {any[]} */ all) => told.push(all.map(({ id, state }) => `${id} ${state}`).join(', '));
  const stage = await new Stage('ping-pong', { onSaid }).atRest();
  stage.home.say(words);
  stage.home.say(words);
  await settle();
  await stage.out[0].load({ why: 'relieved', heard: ['w1'] });
  equal(told, ['w1 aboard', 'w1 aboard, w2 queued', 'w1 heard, w2 aboard']);
});

test('words with an id are said once', async () => {
  const stage = await new Stage('ping-pong').atRest();
  const id = 'abcdefghijklmnopqrstuv';
  equal([stage.home.say({ id, ...words }), stage.home.say({ id, ...words })], [id, id]);
  await settle();
  equal(stage.aboard, [id]);
});

test('a word that the dock will never take is told and dropped, and the others go on', async () => {
  /** @type {any[]} */
  const told = [];
  const stage = await new Stage('ping-pong', { onSaid: (/** @type {any[]} */ all) => told.push(...all) }).atRest();
  stage.home.say(words);
  await settle();
  await stage.last.lose();
  stage.home.say(words);
  stage.home.say(words);
  await stage.clock.run(3_000);
  equal(stage.aboard, ['w1', 'w2', 'w3']);
  await stage.last.lose({ status: 400, refused: [{ index: 1, reason: 'no such station' }] });
  equal(stage.aboard, ['w1', 'w3'], 'at once');
  const [{ id, reason }] = told.filter(({ state }) => state === 'refused');
  equal([id, reason], ['w2', 'no such station']);
});
