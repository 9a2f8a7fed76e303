// @ts-check
/** Home's rules, one by one; ping-pong where the fleet does not matter. */

import { equal, ok, test, throws } from './check.js';
import { SEEN, Stage, item } from './stage.js';
import { settle } from './virtual.js';

const pingPong = (more = {}) => new Stage('ping-pong', more).atRest();
const words = { station: 'town-hall', text: 'warn me below 0 C' };

test('the first truck turns round at once and proves that the road is open', async () => {
  const stage = new Stage('ping-pong');
  stage.home.start({ seen: SEEN, watch: ['town-hall'] });
  await settle();
  stage.expect(1, 1, 'one probe');
  equal(stage.last.clipboard, { v: 1, fleet: 'ping-pong', park: 0, seen: SEEN, watch: ['town-hall'], say: [] });
  equal(stage.home.state.kind, 'connecting');
  await stage.last.load({ why: 'turn' });
  stage.expect(2, 1, 'one that parks');
  equal(stage.last.clipboard.park, 25_000);
  equal(stage.kinds, ['connecting', 'live']);
});

test('a page of very many stations watches all', async () => {
  const stage = new Stage('ping-pong');
  stage.home.start({ seen: SEEN, watch: Array.from({ length: 65 }, (_, n) => `station-${n}`) });
  await settle();
  equal(stage.last.clipboard.watch, []);
});

test('news is applied, and the next truck says how far home has seen', async () => {
  const stage = await pingPong();
  await stage.last.load({ cargo: [item(11), item(12)] });
  equal(stage.applied, ['J.11', 'J.12']);
  equal([stage.home.seen, stage.last.clipboard.seen], ['J.12', 'J.12']);
  stage.expect(3, 1, 'a truck in place of the one that brought news');
});

test('a ticket sends the next truck, and nothing else happens', async () => {
  const stage = await pingPong();
  await stage.clock.run(24_000);
  await stage.last.load({ why: 'ticket' });
  stage.expect(3, 1, 'a truck in place of the one with the ticket');
  equal([stage.applied, stage.home.stats.tickets, stage.home.state.kind], [[], 1, 'live']);
});

test('words leave at once on the free truck, with all that is not confirmed', async () => {
  const stage = await pingPong();
  const id = stage.home.say(words);
  await settle();
  stage.expect(3, 2, 'the second truck');
  equal([stage.last.clipboard.say, stage.last.clipboard.park], [[{ id, ...words }], 25_000]);
});

test('a relieved truck confirms the words, and sends no other', async () => {
  const stage = await pingPong();
  const id = stage.home.say(words);
  await settle();
  await stage.out[0].load({ why: 'relieved', heard: [id] });
  stage.expect(3, 1, 'the one with the words is parked now');
  equal([stage.heard, stage.home.stats.relieved, stage.home.state.kind], [[id], 1, 'live']);
  await stage.last.load({ cargo: [item(11)] });
  equal(stage.aboard, [], 'what was heard is forgotten');
});

test('the truck that is relieved brings the word itself, and the next load may bring it again', async () => {
  const stage = await pingPong();
  const id = stage.home.say(words);
  await settle();
  await stage.out[0].load({ why: 'relieved', heard: [id], cargo: [item(11)] });
  equal([stage.applied, stage.heard, stage.home.seen], [['J.11'], [id], 'J.11']);
  stage.expect(3, 1, 'the one with the words is parked, and no other leaves');
  await stage.out[0].load({ cargo: [item(11), item(12)], heard: [id], parked: 800 });
  equal([stage.applied, stage.heard], [['J.11', 'J.12'], [id]], 'each once');
  stage.expect(4, 1, 'one in its place');
});

test('words said while both trucks are out leave when one is home', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  stage.home.say(words);
  await settle();
  equal([stage.aboard, stage.out.length], [['w1'], 2]);
  await stage.out[0].load({ why: 'relieved', heard: ['w1'] });
  equal([stage.aboard, stage.out.length], [['w2'], 2]);
});

test('words ride again, in order, until they are confirmed', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  await stage.last.lose();
  stage.home.say(words);
  await stage.clock.run(3_000);
  equal(stage.aboard, ['w1', 'w2']);
  await stage.last.load({ why: 'turn', heard: ['w1'] });
  equal(stage.aboard, ['w2']);
});

test('words said before the start leave with the first truck', async () => {
  const stage = new Stage('ping-pong');
  stage.home.say(words);
  stage.home.start({ seen: SEEN });
  await settle();
  equal(stage.aboard, ['w1']);
});

test('a load that comes twice is applied once', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  const [first, second] = stage.out;
  await first.load({ cargo: [item(11)] });
  await second.load({ cargo: [item(11), item(12)] });
  equal([stage.applied, stage.home.stats.repeated], [['J.11', 'J.12'], 1]);
});

