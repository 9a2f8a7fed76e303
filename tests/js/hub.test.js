// @ts-check
/** One home for all pages of a browser. */

import { FLEETS } from '../../static/js/channel/fleets.js';
import { legsOf } from '../../static/js/channel/tally.js';
import { FakeBrowser, FakePage, hubsOn } from './browser.js';
import { equal, ok, test } from './check.js';
import { BadRoad, ModelDock } from './model.js';
import { VirtualClock, seeded } from './virtual.js';

/** A browser before a dock on a good road. */
function scene() {
  const clock = new VirtualClock();
  const random = seeded(1);
  const dock = new ModelDock(FLEETS['ping-pong'], clock, random);
  const road = new BadRoad(dock, clock, random);
  road.bad = false;
  /** @type {any[]} */
  const trips = [];
  const send = (/** @type {any} */ clipboard, /** @type {AbortSignal} */ signal) => {
    trips.push(clipboard);
    return road.send(clipboard, signal);
  };
  const browser = new FakeBrowser(clock, hubsOn(send, clock, random));
  const open = async (/** @type {string[]} */ watch = [], seen = `J.${dock.head}`) => {
    const page = new FakePage(browser, 'ping-pong', { seen, watch });
    page.link.start();
    await clock.run(100);
    return page;
  };
  return { clock, dock, road, browser, trips, open };
}

test('twelve pages are live with one truck out, and one sees the same as the other', async () => {
  const { clock, dock, browser, open } = scene();
  const pages = [];
  for (let n = 0; n < 12; n++) pages.push(await open(['a']));
  equal([browser.hub?.stats.trucksOut, browser.hub?.size, dock.parked.length, browser.workers], [1, 12, 1, 1]);
  ok(
    pages.every(({ link }) => link.state.kind === 'live' && link.state.shared === true),
    'live',
  );
  dock.announce('a');
  await clock.run(100);
  for (const page of pages) equal([page.applied, page.link.seen], [['J.1'], 'J.1']);
});

test('the first page of a browser is never told that more legs were empty than there were', async () => {
  const { clock, browser } = scene();
  /** @type {any[]} */
  const told = [];
  const take = browser.newHub().connect((message) => told.push(message));
  take({ what: 'hello', turn: 1, seen: 'J.0', watch: ['a'], visible: true, say: [] });
  await clock.run(6_000);
  const all = told.filter(({ stats }) => stats).map(({ stats }) => legsOf(stats));
  ok(all.length > 3, 'it is told of some trips');
  equal(
    all.filter(({ legs, empty }) => empty > legs),
    [],
  );
});

test('a page that shows what is watched already, and knows as much, costs no trip', async () => {
  const { trips, open } = scene();
  await open([]);
  const before = trips.length;
  await open(['a']);
  equal(trips.length, before);
});

test('a page that comes late misses nothing, and nobody gets anything twice', async () => {
  const { clock, dock, open } = scene();
  const first = await open(['a']);
  for (let n = 0; n < 3; n++) dock.announce('a');
  await clock.run(200);
  const late = await open(['a'], 'J.1');
  equal(late.applied, ['J.2', 'J.3']);
  equal(first.applied, ['J.1', 'J.2', 'J.3']);
  equal(first.states.filter(({ kind }) => kind === 'connecting').length, 1, 'and the first is live all the time');
});

test('a page with another station widens the watch, and gets what it shows alone', async () => {
  const { clock, dock, trips, open } = scene();
  const one = await open(['a']);
  const two = await open(['b']);
  equal(trips.at(-1).watch, ['a', 'b']);
  dock.announce('a');
  dock.announce('b');
  await clock.run(500);
  equal([one.applied, two.applied], [['J.1'], ['J.2']]);
  equal([one.link.seen, two.link.seen], ['J.2', 'J.2'], 'the cursor moves for both');
  await open([]);
  equal(trips.at(-1).watch, [], 'a page that shows all');
});

test('what is news between the loads of two watches is not lost to the second page', async () => {
  const { clock, dock, open } = scene();
  const one = await open(['a']);
  dock.announce('b');
  dock.announce('a');
  await clock.run(200);
  const two = await open(['b'], 'J.0');
  equal([one.applied, two.applied], [['J.2'], ['J.1']]);
});

test('a page that leaves is watched for no more', async () => {
  const { clock, dock, trips, open } = scene();
  await open(['a']);
  const two = await open(['b']);
  two.link.rest();
  await clock.run(10);
  dock.announce('a');
  await clock.run(500);
  equal(trips.at(-1).watch, ['a']);
  dock.announce('b');
  await clock.run(100);
  equal(two.applied, [], 'it hears nothing more');
});

test('pages of more stations than a truck can name watch all', async () => {
  const { trips, open } = scene();
  await open(Array.from({ length: 40 }, (_, n) => `x${n}`));
  equal(trips.at(-1).watch.length, 40);
  await open(Array.from({ length: 40 }, (_, n) => `y${n}`));
  equal(trips.at(-1).watch, []);
});

