// @ts-check
/** A dock that lets no truck park: home polls, and says why. */

import { equal, ok, test } from './check.js';
import { Stage, item } from './stage.js';
import { settle } from './virtual.js';

const words = { station: 'town-hall', text: 'hello' };
const limited = async (more = {}) => {
  const stage = await new Stage('ping-pong', more).atRest();
  await stage.last.load({ why: 'turn', limit: 'visitor', retry: 5_000 });
  return stage;
};

test('a truck that a limit turned round is followed by the next one only when the dock said so', async () => {
  const stage = await limited();
  equal([stage.home.state.kind, stage.home.state.limit, stage.home.state.retryAt], ['polling', 'visitor', null]);
  await stage.clock.run(4_999);
  stage.expect(2, 0, 'not yet');
  await stage.clock.run(1);
  stage.expect(3, 1, 'it asks for a place');
  equal([stage.last.clipboard.park, stage.home.state.kind], [25_000, 'polling'], 'and claims nothing');
});

test('a page under a limit polls at its pace for as long as that lasts, and gets its news', async () => {
  const stage = await limited();
  for (let poll = 1; poll <= 20; poll++) {
    await stage.clock.run(5_000);
    equal([stage.trips.length, stage.out.length], [2 + poll, 1], 'one truck in five seconds');
    const cargo = poll > 10 ? [item(poll)] : [];
    await stage.last.load({ why: 'turn', limit: 'visitor', retry: 5_000, cargo });
    equal([stage.home.state.kind, stage.applied.length], ['polling', Math.max(0, poll - 10)]);
  }
});

test('words leave at once under a limit', async () => {
  const stage = await limited();
  stage.home.say(words);
  await settle();
  equal([stage.trips.length, stage.aboard], [3, ['w1']]);
  await stage.last.load({ why: 'turn', limit: 'visitor', retry: 5_000, heard: ['w1'] });
  stage.expect(3, 0, 'and then it waits again');
  equal(stage.home.state.kind, 'polling');
});

test('a truck that is not turned round has found a place', async () => {
  const stage = await limited();
  await stage.clock.run(5_000);
  await stage.clock.run(2_999);
  equal(stage.home.state.kind, 'polling', 'it may be on its way');
  await stage.clock.run(1);
  equal([stage.home.state.kind, stage.home.state.limit], ['live', null]);
});

test('a truck that was parked shows that there is a place again', async () => {
  for (const load of [{ why: 'ticket' }, { why: 'relieved' }, { cargo: [item(11)], parked: 40 }]) {
    const stage = await limited();
    await stage.clock.run(5_500);
    await stage.last.load(load);
    equal([stage.home.state.kind, stage.home.state.limit, stage.out.length], ['live', null, 1]);
  }
});

test('cargo that was waiting does not show that there is a place', async () => {
  const stage = await limited();
  await stage.clock.run(5_000);
  await stage.last.load({ cargo: [item(11)], parked: 0 });
  equal([stage.home.state.kind, stage.out.length], ['polling', 1], 'the next one asks at once');
});

test('a truck that finds no place beside one that is parked changes nothing', async () => {
  const stage = await new Stage('expanding').atRest();
  stage.home.say(words);
  await settle();
  await stage.last.load({ why: 'turn', limit: 'visitor', retry: 5_000, heard: ['w1'] });
  equal([stage.home.state.kind, stage.home.state.limit], ['live', null]);
});

test('the dock may ask for a pause of a second at least and of minutes at most', async () => {
  for (const [retry, pause] of [
    [0, 1_000],
    [-5, 1_000],
    [86_400_000, 300_000],
    [undefined, 5_000],
    ['soon', 5_000],
  ]) {
    const stage = await new Stage('ping-pong').atRest();
    await stage.last.load(/** @type {any} */ ({ why: 'turn', limit: 'dock', retry }));
    await stage.clock.run(Number(pause) - 1);
    stage.expect(2, 0, `not yet after ${retry}`);
    await stage.clock.run(1);
    stage.expect(3, 1, `${retry}`);
  }
});

test('waking asks for a place at once, and rest forgets the limit', async () => {
  const stage = await limited();
  stage.home.wake();
  await settle();
  stage.expect(3, 1, 'a probe');
  await stage.last.load({ why: 'turn' });
  equal([stage.trips.length, stage.last.clipboard.park, stage.home.state.kind], [4, 25_000, 'polling']);
  await stage.last.load({ why: 'turn', limit: 'address', retry: 5_000 });
  equal(stage.home.state.limit, 'address');
  stage.home.rest();
  equal([stage.home.state.kind, stage.home.state.limit, stage.clock.pending], ['resting', null, 0]);
});

test('a road that breaks under a limit is reconnected to, not polled', async () => {
  const stage = await limited();
  await stage.clock.run(5_000);
  await stage.last.lose();
  equal(stage.home.state.kind, 'reconnecting');
  await stage.clock.run(1_000);
  ok(stage.out.length === 1, 'it asks');
});