test('a load beyond a gap is dropped, and a truck leaves in its place although another is out', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  await stage.last.load({ after: 'J.11', cargo: [item(12)], heard: ['w1'] });
  equal([stage.applied, stage.home.seen, stage.home.stats.gaps], [[], SEEN, 1]);
  equal(stage.heard, ['w1'], 'the words are stored all the same');
  stage.expect(4, 2, 'a truck in its place');
  equal(stage.last.clipboard.seen, SEEN);
  await stage.last.load({ cargo: [item(11), item(12)] });
  equal(stage.applied, ['J.11', 'J.12']);
});

test('a truck that was out for a second and is lost is replaced at once', async () => {
  const stage = await pingPong();
  await stage.clock.run(1_000);
  await stage.last.lose();
  stage.expect(3, 1, 'at once');
  equal([stage.last.clipboard.park, stage.home.state.kind], [0, 'reconnecting'], 'a probe, and no claim');
  await stage.last.load({ why: 'turn' });
  equal([stage.last.clipboard.park, stage.home.state.kind], [25_000, 'live']);
});

test('home waits longer and longer for a dock that is away, up to three seconds', async () => {
  const stage = await pingPong({ random: () => 0.999999 });
  for (const wait of [500, 1_000, 2_000, 3_000, 3_000, 3_000]) {
    const before = stage.trips.length;
    await stage.last.lose();
    equal(stage.home.state.retryAt, stage.clock.now() + wait * 0.999999, 'it says when');
    await stage.clock.run(wait - 1);
    equal(stage.trips.length, before, 'not yet');
    await stage.clock.run(1);
    equal([stage.trips.length, stage.out.length], [before + 1, 1], `after ${wait} ms`);
  }
  await stage.last.load({ why: 'turn' });
  await stage.last.lose();
  await stage.clock.run(500);
  equal(stage.out.length, 1, 'a success makes it patient anew');
});

test('home waits up to thirty seconds while nobody looks', async () => {
  const stage = await pingPong({ random: () => 0.999999 });
  stage.home.visible = false;
  for (let failure = 0; failure < 9; failure++) {
    await stage.last.lose();
    while (stage.out.length === 0) await stage.clock.run(100);
  }
  await stage.last.lose();
  const { retryAt } = stage.home.state;
  ok(retryAt !== null && retryAt - stage.clock.now() > 29_000, 'the wait has grown');
});

test('a truck without an answer is lost five seconds after its parking time', async () => {
  const stage = await pingPong();
  const truck = stage.last;
  await stage.clock.run(29_999);
  ok(truck.open && stage.home.state.kind === 'live', 'it may come yet');
  await stage.clock.run(1);
  ok(truck.aborted(), 'given up');
  stage.expect(3, 1, 'replaced');
  equal([stage.home.stats.lost, stage.home.state.kind], [1, 'reconnecting']);
});

test('a probe without an answer is lost after five seconds', async () => {
  const stage = new Stage('ping-pong');
  stage.home.start({ seen: SEEN });
  await stage.clock.run(5_000);
  equal(stage.home.stats.lost, 1);
});

test('the dock is asked no sooner than it allows', async () => {
  const stage = await pingPong();
  await stage.last.lose({ retryAfterMs: 20_000 });
  stage.home.say(words);
  await stage.clock.run(19_999);
  stage.expect(2, 0, 'not yet, not for words either');
  await stage.clock.run(1);
  stage.expect(3, 1, 'now');
});

test('a truck that comes home does not end a wait that the dock asked for', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  const [parked, brave] = stage.out;
  await brave.lose({ retryAfterMs: 5_000 });
  await parked.load({ cargo: [item(11)] });
  stage.expect(3, 0, 'it waits');
  equal([stage.applied, stage.home.state.kind], [['J.11'], 'reconnecting'], 'and does not call that live');
  await stage.clock.run(5_000);
  stage.expect(4, 1, 'the wait is over');
});

test('a dock that asks for days gets minutes', async () => {
  const stage = await pingPong();
  await stage.last.lose({ retryAfterMs: 86_400_000 });
  await stage.clock.run(5 * 60_000);
  stage.expect(3, 1, 'after five minutes');
});

test('a truck from before a failure counts for nothing: another parks in its place', async () => {
  const stage = await pingPong();
  const old = stage.last;
  stage.home.say(words);
  await settle();
  await stage.last.lose();
  equal(stage.home.state.kind, 'reconnecting', 'though the old one is out');
  await stage.clock.run(500);
  await stage.last.load({ why: 'turn', heard: ['w1'] });
  ok(old.open, 'it may be parked, and is not called back');
  stage.expect(5, 2, 'one that can be counted on');
  equal([stage.last.clipboard.park, stage.home.state.kind], [25_000, 'live']);
  await old.load({ why: 'relieved' });
  stage.expect(5, 1, 'as the dock saw it, too');
});