test('the home rests when its last page has left, and a page from the cache goes on where it was', async () => {
  const { clock, dock, browser, open } = scene();
  const page = await open(['a']);
  page.link.rest();
  await clock.run(10);
  equal([browser.hub?.stats.trucksOut, browser.hub?.size, clock.pending <= 1], [0, 0, true]);
  for (let n = 0; n < 3; n++) dock.announce('a');
  await clock.run(60_000);
  page.link.start();
  await clock.run(200);
  equal(page.applied, ['J.1', 'J.2', 'J.3']);
  page.is('live');
});

test('words of any page are sent, and every page is told of them', async () => {
  const { clock, dock, open } = scene();
  const [one, two] = [await open(['a']), await open(['a'])];
  const id = two.link.say({ station: 'a', text: 'hello' });
  equal(two.said.at(-1), 'hello queued', 'at once');
  await clock.run(100);
  equal([dock.stored, one.heard, two.heard], [[id], [id], [id]]);
  ok(one.said.includes('hello aboard') && one.said.includes('hello heard'), String(one.said));
  equal(two.link.said, []);
});

test("news of the visitor's own goes to every page", async () => {
  const { clock, dock, open } = scene();
  const one = await open(['a']);
  const two = await open(['b']);
  const { announce } = dock;
  ok(announce, 'a dock');
  dock.journal.push({ place: 1, topic: 'b' });
  const kinds = ['words', 'forgotten'];
  // The dock in small knows no private news: a load with some is made by hand.
  const [truck] = dock.parked;
  const cargo = kinds.map((kind, n) => ({ at: `J.${n + 1}`, kind, station: 'b' }));
  truck.goes({ v: 1, why: 'cargo', after: 'J.0', seen: 'J.2', cargo, heard: [] });
  await clock.run(50);
  equal(
    [one.applied, two.applied],
    [
      ['J.1', 'J.2'],
      ['J.1', 'J.2'],
    ],
  );
});

test('when the place in the journal is gone every page is told, and each starts anew', async () => {
  const { clock, dock, open } = scene();
  const [one, two] = [await open(['a']), await open(['a'])];
  const [truck] = dock.parked;
  truck.goes({ v: 1, why: 'reload', after: 'J.0', seen: 'J.0', cargo: [], heard: [] });
  await clock.run(50);
  equal([one.reloads, two.reloads, one.link.state.kind, two.link.state.kind], [1, 1, 'reloading', 'reloading']);
  one.link.start({ seen: 'J.0' });
  await clock.run(200);
  equal([one.link.state.kind, two.link.state.kind], ['live', 'reloading'], 'each for itself');
  dock.announce('a');
  await clock.run(100);
  equal([one.applied, two.applied], [['J.1'], []]);
  two.link.start({ seen: 'J.0' });
  await clock.run(200);
  equal([two.applied, two.link.state.kind], [['J.1'], 'live']);
});

test('a page of another journal makes the others load theirs anew', async () => {
  const { clock, open } = scene();
  const one = await open(['a']);
  const two = await open(['a'], 'K.7');
  equal([one.reloads, two.reloads], [1, 0]);
  one.link.start({ seen: 'K.7' });
  await clock.run(100);
  equal(one.link.seen, 'K.7');
});

test('a page that crashed is forgotten after a minute, and a hidden one that answers is not', async () => {
  const { clock, browser, open } = scene();
  const one = await open(['a']);
  one.link.visible = false;
  const gone = browser.hub?.connect(() => {});
  gone?.({ what: 'hello', turn: 1, seen: 'J.0', watch: ['b'], visible: false, say: [] });
  equal(browser.hub?.size, 2);
  await clock.run(59_000);
  equal(browser.hub?.size, 2, 'not yet');
  await clock.run(12_000);
  equal(browser.hub?.size, 1);
});

test('a page that was forgotten says hello when it thaws', async () => {
  const { clock, browser } = scene();
  /** @type {any[]} */
  const told = [];
  const take = browser.newHub().connect((message) => told.push(message.what));
  take({ what: 'here' });
  equal(told, ['who']);
  await clock.run(0);
});

test('a machine that sleeps loses no page', async () => {
  const { clock, browser, open } = scene();
  const page = await open(['a']);
  for (let night = 0; night < 10; night++) await clock.sleep(3_600_000);
  await clock.run(1_000);
  equal([browser.hub?.size, page.link.state.kind], [1, 'live']);
  await clock.run(60_000);
  equal([browser.hub?.size, page.link.state.kind], [1, 'live'], 'and the beats go on');
});

