// @ts-check
/** Words outlive their page; and the fleet that a visitor chose. */

import { chosenFleet } from '../../static/js/page/choice.js';
import { nameOf, readName } from '../../static/js/tabs/name.js';
import { Outbox } from '../../static/js/tabs/outbox.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { FakeBrowser, FakePage, FakeStorage, hubsOn } from './browser.js';
import { equal, test, throws } from './check.js';
import { BadRoad, ModelDock } from './model.js';
import { VirtualClock, seeded } from './virtual.js';

const word = (/** @type {string} */ id, text = 'hello') => ({ id, station: 'a', text });
const forbidden = () => {
  throw new Error('forbidden');
};

test('words are kept in the order in which they were said, until they are forgotten', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(storage);
  for (const id of ['c', 'a', 'b']) outbox.keep(word(id));
  outbox.keep(word('a', 'again'));
  equal(new Outbox(storage).words, [word('c'), word('a'), word('b')]);
  outbox.forget(['a', 'x']);
  equal(new Outbox(storage).words, [word('c'), word('b')]);
  outbox.forget(['b', 'c']);
  equal(storage.items.size, 0, 'nothing is left behind');
});

test('without storage words are kept in memory', () => {
  for (const storage of [null, { getItem: forbidden, setItem: forbidden, removeItem: forbidden }]) {
    const outbox = new Outbox(storage);
    outbox.keep(word('a'));
    equal(outbox.words, [word('a')]);
    outbox.forget(['a']);
    equal(outbox.words, []);
  }
});

test('what another program wrote is not taken for words', () => {
  for (const text of ['', 'x', '{}', 'null', '[null,7,{"id":7,"station":"a","text":"x"},{"id":"a"}]']) {
    const storage = new FakeStorage();
    storage.setItem('stevenson.outbox', text);
    equal(new Outbox(storage).words, [], text);
  }
});

test('words that the dock would not take are refused where they are said, and so is one too many', async () => {
  const outbox = new Outbox(null);
  for (const [station, text] of [
    ['a', ' '],
    ['', 'x'],
    ['a/b', 'x'],
    ['a', 'x'.repeat(1_001)],
  ]) {
    await throws(
      () => outbox.keep({ id: 'i', station, text }),
      (error) => error instanceof RangeError,
    );
  }
  for (let n = 0; n < 100; n++) outbox.keep(word(`${n}`));
  await throws(
    () => outbox.keep(word('one too many')),
    (error) => error instanceof RangeError,
  );
});

test('a page that is loaded anew says what is not confirmed, with the same ids, before what is newer', async () => {
  const clock = new VirtualClock();
  const random = seeded(1);
  const dock = new ModelDock(FLEETS['ping-pong'], clock, random);
  const road = new BadRoad(dock, clock, random);
  road.bad = false;
  let open = false;
  const send = (/** @type {any} */ clipboard, /** @type {any} */ signal) =>
    open ? road.send(clipboard, signal) : Promise.reject(new Error('closed'));
  const browser = new FakeBrowser(clock, hubsOn(send, clock, random));
  const storage = new FakeStorage();
  const first = new FakePage(browser, 'ping-pong', { seen: 'J.0' }, { storage });
  first.link.start();
  const ids = [
    first.link.say(word(first.link.say({ station: 'a', text: 'one' }), 'not said twice')),
    first.link.say({ station: 'a', text: 'two' }),
  ];
  await clock.run(3_000);
  equal([dock.stored, first.said.at(-1)?.includes('one')], [[], true]);
  first.link.rest();
  await clock.run(10);

  const second = new FakePage(browser, 'ping-pong', { seen: 'J.0' }, { storage });
  second.link.start();
  equal(second.said[0], 'one queued, two queued', 'it shows them at once');
  ids.push(second.link.say({ station: 'a', text: 'three' }));
  open = true;
  await clock.run(30_000);
  equal([dock.stored, second.heard, storage.items.size], [ids, ids, 0]);
});

test('words that the dock refuses are not said again', async () => {
  const clock = new VirtualClock();
  const sent = /** @type {any[]} */ ([]);
  const send = async (/** @type {any} */ clipboard) => {
    sent.push(clipboard.say.length);
    if (clipboard.say.length > 0)
      throw Object.assign(new Error('400'), { refused: [{ index: 0, reason: 'no such station' }] });
    if (clipboard.park === 0) return { v: 1, why: 'turn', after: 'J.0', seen: 'J.0', cargo: [], heard: [] };
    return new Promise(() => {});
  };
  const storage = new FakeStorage();
  const browser = new FakeBrowser(clock, hubsOn(send, clock, seeded(1)));
  const page = new FakePage(browser, 'ping-pong', { seen: 'J.0' }, { storage });
  page.link.start();
  page.link.say({ station: 'nowhere', text: 'x' });
  await clock.run(1_000);
  equal([sent, storage.items.size, page.said.includes('x refused')], [[0, 0, 1], 0, true]);
});

test('the address names the fleet, and the browser remembers it', () => {
  const storage = new FakeStorage();
  equal(chosenFleet('', () => storage).name, 'ping-pong');
  for (const name of Object.keys(FLEETS)) {
    equal(chosenFleet(`?x=1&fleet=${name}`, () => storage).name, name);
    equal(chosenFleet('', () => storage).name, name, 'remembered');
  }
  for (const name of ['Polling', 'toString', '__proto__', '']) {
    equal(chosenFleet(`?fleet=${name}`, () => storage).name, 'websocket', `${name} is none`);
  }
  equal(chosenFleet('?fleet=polling', forbidden).name, 'polling');
  equal(chosenFleet('', forbidden).name, 'ping-pong');
});

test("a worker's name tells build and fleet", () => {
  for (const fleet of Object.keys(FLEETS)) equal(readName(nameOf('0a1b2c', fleet)), { build: '0a1b2c', fleet });
  equal(readName('another'), { build: '', fleet: '' });
});
