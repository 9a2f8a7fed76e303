// @ts-check
/** A page's link: workers that die, hang or cannot be had, and the page's own home in their place. */

import { FLEETS } from '../../static/js/channel/fleets.js';
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
  const browser = new FakeBrowser(clock, hubsOn(road.send, clock, random));
  const open = async (more = {}) => {
    const page = new FakePage(browser, 'ping-pong', { seen: 'J.0' }, more);
    page.link.start();
    await clock.run(200);
    return page;
  };
  return { clock, dock, browser, open };
}

test('a page connects to the worker of its build and fleet', async () => {
  const { browser, open } = scene();
  const page = await open();
  equal([browser.names, page.link.state.kind, page.link.state.shared], [['stevenson-b1-ping-pong'], 'live', true]);
  ok(Number(page.link.stats?.departed) > 0, 'it knows the figures');
  equal(
    page.trips.map(({ what }) => what),
    ['departs', 'home', 'departs'],
  );
});

test('a worker that died is replaced within half a minute, and nothing is missed', async () => {
  const { clock, dock, browser, open } = scene();
  const page = await open();
  browser.kill();
  dock.announce('a');
  const id = page.link.say({ station: 'a', text: 'hello' });
  await clock.run(20_000);
  equal(browser.names.length, 1, 'it may yet speak');
  await clock.run(10_000);
  equal([browser.names.length, browser.workers, page.link.state.kind, page.link.state.shared], [2, 2, 'live', true]);
  equal([page.applied, dock.stored], [['J.1'], [id]]);
  browser.kill();
  await clock.run(30_000);
  equal([browser.workers, page.link.state.shared], [3, true], 'each time');
});

test('a worker that hangs twice is given up: the page runs a home of its own', async () => {
  const { clock, dock, browser, open } = scene();
  browser.hung = true;
  const page = await open();
  equal([page.link.state.kind, page.applied], ['connecting', []]);
  dock.announce('a');
  await clock.run(26_000);
  equal(browser.names.length, 2, 'another try');
  await clock.run(26_000);
  equal(
    [browser.names.length, page.link.state.kind, page.link.state.shared, page.applied],
    [2, 'live', false, ['J.1']],
  );
  await clock.run(300_000);
  equal([browser.names.length, page.link.state.kind], [2, 'live']);
});

test('without workers, or where their scripts do not load, the page runs a home of its own at once', async () => {
  const { browser, open } = scene();
  const without = await open({
    newWorker: () => {
      throw new ReferenceError('SharedWorker is not defined');
    },
  });
  equal([without.link.state.kind, without.link.state.shared], ['live', false]);
  browser.broken = true;
  const broken = await open();
  equal([broken.link.state.kind, broken.link.state.shared], ['live', false]);
});

test("a home of the page's own runs only while somebody looks", async () => {
  const { clock, dock, browser, open } = scene();
  browser.broken = true;
  const page = await open();
  page.link.visible = false;
  await clock.run(10);
  equal([page.link.state.kind, page.link.stats?.trucksOut], ['resting', 0]);
  dock.announce('a');
  await clock.run(60_000);
  equal(page.applied, []);
  page.link.visible = true;
  await clock.run(200);
  equal([page.applied, page.link.state.kind], [['J.1'], 'live']);
  page.link.rest();
  await clock.run(60_000);
  equal(page.own?.stats.trucksOut, 0, 'a page that was left has none');
});

test('a page that nobody sees does not watch over the worker: its timers are held back', async () => {
  const { clock, browser, open } = scene();
  const page = await open();
  page.link.visible = false;
  browser.kill();
  await clock.run(600_000);
  equal(browser.names.length, 1);
  page.link.visible = true;
  await clock.run(26_000);
  equal([browser.names.length, page.link.state.kind], [2, 'live']);
});

test('looks that come late prove nothing about the worker', async () => {
  const { clock, browser, open } = scene();
  await open();
  browser.kill();
  for (let look = 0; look < 20; look++) await clock.sleep(60_000);
  equal(browser.names.length, 1);
  await clock.run(26_000);
  equal(browser.names.length, 2);
});

test('what was said to an earlier hello is not for us', async () => {
  const { clock, dock, open } = scene();
  const page = await open();
  dock.announce('a');
  await clock.run(20); // the load is home, its message on the way
  page.link.start({ seen: 'J.1' });
  await clock.run(200);
  equal(page.applied, [], 'the page knew it');
  equal(page.states.filter(({ kind }) => kind === 'resting').length <= 1, true);
});

test('a page that was left hears nothing, and starts where it was', async () => {
  const { clock, dock, open } = scene();
  const [page, other] = [await open(), await open()];
  page.link.rest();
  dock.announce('a');
  await clock.run(200);
  equal([page.applied, other.applied], [[], ['J.1']]);
  page.link.wake();
  await clock.run(200);
  equal(page.applied, ['J.1']);
});

test('a page that comes back from the cache finds a worker, though its own died meanwhile', async () => {
  const { clock, dock, browser, open } = scene();
  const page = await open();
  page.link.rest();
  await clock.run(10);
  browser.kill();
  dock.announce('a');
  await clock.run(60_000);
  page.link.start();
  await clock.run(200);
  equal([page.applied, page.link.state.kind, browser.workers], [['J.1'], 'live', 2]);
});

test('what a page throws is its own affair', async () => {
  const { clock, dock, open } = scene();
  const page = await open({
    apply: () => {
      throw new Error('the page is broken');
    },
  });
  const other = await open();
  dock.announce('a');
  await clock.run(200);
  equal([page.faults.length, page.link.seen, other.applied], [1, 'J.1', ['J.1']]);
});