test('for pages that nobody sees the trucks run five minutes; who looks again wakes them', async () => {
  const { clock, dock, browser, open } = scene();
  const [one, two] = [await open(['a']), await open(['a'])];
  one.link.visible = false;
  await clock.run(400_000);
  two.is('live');
  two.link.visible = false;
  await clock.run(299_000);
  two.is('live');
  await clock.run(2_000);
  equal([two.link.state.kind, browser.hub?.stats.trucksOut], ['resting', 0]);
  dock.announce('a');
  await clock.run(60_000);
  one.link.visible = true;
  await clock.run(200);
  equal([one.applied, two.applied, one.link.state.kind], [['J.1'], ['J.1'], 'live']);
});

const RUNS = 400;
test(`${RUNS} browsers on a bad road: pages come, go, crash, freeze and sleep, and each sees every piece of news once`, async () => {
  const total = { pages: 0, applied: 0, killed: 0 };
  for (let seed = 1; seed <= RUNS; seed++) {
    try {
      await run(seed, total);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : error}`, { cause: error });
    }
  }
  console.info(JSON.stringify(total));
  ok(total.applied > 10_000 && total.pages > 1_000 && total.killed > 50, JSON.stringify(total));
});

/**
 * @param {number} seed
 * @param {{pages: number, applied: number, killed: number}} total
 */
async function run(seed, total) {
  const clock = new VirtualClock();
  const random = seeded(seed);
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  const dock = new ModelDock(FLEETS['ping-pong'], clock, random);
  const road = new BadRoad(dock, clock, random);
  const browser = new FakeBrowser(clock, hubsOn(road.send, clock, random, 'ping-pong', { parkMs: 10_000 }));
  /** @type {{page: FakePage, from: number, watch: string[], frozen: boolean, checked: number}[]} */
  let open = [];
  /** @type {string[]} */
  const said = [];
  const expected = (/** @type {{from: number, watch: string[]}} */ { from, watch }) =>
    dock.journal
      .slice(from)
      .filter(({ topic }) => watch.length === 0 || watch.includes(topic))
      .map(({ place }) => `J.${place}`);
  const look = () => {
    for (const tab of open) {
      if (tab.checked === tab.page.applied.length) continue;
      const all = expected(tab);
      for (; tab.checked < tab.page.applied.length; tab.checked++) {
        equal(tab.page.applied[tab.checked], all[tab.checked], 'S1, S2: once, in order, without a gap');
        total.applied++;
      }
    }
    ok(
      open.every(({ page }) => page.faults.length === 0),
      'no faults',
    );
    ok((browser.hub?.stats.trucksOut ?? 0) <= 2, 'S3');
  };
  const until = clock.now() + 60_000;
  while (clock.now() < until) {
    const dice = random();
    const tab = pick(open);
    if (dice < 0.4) dock.announce(pick(['a', 'a', 'b', 'c']));
    else if (dice < 0.5 && open.length < 5) {
      const from = Math.max(0, dock.head - Math.floor(random() ** 2 * 12));
      const watch = pick([[], ['a'], ['b'], ['a', 'b']]);
      const page = new FakePage(browser, 'ping-pong', { seen: `J.${from}`, watch });
      page.link.visible = random() < 0.7;
      page.link.start();
      open.push({ page, from, watch, frozen: false, checked: 0 });
      total.pages++;
    } else if (!tab) continue;
    else if (dice < 0.55) {
      tab.page.link.rest();
      open = open.filter((other) => other !== tab);
    } else if (dice < 0.6) tab.page.link.visible = random() < 0.5;
    else if (dice < 0.68) {
      tab.frozen = !tab.frozen;
      if (tab.frozen) tab.page.link.rest();
      else tab.page.link.start();
    } else if (dice < 0.78) {
      if (!tab.frozen && said.length < 60) said.push(tab.page.link.say({ station: 'a', text: 'x' }));
    } else if (dice < 0.8) await clock.sleep(random() * 60_000);
    else if (dice < 0.82) dock.die();
    else if (dice < 0.83) dock.close();
    else if (dice < 0.86) dock.closed = false;
    else if (dice < 0.88) tab.page.link.wake();
    else if (dice < 0.89) tab.page.link.offline();
    else if (dice < 0.9) tab.page.link.online();
    else if (dice < 0.905 && browser.hub) {
      // The trucks of a worker that dies are cut.
      browser.hub.connect(() => {})({ what: 'offline' });
      browser.kill();
      total.killed++;
    }
    await clock.run(random() ** 2 * 2_000, look);
  }
  road.bad = false;
  dock.closed = false;
  for (const tab of open) {
    if (tab.frozen) tab.page.link.start();
    tab.frozen = false;
    tab.page.link.visible = true;
    tab.page.link.online();
  }
  await clock.run(90_000, look);
  for (const tab of open) equal(tab.page.applied.length, expected(tab).length, 'L4: each page has got all');
  for (const { page } of open) ok(page.link.state.kind === 'live', `a page is ${page.link.state.kind}`);
  for (const { page } of open) equal(page.link.said, [], 'all words are stored');
  if (open.length > 0) ok(dock.parked.length >= 1, 'one is parked');
}
