// @ts-check
/** What the rows of the table make of home's rules: each fleet in its own manner. */

import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { equal, ok, test } from './check.js';
import { BadRoad, ModelDock } from './model.js';
import { Stage, item } from './stage.js';
import { VirtualClock, seeded, settle } from './virtual.js';

const words = { station: 'town-hall', text: 'warn me below 0 C' };
const PERIOD_MS = 5_000;

test('the table cannot be changed', () => {
  ok('ping-pong' in FLEETS && Object.isFrozen(FLEETS) && Object.values(FLEETS).every(Object.isFrozen), 'frozen');
});

/** @type {Record<string, [number, number, string]>} departures in ten minutes, trucks out at the end, the state */
const AT_REST = {
  'stay-home': [0, 0, 'resting'],
  'wait-for-reply': [0, 0, 'resting'],
  polling: [121, 0, 'live'],
  expanding: [26, 1, 'live'],
  'slow-and-fast': [26, 1, 'live'],
  'ping-pong': [26, 1, 'live'],
};

for (const [name, [departures, out, kind]] of Object.entries(AT_REST)) {
  test(`${name} at rest: about ${departures} departures in ten minutes, never two trucks out`, async () => {
    const clock = new VirtualClock();
    const random = seeded(1);
    const dock = new ModelDock(FLEETS[name], clock, random);
    const road = new BadRoad(dock, clock, random);
    road.bad = false;
    const home = new Home({ fleet: FLEETS[name], send: road.send, apply: () => {}, clock, random, newId: () => 'w' });
    home.start({ seen: 'J.0' });
    await clock.run(602_000, () => ok(home.stats.trucksOut <= 1, 'two trucks are out'));
    ok(Math.abs(home.stats.departed - departures) <= 2, `${home.stats.departed} departures`);
    equal([home.stats.trucksOut, dock.parked.length], [out, out]);
    equal(home.state.kind, kind);
  });
}

test('stay-home leaves only with words, and no truck parks', async () => {
  const stage = await new Stage('stay-home').atRest();
  stage.home.wake();
  await settle();
  stage.expect(0, 0, 'nothing to say');
  stage.home.say(words);
  await settle();
  equal([stage.last.clipboard.park, stage.aboard], [0, ['w1']]);
  await stage.last.load({ why: 'cargo', cargo: [item(11)], heard: ['w1'] });
  stage.expect(1, 0, 'it stays home');
  equal([stage.applied, stage.home.state.kind], [['J.11'], 'resting']);
});

test('wait-for-reply parks with its words, and what is said meanwhile waits for its return', async () => {
  const stage = await new Stage('wait-for-reply').atRest();
  stage.home.say(words);
  await settle();
  equal([stage.last.clipboard.park, stage.aboard], [25_000, ['w1']]);
  stage.home.say(words);
  await stage.clock.run(1_000);
  stage.expect(1, 1, 'one truck');
  await stage.last.load({ cargo: [item(11)], heard: ['w1'] });
  equal([stage.trips.length, stage.aboard], [2, ['w2']]);
  await stage.last.load({ why: 'ticket', heard: ['w2'] });
  stage.expect(2, 0, 'nothing to say, nobody leaves');
});

test('the words of a fleet that sends no empty trucks ride again when their truck is lost', async () => {
  for (const name of ['stay-home', 'wait-for-reply']) {
    const stage = await new Stage(name).atRest();
    stage.home.say(words);
    await settle();
    await stage.last.lose();
    equal(stage.home.state.kind, 'reconnecting');
    await stage.clock.run(500);
    equal([stage.trips.length, stage.aboard], [2, ['w1']], name);
  }
});

test('polling leaves every five seconds, counted from the last departure', async () => {
  const stage = new Stage('polling');
  stage.home.start({ seen: 'J.10' });
  for (let poll = 1; poll <= 5; poll++) {
    await settle();
    stage.expect(poll, 1, 'by the clock');
    equal(stage.last.clipboard.park, 0);
    await stage.clock.run(300);
    await stage.last.load({ why: 'turn' });
    equal(stage.home.state.kind, 'live');
    await stage.clock.run(PERIOD_MS - 301);
    stage.expect(poll, 0, 'not yet');
    await stage.clock.run(1);
  }
});

test('polling takes words at once, and the clock counts from there', async () => {
  const stage = await new Stage('polling').atRest();
  await stage.clock.run(3_000);
  stage.home.say(words);
  await settle();
  stage.expect(2, 1, 'at once');
  stage.home.say(words);
  await settle();
  stage.expect(2, 1, 'but there is one truck');
  await stage.last.load({ why: 'turn', heard: ['w1'] });
  equal(stage.aboard, ['w2']);
  await stage.last.load({ why: 'turn', heard: ['w2'] });
  await stage.clock.run(PERIOD_MS - 1);
  stage.expect(3, 0, 'a whole period');
  await stage.clock.run(1);
  stage.expect(4, 1, 'later');
});

test('a poll that is lost is sent again before the clock asks for it', async () => {
  const stage = await new Stage('polling').atRest();
  await stage.clock.run(PERIOD_MS);
  await stage.last.lose();
  equal(stage.home.state.kind, 'reconnecting');
  await stage.clock.run(500);
  stage.expect(3, 1, 'in its place');
});

test('polling is not live once two periods have passed in silence', async () => {
  const stage = await new Stage('polling').atRest();
  await stage.clock.run(2 * PERIOD_MS - 1);
  ok(stage.out.length === 1 && stage.home.state.kind === 'live', 'the poll may yet come home');
  await stage.clock.run(1);
  equal(stage.home.state.kind, 'reconnecting');
});

test('expanding sends a truck for each word until five are out', async () => {
  const stage = await new Stage('expanding').atRest();
  for (let word = 1; word <= 6; word++) {
    stage.home.say(words);
    await stage.clock.run(1_000);
  }
  equal(
    stage.out.map(({ clipboard }) => [clipboard.park, clipboard.say.length]),
    [0, 1, 2, 3, 4].map((n) => [25_000, n]),
  );
  await stage.out[0].load({ cargo: [item(11)], heard: ['w1', 'w2', 'w3', 'w4'] });
  equal([stage.out.length, stage.aboard], [5, ['w5', 'w6']]);
});

test('slow-and-fast keeps the slow truck for news: words ride on the other, which turns round', async () => {
  const stage = await new Stage('slow-and-fast').atRest();
  const slow = stage.last;
  equal(slow.clipboard.park, 25_000);
  stage.home.say(words);
  await settle();
  const fast = stage.last;
  equal([fast.clipboard.park, stage.aboard], [0, ['w1']]);
  await slow.load({ cargo: [item(11)] });
  equal([stage.last.clipboard.park, stage.aboard], [25_000, []], 'the next slow truck carries no words');
  await fast.load({ why: 'turn', heard: ['w1'] });
  stage.expect(4, 1, 'the slow truck is out');
  equal(stage.home.state.kind, 'live');
});

test('ping-pong swaps: the truck with the words takes the place of the one that waits', async () => {
  const stage = await new Stage('ping-pong').atRest();
  for (let word = 1; word <= 5; word++) {
    await stage.clock.run(1_000);
    stage.home.say(words);
    await settle();
    equal(stage.out.length, 2);
    await stage.out[0].load({ why: 'relieved', heard: [`w${word}`] });
    equal([stage.out.length, stage.out[0].clipboard.park], [1, 25_000]);
  }
  stage.expect(7, 1, 'one trip a word, and the two at the start');
});
