// @ts-check
/** A dock in small, after the three steps of the protocol, for homes in virtual time. It has one bay and a durable journal. */

import { ok } from './check.js';

/** @typedef {import('../../static/js/channel/wire.js').Clipboard} Clipboard */
/** @typedef {import('../../static/js/channel/wire.js').Load} Load */
/** @typedef {import('../../static/js/channel/fleets.js').Fleet} Fleet */
/** @typedef {{place: number, topic: string}} News */
/**
 * @typedef {object} Parked
 * @property {number} seen
 * @property {number} base how far the trucks of this bay have taken the news since it parked
 * @property {Clipboard} clipboard
 * @property {string[]} heard
 * @property {(load: Load | null) => void} goes null: the dock died
 * @property {() => void} callOff
 */

/** @param {number} place */
const cursor = (place) => `J.${place}`;

export class ModelDock {
  /** @type {News[]} durable */
  journal = [];
  /** @type {string[]} ids, durable */
  stored = [];
  /** @type {Parked[]} in order of arrival */
  parked = [];
  closed = false;
  #fleet;
  #clock;
  #random;

  /**
   * @param {Readonly<Fleet>} fleet
   * @param {import('./virtual.js').VirtualClock} clock
   * @param {() => number} random
   */
  constructor(fleet, clock, random) {
    this.#fleet = fleet;
    this.#clock = clock;
    this.#random = random;
  }

  get head() {
    return this.journal.length;
  }

  /**
   * A truck arrives; `goes` is called once, when it leaves.
   *
   * @param {Clipboard} clipboard
   * @param {(load: Load | null) => void} goes
   */
  arrive(clipboard, goes) {
    for (const { id } of clipboard.say) if (!this.stored.includes(id)) this.stored.push(id);
    const heard = clipboard.say.map(({ id }) => id);
    const seen = Number(clipboard.seen.slice(2));
    if (this.closed)
      return goes({ ...this.#load('closing', seen, [], seen), heard, retry: Math.floor(this.#random() * 2_000) });
    const news = this.#since(seen, clipboard.watch);
    const inAHurry = heard.length > 0 && !this.#fleet.wordsMayWait;
    if (news.length > 0 || clipboard.park === 0 || this.#fleet.hold === 0 || inAHurry) {
      return goes({ ...this.#load('turn', seen, news), heard });
    }
    /** @type {Parked} */
    const truck = { seen, base: seen, clipboard, heard, goes, callOff: () => {} };
    truck.callOff = this.#clock.after(clipboard.park * (0.9 + 0.1 * this.#random()), () => this.#tow(truck));
    this.parked.push(truck);
    while (this.parked.length > this.#fleet.hold) {
      const [longest] = this.parked;
      longest.heard = [...longest.heard, ...heard];
      this.#leave(longest, this.#load('relieved', longest.seen, [], longest.seen));
    }
    ok(this.parked.length <= this.#fleet.hold, 'S4: more are parked than the fleet may hold');
  }

  /** @param {string} topic */
  announce(topic) {
    this.journal.push({ place: this.head + 1, topic });
    for (const truck of [...this.parked]) {
      const news = this.#since(truck.base, truck.clipboard.watch);
      if (news.length === 0) continue;
      this.#leave(truck, this.#load('cargo', truck.base, news));
      for (const mate of this.parked) mate.base = this.head;
    }
  }

  /** Everyone goes home; who comes is sent away. */
  close() {
    this.closed = true;
    for (const truck of [...this.parked]) {
      this.#leave(truck, {
        ...this.#load('closing', truck.seen, [], truck.seen),
        retry: Math.floor(this.#random() * 2_000),
      });
    }
  }

  /** The process ends without a word. What is durable stays. */
  die() {
    for (const { callOff, goes } of this.parked.splice(0)) {
      callOff();
      goes(null);
    }
  }

  /** @param {Parked} truck */
  #tow(truck) {
    this.#leave(truck, this.#load('ticket', truck.seen, this.#since(truck.seen, truck.clipboard.watch)));
  }

  /**
   * @param {Parked} truck
   * @param {Load} load
   */
  #leave(truck, load) {
    truck.callOff();
    this.parked.splice(this.parked.indexOf(truck), 1);
    truck.goes({ ...load, heard: truck.heard });
  }

  /**
   * @param {number} seen
   * @param {readonly string[]} watch
   */
  #since(seen, watch) {
    return this.journal.slice(seen).filter(({ topic }) => watch.length === 0 || watch.includes(topic));
  }

  /**
   * @param {string} otherwise why it leaves, if there is no news
   * @param {number} after
   * @param {News[]} news
   * @param {number} [seen]
   * @returns {Load}
   */
  #load(otherwise, after, news, seen = this.head) {
    const cargo = news.map(({ place, topic }) => ({ at: cursor(place), kind: 'report', station: topic }));
    return {
      v: 1,
      why: news.length > 0 ? 'cargo' : otherwise,
      after: cursor(after),
      seen: cursor(seen),
      cargo,
      heard: [],
    };
  }
}

/** A road on which trucks are delayed, overtaken, doubled and lost. */
export class BadRoad {
  /** Whether anything goes wrong. */
  bad = true;
  /** When a load last came home. */
  lastHome = -Infinity;
  #dock;
  #clock;
  #random;

  /**
   * @param {ModelDock} dock
   * @param {import('./virtual.js').VirtualClock} clock
   * @param {() => number} random
   */
  constructor(dock, clock, random) {
    this.#dock = dock;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * @param {Clipboard} clipboard
   * @param {AbortSignal} signal
   * @returns {Promise<Load>}
   */
  send = (clipboard, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('given up')));
      const copies = this.#happens(0.08) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) this.#copy(clipboard, resolve, reject);
    });

  /**
   * @param {Clipboard} clipboard
   * @param {(load: Load) => void} resolve
   * @param {(reason: Error) => void} reject
   */
  #copy(clipboard, resolve, reject) {
    const fails = () => this.#happens(0.5) && this.#later(() => reject(new Error('no answer'))); // else: silence
    if (this.#happens(0.08)) return fails();
    if (this.#happens(0.03)) return this.#later(() => reject(Object.assign(new Error('503'), { retryAfterMs: 1_000 })));
    this.#later(() =>
      this.#dock.arrive(clipboard, (load) => {
        if (load === null) return this.#later(() => reject(new Error('the connection broke')));
        if (this.#happens(0.08)) return fails();
        this.#later(() => {
          this.lastHome = this.#clock.now();
          resolve(load);
        });
      }),
    );
    // A box on the way forgets the connection; the dock does not notice.
    if (this.#happens(0.05)) this.#clock.after(this.#random() * 5_000, () => reject(new Error('cut')));
  }

  /** @param {number} chance */
  #happens(chance) {
    return this.bad && this.#random() < chance;
  }

  /** @param {() => void} then */
  #later(then) {
    this.#clock.after(this.bad ? 1 + this.#random() ** 3 * 800 : 20, then);
  }
}