test('a truck from before a failure makes room when its place is needed', async () => {
  const stage = await pingPong();
  const dead = stage.last;
  stage.home.say(words);
  await settle();
  await stage.last.lose();
  await stage.clock.run(6_000);
  await stage.last.load({ why: 'turn', heard: ['w1'] });
  stage.home.say(words);
  await settle();
  ok(dead.aborted(), 'given up');
  equal([stage.out.length, stage.aboard], [2, ['w2']]);
});

test('when the dock closes, home comes back when it was told to', async () => {
  const stage = await pingPong();
  await stage.last.load({ why: 'closing', retry: 1_234 });
  const { kind, retryAt, fleet } = stage.home.state;
  equal([kind, retryAt, fleet], ['reconnecting', stage.clock.now() + 1_234, 'ping-pong']);
  await stage.clock.run(1_233);
  stage.expect(2, 0, 'not yet');
  await stage.clock.run(1);
  stage.expect(3, 1, 'now');
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.kind, 'live');
});

test('a truck that comes home closing may bring news', async () => {
  const stage = await pingPong();
  await stage.last.load({ why: 'closing', retry: 1_000, cargo: [item(11)] });
  equal(stage.applied, ['J.11']);
});

test('after reload no truck leaves until the page starts from a new cursor', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  await stage.out[0].load({ why: 'reload' });
  equal([stage.reloads, stage.home.state.kind, stage.out.length], [1, 'reloading', 0]);
  stage.home.wake();
  stage.home.say(words);
  await stage.clock.run(60_000);
  equal([stage.trips.length, stage.reloads, stage.clock.pending], [3, 1, 0], 'nothing moves');
  stage.home.start({ seen: 'K.3' });
  await settle();
  equal([stage.last.clipboard.seen, stage.aboard], ['K.3', ['w1', 'w2']], 'words are kept');
});

test('a page may start anew while it is told to reload', async () => {
  const stage = new Stage('ping-pong', { onReload: () => stage.home.start({ seen: 'K.3' }) });
  stage.home.start({ seen: SEEN });
  await settle();
  await stage.last.load({ why: 'reload' });
  equal([stage.last.clipboard.seen, stage.out.length], ['K.3', 1]);
});

test('cargo of another journal is a truck that was lost, not one to run after', async () => {
  const stage = await pingPong();
  await stage.last.load({ after: 'K.1', seen: 'K.2', cargo: [{ at: 'K.2', kind: 'report' }] });
  equal([stage.applied, stage.home.seen, stage.home.stats.lost], [[], SEEN, 1]);
  stage.expect(2, 0, 'it waits');
});

test('four trucks leave at once, then ten a second; news ride together', async () => {
  const stage = await pingPong();
  await stage.clock.run(1_000);
  let news = 10;
  const began = stage.trips.length;
  for (let ms = 0; ms < 5_000; ms += 5) {
    news++;
    const [truck] = stage.out;
    const missing = Array.from({ length: news - Number(truck?.clipboard.seen.slice(2)) }, (_, n) =>
      item(news - n),
    ).reverse();
    if (truck) await truck.load({ cargo: missing });
    await stage.clock.run(5);
    equal(stage.home.state.kind, 'live', 'a flood is no failure');
  }
  const left = stage.trips.length - began;
  ok(left >= 50 && left <= 54, `4 + 10 a second for 5 s, but ${left} left`);
  await stage.clock.run(100);
  await stage.last.load({ cargo: [] });
  equal(stage.applied.length, new Set(stage.applied).size, 'none twice');
});

test('on waking, trucks that have been out for more than five seconds are given up and one leaves', async () => {
  const stage = await pingPong();
  const old = stage.last;
  await stage.clock.run(5_001);
  stage.home.wake();
  await settle();
  ok(old.aborted(), 'the old one is given up');
  stage.expect(3, 1, 'one in its place');
  equal([stage.home.state.kind, stage.home.stats.givenUp], ['connecting', 1]);
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.kind, 'live');
});

test('waking several times sends one truck', async () => {
  const stage = await pingPong();
  await stage.clock.run(4_000);
  stage.home.wake();
  stage.home.online();
  stage.home.wake();
  await settle();
  stage.expect(3, 2, 'the young one stays, one more asks');
  await stage.last.load({ why: 'turn' });
  stage.expect(4, 2, 'one that can be counted on; the dock relieves the other');
});

test('waking ends a long wait', async () => {
  const stage = await pingPong();
  stage.home.visible = false;
  await stage.last.lose({ retryAfterMs: 60_000 });
  stage.home.wake();
  await settle();
  stage.expect(3, 1, 'at once');
});

