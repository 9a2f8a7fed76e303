// @ts-check
/**
 * Homes of all six fleets on a road that delays, reorders, doubles and loses trucks, before a dock that dies and closes:
 * the promises of the protocol hold at every instant, and once the faults stop, all is delivered.
 */

import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { equal, ok, test } from './check.js';
import { BadRoad, ModelDock } from './model.js';
import { VirtualClock, seeded } from './virtual.js';

const RUNS = 300;
const PARK_MS = 10_000;
const GRACE_MS = 5_000;
const CHAOS_MS = 40_000;

class Run {
  clock = new VirtualClock();
  /** @type {string[]} the places of the news that the page watches, in order */
  news = [];
  applied = 0;
  /** @type {string[]} */
  said = [];
  /** @type {string[]} */
  heard = [];
  /** @type {string[]} */
  faults = [];
  checked = 0;
  echoed = 0;

  /**
   * @param {string} name
   * @param {number} seed
   */
  constructor(name, seed) {
    this.fleet = FLEETS[name];
    this.random = seeded(seed);
    this.dock = new ModelDock(this.fleet, this.clock, this.random);
    this.road = new BadRoad(this.dock, this.clock, this.random);
    this.watch = seed % 2 === 0 ? [] : ['a'];
    this.echoes = seed % 3 === 0;
    this.home = new Home({
      fleet: this.fleet,
      send: this.road.send,
      apply: (items) => items.forEach((item) => this.#applies(item)),
      onHeard: (ids) => this.heard.push(...ids),
      onFault: (error) => this.faults.push(String(error)),
      clock: this.clock,
      random: this.random,
      newId: () => `w${this.said.length}`,
      parkMs: PARK_MS,
    });
  }

  /** @param {import('../../static/js/channel/wire.js').Item} item */
  #applies(item) {
    equal(item.at, this.news[this.applied++], 'S1, S2: every piece of news once, in order, without a gap');
  }

  say() {
    if (this.said.length - this.heard.length >= 50) return;
    this.said.push(this.home.say({ station: 'a', text: 'hello' }));
  }

  /** @param {string} topic */
  announce(topic) {
    if (this.watch.length === 0 || this.watch.includes(topic)) this.news.push(`J.${this.dock.head + 1}`);
    this.dock.announce(topic);
  }

  /** What holds at every instant. */
  look = () => {
    const { trucksOut, departed, home, lost, givenUp } = this.home.stats;
    ok(trucksOut <= this.fleet.trucks, `S3: ${trucksOut} trucks are out`);
    ok(departed === trucksOut + home + lost + givenUp, 'a departure is not accounted for');
    const { stored } = this.dock;
    for (; this.checked < stored.length; this.checked++) {
      ok(
        stored[this.checked] === this.said[this.checked],
        'S5: every word is stored once, in the order in which it was said',
      );
    }
    const silence = this.clock.now() - this.road.lastHome;
    const live = this.home.state.kind === 'live';
    ok(!live || silence <= PARK_MS + GRACE_MS + 100, `live, after ${silence} ms of silence`);
    ok(this.faults.length === 0, String(this.faults));
  };

  async chaos() {
    const { home, dock, clock, random } = this;
    const until = clock.now() + CHAOS_MS;
    home.start({ seen: 'J.0', watch: this.watch });
    while (clock.now() < until) {
      const dice = random();
      if (dice < 0.5) this.announce(random() < 0.7 ? 'a' : 'b');
      else if (dice < 0.7) this.say();
      else if (dice < 0.74) home.wake();
      else if (dice < 0.76) home.rest();
      else if (dice < 0.78) home.offline();
      else if (dice < 0.8) home.online();
      else if (dice < 0.82) home.visible = !home.visible;
      else if (dice < 0.83) await clock.sleep(random() * 60_000);
      else if (dice < 0.86) dock.die();
      else if (dice < 0.87) dock.close();
      else if (dice < 0.9) dock.closed = false;
      if (this.echoes && this.echoed < dock.stored.length) this.#echo();
      await clock.run(random() ** 2 * 1_000, this.look);
    }
    this.road.bad = false;
    dock.closed = false;
    home.visible = true;
    if (home.state.kind === 'resting' && this.fleet.keepOneOut) home.wake();
    home.online();
  }

  /** What was said is news, too. */
  #echo() {
    this.echoed++;
    this.announce('a');
  }

  /** Once the faults stop. */
  async calm() {
    const { home, dock, clock, fleet } = this;
    const before = home.stats;
    const oneParkingTime = PARK_MS + GRACE_MS;
    await clock.run(oneParkingTime, this.look);
    if (!fleet.keepOneOut && fleet.everyMs === null) {
      this.say(); // such a fleet hears only when it speaks
      await clock.run(oneParkingTime, this.look);
    }
    equal(this.applied, this.news.length, 'L4: all is delivered within one parking time');
    equal(dock.stored, this.said, 'L4: all words are stored');

    await clock.run(3 * PARK_MS, this.look);
    equal([...this.heard].sort(), [...this.said].sort(), 'every word is confirmed once');
    const { departed, tickets, trucksOut } = home.stats;
    const polls = fleet.everyMs ? Math.ceil((2 * oneParkingTime + 3 * PARK_MS) / fleet.everyMs) : 0;
    const deliveries = departed - before.departed - (tickets - before.tickets) - polls;
    ok(deliveries <= 16, `L1: ${deliveries} deliveries without news and words`);
    if (fleet.keepOneOut) {
      equal(
        [dock.parked.length, trucksOut],
        [1, 1],
        'L2: at rest exactly one truck is parked, and home believes it out',
      );
      equal(home.state.kind, 'live');
      this.announce('a');
      await clock.run(20, this.look);
      equal(this.applied, this.news.length, 'L3: a parked truck leaves in the step in which its news is announced');
    }
    home.rest();
    equal(home.stats.trucksOut, 0);
  }
}

for (const name of Object.keys(FLEETS).filter((name) => FLEETS[name].down === 'trucks')) {
  test(`${name}: ${RUNS} runs on a bad road keep every promise`, async () => {
    const total = { applied: 0, departed: 0, repeated: 0, gaps: 0, lost: 0 };
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = new Run(name, seed);
      try {
        await run.chaos();
        await run.calm();
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
      const { departed, repeated, gaps, lost } = run.home.stats;
      total.applied += run.applied;
      total.departed += departed;
      total.repeated += repeated;
      total.gaps += gaps;
      total.lost += lost;
    }
    console.info(`${name}: ${JSON.stringify(total)}`);
    ok(total.applied > 5_000 && total.lost > 300, 'the runs were worth it');
  });
}