test('a machine that has slept wakes its home', async () => {
  const stage = await pingPong();
  const old = stage.last;
  await stage.clock.sleep(3_600_000);
  ok(old.aborted(), 'nobody believes a truck of an hour ago');
  equal([stage.out.length, stage.last.clipboard.park, stage.home.stats.lost], [1, 0, 0], 'a probe; it was no failure');
});

test('a timer that is only a little late is no sleep', async () => {
  const stage = await pingPong();
  await stage.clock.sleep(30_000 + 19_000);
  equal([stage.home.stats.lost, stage.home.stats.givenUp], [1, 0]);
});

test('at rest no truck is out and no timer runs; waking goes on from what was seen', async () => {
  const stage = await pingPong();
  await stage.last.load({ cargo: [item(11)] });
  stage.home.rest();
  equal([stage.out.length, stage.home.state.kind, stage.clock.pending], [0, 'resting', 0]);
  await stage.clock.run(60_000);
  stage.home.wake();
  await settle();
  equal([stage.out.length, stage.last.clipboard.seen], [1, 'J.11']);
});

test("a load that arrives after its truck was given up is nobody's", async () => {
  const stage = await pingPong({ send: () => new Promise((resolve) => (stubborn.arrive = resolve)) });
  const stubborn = { arrive: (/** @type {any} */ _load) => {} };
  stage.home.start({ seen: SEEN });
  stage.home.rest();
  stubborn.arrive({ v: 1, why: 'cargo', after: SEEN, seen: 'J.11', cargo: [item(11)], heard: [] });
  await settle();
  equal([stage.applied, stage.home.seen, stage.home.state.kind], [[], SEEN, 'resting']);
});

test('a home that was never started does not wake', async () => {
  const stage = new Stage('ping-pong');
  stage.home.wake();
  await stage.clock.run(60_000);
  stage.expect(0, 0, 'nothing');
});

test('offline, home does not call itself live, and asks the road', async () => {
  const stage = await pingPong();
  stage.home.offline();
  await settle();
  equal([stage.home.state.kind, stage.out.length, stage.last.clipboard.park], ['offline', 2, 0]);
  await stage.last.lose();
  equal(stage.home.state.kind, 'offline');
  stage.home.online();
  await settle();
  equal(stage.home.state.kind, 'connecting');
});

test('a dock on this very machine is live without a network', async () => {
  const stage = await pingPong();
  stage.home.offline();
  await settle();
  await stage.last.load({ why: 'turn' });
  equal(stage.home.state.kind, 'live');
});

test('a road that sends every truck home at once with nothing is not run on for ever', async () => {
  const stage = await pingPong();
  for (let ms = 0; ms < 60_000; ms += 10) {
    await stage.clock.run(10);
    if (stage.out.length > 0) await stage.last.load({ why: 'turn' });
  }
  ok(stage.trips.length < 60, `${stage.trips.length} trips in a minute`);
});

test('a dock that always leaves a gap is not run after for ever', async () => {
  const stage = await pingPong();
  for (let ms = 0; ms < 60_000; ms += 10) {
    await stage.clock.run(10);
    if (stage.out.length > 0) await stage.last.load({ after: 'J.11', cargo: [item(12)] });
  }
  ok(stage.trips.length < 60, `${stage.trips.length} trips in a minute`);
});

test('a page that fails to apply its news does not stop the trucks', async () => {
  /** @type {unknown[]} */
  const faults = [];
  const stage = await pingPong({
    onFault: (/** @type {unknown} */ error) => faults.push(error),
    apply: () => {
      throw new Error('the page is broken');
    },
  });
  await stage.last.load({ cargo: [item(11)] });
  stage.expect(3, 1, 'the next truck');
  equal([stage.home.seen, faults.length], ['J.11', 1]);
});

test('a truck whose sending throws is lost', async () => {
  const stage = await pingPong({
    send: () => {
      throw new Error('no road');
    },
  });
  equal([stage.home.stats.lost, stage.home.state.kind], [1, 'reconnecting']);
  stage.home.rest();
});

test('every departure is accounted for', async () => {
  const stage = await pingPong();
  stage.home.say(words);
  await settle();
  await stage.last.lose();
  await stage.clock.run(6_000);
  stage.home.wake();
  await settle();
  await stage.last.load({ cargo: [item(11)], heard: ['w1'] });
  const { departed, home, lost, givenUp, trucksOut } = stage.home.stats;
  equal(departed, home + lost + givenUp + trucksOut);
  equal(departed, stage.trips.length);
});

test('a word that is too long is refused where it is said', async () => {
  const stage = await pingPong();
  await throws(
    () => stage.home.say({ station: 's', text: 'x'.repeat(1_001) }),
    (error) => error instanceof RangeError,
  );
  stage.expect(2, 1, 'no truck leaves');
});
