// @ts-check
/**
 * Home: decides when a truck leaves and what becomes of its load, for all rows of the table by the table alone.
 * It knows no DOM and no network; `docs/PROTOCOL.md` tells the rules.
 */

import { Bucket } from './bucket.js';
import { Alarm, WALL_CLOCK, watchful } from './clock.js';
import { compare, join } from './cursor.js';
import { kindOf } from './feed.js';
import { Limit } from './limit.js';
import { Line } from './line.js';
import { Outage } from './outage.js';
import { Patience, STEADY_MS } from './patience.js';
import { Tally } from './tally.js';
import { GRACE_MS, Trucks } from './trucks.js';
import { Words } from './words.js';

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Item} Item */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./fleets.js').Fleet} Fleet */
/** @typedef {import('./trucks.js').Reason} Reason */
/** @typedef {import('./trucks.js').Truck} Truck */
/** @typedef {import('./feed.js').Feed} Feed */
/** @typedef {import('./words.js').Said} Said */
/**
 * What a picture of the trucks shows. On a stream each load is a truck that is home and leaves again, with a new number.
 *
 * @typedef {{what: 'departs', truck: number, words: number, parks: boolean}
 *   | {what: 'home', truck: number, why: string, items: number, parked: number}
 *   | {what: 'lost', truck: number}} Trip
 */

/** How long a truck is willing to park, ms: shorter than common proxies' patience. */
const PARK_MS = 25_000;
/** Departures: at a flood of news, items ride together. */
const DEPARTURES = Object.freeze({ burst: 4, perSecond: 10 });
/** The stations a truck can name; a page that shows more of them watches all. */
export const WATCH_MAX = 64;
/** The longest wait after failures, ms: while somebody looks, and while nobody does or the browser says it is offline. */
const WAIT_MAX_MS = Object.freeze({ near: 3_000, far: 30_000 });

/** One page's home, or that of all pages that share it. */
export class Home {
  #fleet;
  #build;
  #on;
  #clock;
  #parkMs;
  #words;
  #trucks;
  /** In the place of a parked truck, where the row has a stream. */
  #line;
  #patience;
  #limit;
  #outage;
  #bucket;
  #tally = new Tally();
  /** Rings when a truck may leave that had to wait for a token. */
  #token;
  /** Rings when a truck leaves by the clock. */
  #period;

  /** @type {'resting' | 'running' | 'reloading'} */
  #mode = 'resting';
  #seen = '';
  /** The furthest cursor ever: what lies before it is no news. */
  #furthest = '';
  /** @type {readonly string[]} */
  #watch = [];
  /** Whether a truck came home since the last failure: without that, nothing is live. */
  #proven = false;
  /** Whether a truck is owed though nothing else asks for one: by the clock, or for a load dropped before a gap. */
  #owed = false;
  #offline = false;
  #homeAt = -Infinity;
  #number = 0;
  #lineTruck = 0;
  /** @type {string | null} */
  #newBuild = null;
  #told = '';
  #toldWords = '[]';

  /** Whether somebody looks at the page: if not, home waits longer after failures. */
  visible = true;

  /**
   * @param {object} parts
   * @param {Readonly<Fleet>} parts.fleet a row of the table
   * @param {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} parts.send one trip. What it throws means that
   *   the truck is lost; `retryAfterMs` on it, how long the dock asks to stay away; `refused`, words it will never take
   * @param {import('./line.js').Stream} [parts.stream] in place of a truck that parks
   * @param {string} [parts.build] the page's build
   * @param {(items: Item[], load: Load) => void} parts.apply news: each item once, in order, without a gap
   * @param {(state: Feed) => void} [parts.onState]
   * @param {() => void} [parts.onReload] the page must fetch its state anew and `start` from a new cursor
   * @param {(ids: string[]) => void} [parts.onHeard] words that are stored now
   * @param {(words: Said[]) => void} [parts.onSaid] whenever words come further: all that wait, and those that no longer do
   * @param {(trip: Trip) => void} [parts.onTrip]
   * @param {(error: unknown) => void} [parts.onFault] what the page's own callbacks throw: it does not stop the trucks
   * @param {Clock} [parts.clock]
   * @param {() => number} [parts.random]
   * @param {() => string} parts.newId makes 128 random bits, for words
   * @param {number} [parts.parkMs]
   */
  constructor(parts) {
    const { clock = WALL_CLOCK, random = Math.random, parkMs = PARK_MS } = parts;
    const nobody = () => {};
    const { apply, onState = nobody, onReload = nobody, onHeard = nobody, onSaid = nobody, onTrip = nobody } = parts;
    const onFault = parts.onFault ?? ((/** @type {unknown} */ error) => console.error(error));
    this.#fleet = parts.fleet;
    this.#build = parts.build;
    this.#on = { apply, onState, onReload, onHeard, onSaid, onTrip, onFault };
    this.#clock = watchful(clock, () => this.wake());
    this.#parkMs = parkMs;
    this.#words = new Words(parts.newId);
    this.#trucks = new Trucks({
      clock: this.#clock,
      send: parts.send,
      onHome: (truck, load) => this.#arrive(load, truck),
      onLost: (truck, reason) => this.#loseTruck(truck, reason),
      onGivenUp: (truck) => this.#gone(truck),
    });
    this.#line =
      parts.stream &&
      new Line(this.#clock, parts.stream, {
        open: () => {
          this.#alive();
          this.#step();
        },
        load: (load, left) => this.#arrive(load, null, left),
        lost: (reason, ageMs) => this.#lose(reason, ageMs),
      });
    const step = () => this.#step();
    this.#patience = new Patience(this.#clock, random, step);
    this.#limit = new Limit(this.#clock, step);
    this.#outage = new Outage(this.#clock, () => this.#tell());
    this.#bucket = new Bucket(DEPARTURES, clock.now());
    this.#token = new Alarm(this.#clock, step);
    this.#period = new Alarm(this.#clock, () => {
      this.#owed = true;
      this.#step();
    });
  }

  /** The cursor up to which everything has been applied. */
  get seen() {
    return this.#seen;
  }

  /**
   * How the page is fed right now.
   *
   * @returns {Feed}
   */
  get state() {
    const { name, keepOneOut, everyMs } = this.#fleet;
    const idle = !keepOneOut && everyMs === null && !this.#line && this.#trucks.size === 0 && this.#words.size === 0;
    const { tried, until } = this.#patience;
    const { why: limit } = this.#limit;
    const polling = this.#proven && limit !== null && this.#holdsOn;
    const kind = kindOf({ mode: this.#mode, live: this.#isLive, polling, offline: this.#offline, tried, idle });
    const retryAt = kind === 'reconnecting' || kind === 'offline' ? until : null;
    return { kind, retryAt, fleet: name, outageMs: this.#outage.ms, limit, newBuild: this.#newBuild };
  }

  /**
   * What the trucks have done so far: the `departed` are `home`, `lost`, `givenUp` or among `trucksOut`. A stream departs
   * when it is opened, and brings many loads home.
   */
  get stats() {
    const { size, givenUp } = this.#trucks;
    const { isOut = false, givenUp: closed = 0 } = this.#line ?? {};
    return { trucksOut: size + Number(isOut), givenUp: givenUp + closed, ...this.#tally.figures };
  }

  /** The words that wait. */
  get said() {
    return this.#words.list((id) => this.#trucks.carries(id));
  }

  /**
   * Begins, or begins anew; words that are not confirmed yet are kept.
   *
   * @param {{seen?: string, watch?: readonly string[]}} [from] the page's cursor, and the stations it shows (none: all)
   */
  start({ seen = this.#seen, watch = this.#watch } = {}) {
    this.#from(seen, watch);
    this.#go();
  }

  /**
   * Goes on from an earlier place, or with more stations. The road is not doubted for that.
   *
   * @param {{seen: string, watch: readonly string[]}} from
   */
  goBack({ seen, watch }) {
    if (this.#mode !== 'running') return this.start({ seen, watch });
    this.#from(seen, watch);
    this.#step();
  }

  /**
   * Watches fewer stations from the next truck on.
   *
   * @param {readonly string[]} watch
   */
  narrow(watch) {
    this.#watch = watch.length > WATCH_MAX ? [] : watch;
  }

  /**
   * Says something; it is sent until it is confirmed.
   *
   * @param {{id?: string, station: string, text: string}} words with an id if they were said before: nothing is said twice
   * @returns {string} its id, by which `onHeard` names it
   * @throws {RangeError} if it is empty or too long, or too much waits already
   */
  say(words) {
    const id = this.#words.add(words);
    this.#step();
    return id;
  }

  /** Somebody looks again, the network is back, or the machine has slept: trucks that were out for long are not believed. */
  wake() {
    if (this.#mode === 'reloading' || this.#seen === '') return;
    this.#trucks.recallStale();
    this.#dropLine((line) => line.closeStale());
    this.#go();
  }

  /** The browser says that it has no network. Home asks the road itself, for the dock may be on this very machine. */
  offline() {
    if (this.#proven) this.#outage.begins(this.#clock.now());
    this.#offline = true;
    this.#doubt();
    this.#dropLine((line) => line.closeStale());
    this.#step();
  }

  /** The browser says that it has a network again. */
  online() {
    this.wake();
  }

  /** Stops, because nobody looks. `start` or `wake` goes on from what was seen. */
  rest() {
    if (this.#mode === 'running') this.#mode = 'resting';
    this.#outage.forget();
    this.#stop();
    this.#tell();
  }

  /**
   * @param {string} seen
   * @param {readonly string[]} watch
   */
  #from(seen, watch) {
    this.#recallAll();
    this.#seen = seen;
    if (!(compare(seen, this.#furthest) <= 0)) this.#furthest = seen;
    this.narrow(watch);
  }

  /** Forgets past failures, and sees what is to be done. */
  #go() {
    this.#mode = 'running';
    this.#offline = false;
    this.#owed = this.#fleet.everyMs !== null;
    this.#patience.reset();
    this.#limit.hurry();
    this.#doubt();
    this.#token.off();
    this.#step();
  }

  #recallAll() {
    this.#trucks.recallAll();
    this.#dropLine((line) => line.close());
  }

  /** @param {(line: Line) => void} how it may be closed */
  #dropLine(how) {
    if (!this.#line?.isOut) return;
    how(this.#line);
    if (!this.#line.isOut) this.#on.onTrip({ what: 'lost', truck: this.#lineTruck });
  }

  #stop() {
    this.#recallAll();
    this.#patience.reset();
    this.#limit.lift();
    this.#token.off();
    this.#period.off();
  }

  /** Sends what the rules ask for. */
  #step() {
    while (this.#mayDepart() && this.#asksForOne() && this.#trucks.makeRoom(this.#fleet.trucks)) {
      const wait = this.#bucket.take(this.#clock.now());
      if (wait > 0) this.#token.set(wait);
      else this.#depart();
    }
    if (this.#mayDepart() && this.#line && !this.#line.isOut && !this.#limit.waits) this.#openLine();
    this.#tell();
  }

  #mayDepart() {
    const waits = this.#patience.until !== null || this.#token.isSet;
    return this.#mode === 'running' && !waits && !(this.#probes && this.#trucks.oneProbes);
  }

  #asksForOne() {
    return (
      this.#wordsAshore() || this.#owed || (this.#fleet.keepOneOut && !this.#trucks.oneParks && !this.#limit.waits)
    );
  }

  /** Whether there are words that ride on no truck, and could. */
  #wordsAshore() {
    return !this.#line?.holdsWords && this.#words.aboardNext().some(({ id }) => !this.#trucks.carries(id));
  }

  /**
   * Whether the road must be shown to be open before a truck parks, at first and after a failure: a truck that turns
   * round at once tells it in one round trip, a parked one only when it is sent home.
   */
  get #probes() {
    return this.#fleet.keepOneOut && !this.#proven;
  }

  /** Whether something waits at the dock all the time, where the dock lets it. */
  get #holdsOn() {
    return this.#fleet.keepOneOut || this.#line !== undefined;
  }

  /**
   * @param {import('./words.js').Word[]} say
   * @param {number} park
   * @returns {Clipboard}
   */
  #clipboard(say, park) {
    const tally = this.#tally.report();
    const { name: fleet } = this.#fleet;
    const build = this.#build;
    return {
      v: 1,
      fleet,
      park,
      seen: this.#seen,
      watch: this.#watch,
      say,
      ...(build && { build }),
      ...(tally && { tally }),
    };
  }

  #depart() {
    const { hold, wordsMayWait, everyMs } = this.#fleet;
    const mayPark = hold > 0 && !this.#line && !this.#probes && (wordsMayWait || !this.#wordsAshore());
    const say = mayPark && !wordsMayWait ? [] : this.#words.aboardNext();
    const clipboard = this.#clipboard(say, mayPark ? this.#parkMs : 0);
    this.#owed = false;
    if (everyMs !== null) this.#period.set(everyMs);
    const number = this.#leaves(clipboard);
    this.#trucks.depart(clipboard, this.#probes, number);
    this.#tellDeparture(number, clipboard);
  }

  #openLine() {
    const clipboard = this.#clipboard([], this.#parkMs);
    this.#lineTruck = this.#leaves(clipboard);
    this.#line?.open(clipboard);
    this.#tellDeparture(this.#lineTruck, clipboard);
  }

  /**
   * @param {Clipboard} clipboard
   * @returns {number} the truck's
   */
  #leaves(clipboard) {
    if (clipboard.park > 0) this.#limit.asks();
    this.#tally.leaves(clipboard);
    return ++this.#number;
  }

  /**
   * It is told once the truck is out, so that whoever is told finds it among those that are.
   *
   * @param {number} truck
   * @param {Clipboard} clipboard
   */
  #tellDeparture(truck, clipboard) {
    this.#on.onTrip({ what: 'departs', truck, words: clipboard.say.length, parks: clipboard.park > 0 });
  }

  /**
   * A load is home.
   *
   * @param {Load} load
   * @param {Truck | null} truck null: it came on the stream
   * @param {number | null} [left] when its truck left, if somebody knows
   */
  #arrive(load, truck, left = truck?.left ?? null) {
    const joined = join(this.#seen, load);
    if (joined.foreign) return truck ? this.#loseTruck(truck, null) : this.#loseLine();
    const heard = this.#words.forget(load.heard);
    const brought = heard.length > 0 || joined.seen !== this.#seen;
    this.#seen = joined.seen;
    this.#count(load, joined, left);
    this.#alive();

    const fruitless =
      truck !== null && truck.park > 0 && !this.#trucks.oneParks && !brought && this.#trucks.age(truck) < STEADY_MS;
    this.#patience.home(fruitless && load.limit === undefined, this.#waitMaxMs);
    this.#hold(load, truck);
    if (load.why === 'closing') this.#close(load.retry);
    if (load.why === 'reload') this.#mode = 'reloading';

    try {
      if (heard.length > 0) this.#on.onHeard(heard);
      if (joined.fresh.length > 0) this.#on.apply(joined.fresh, load);
    } catch (error) {
      this.#on.onFault(error);
    }
    this.#isHome(load, truck);
    if (joined.gap && this.#line) return this.#loseLine(); // what is missing and what was dropped come together on the next one
    this.#owed ||= joined.gap;
    if (load.why === 'reload') this.#reload();
    this.#step();
  }

  /**
   * @param {Load} load
   * @param {{fresh: Item[], repeated: number, gap: boolean}} joined
   * @param {number | null} left
   */
  #count(load, { fresh, repeated, gap }, left) {
    const news = fresh.filter(({ at }) => !(compare(at, this.#furthest) <= 0));
    if (!(compare(this.#seen, this.#furthest) <= 0)) this.#furthest = this.#seen;
    this.#tally.arrived(load, { repeated, gap, news, left, now: this.#clock.now() });
    this.#newBuild = load.build ?? null;
  }

  /** The road is open. */
  #alive() {
    this.#homeAt = this.#clock.now();
    this.#proven = true;
    this.#offline = false;
    this.#outage.ends(this.#homeAt);
    this.#patience.fine();
  }

  /**
   * Sees whether the dock lets something wait.
   *
   * @param {Load} load
   * @param {Truck | null} truck
   */
  #hold({ why, limit, retry, parked }, truck) {
    if (limit !== undefined) {
      if (!this.#trucks.oneParks) this.#limit.turned(limit, retry);
    } else if ((truck === null || truck.park > 0) && (why === 'ticket' || why === 'relieved' || (parked ?? 0) > 0)) {
      this.#limit.lift();
    }
  }

  /**
   * @param {Load} load
   * @param {Truck | null} truck
   */
  #isHome({ why, cargo, parked = 0, limit }, truck) {
    const line = this.#line?.isOut ? this.#line : undefined;
    this.#on.onTrip({ what: 'home', truck: truck?.number ?? this.#lineTruck, why, items: cargo.length, parked });
    const ends = why === 'closing' || why === 'reload' || limit !== undefined;
    if (ends) line?.close();
    if (truck !== null || ends || !line) return;
    this.#lineTruck = ++this.#number;
    this.#on.onTrip({ what: 'departs', truck: this.#lineTruck, words: 0, parks: true });
  }

  /**
   * A truck does not come home.
   *
   * @param {Truck} truck
   * @param {Reason} reason
   */
  #loseTruck(truck, reason) {
    this.#tally.lost++;
    this.#gone(truck);
    const { say } = truck.clipboard;
    const refused = (reason?.refused ?? []).filter((word) =>
      this.#words.refuse(say[word.index]?.id ?? '', word.reason),
    );
    if (refused.length === 0) return this.#lose(reason, this.#trucks.age(truck), truck.number);
    // The road is open: without these words the next truck will get through.
    this.#owed ||= this.#fleet.everyMs !== null;
    this.#step();
  }

  /**
   * A truck will not come home any more.
   *
   * @param {Truck} truck
   */
  #gone(truck) {
    this.#tally.unreported(truck.clipboard.tally);
    this.#on.onTrip({ what: 'lost', truck: truck.number });
  }

  /** What the stream brings is of no use. */
  #loseLine() {
    this.#line?.close();
    this.#lose(null, 0);
  }

  /**
   * A truck or the stream is lost.
   *
   * @param {Reason} reason
   * @param {number} ageMs how long it was out
   * @param {number} [truck] none: the stream
   */
  #lose(reason, ageMs, truck) {
    if (this.#proven) this.#outage.begins(reason?.late ? this.#homeAt : this.#clock.now());
    this.#doubt();
    if (truck === undefined) {
      this.#tally.lost++;
      this.#on.onTrip({ what: 'lost', truck: this.#lineTruck });
      for (const { id = '', reason: why } of reason?.refused ?? []) this.#words.refuse(id, why);
      if (this.#line?.carriesWords) this.#trucks.recallAll();
    }
    this.#owed ||= this.#fleet.everyMs !== null;
    this.#patience.lost(ageMs, this.#waitMaxMs, reason?.retryAfterMs);
    this.#step();
  }

  /**
   * The dock closes, and says when to come back.
   *
   * @param {number | undefined} retryMs
   */
  #close(retryMs) {
    this.#outage.begins(this.#clock.now());
    this.#doubt();
    this.#patience.sentAway(retryMs, WAIT_MAX_MS.near);
  }

  /** Our place in the journal is gone. */
  #reload() {
    this.#stop();
    this.#tell();
    this.#on.onReload();
  }

  /** From here on, only a truck that comes home shows that the road is open. */
  #doubt() {
    this.#proven = false;
    this.#trucks.doubt();
  }

  get #waitMaxMs() {
    return this.visible && !this.#offline ? WAIT_MAX_MS.near : WAIT_MAX_MS.far;
  }

  /** Whether news would reach the page now, as far as home can know. */
  get #isLive() {
    const { everyMs, keepOneOut } = this.#fleet;
    if (!this.#proven) return false;
    if (this.#line) return this.#line.isOpen;
    if (keepOneOut) return this.#trucks.oneParks || this.#token.isSet;
    const silence = this.#clock.now() - this.#homeAt;
    return everyMs === null ? this.#trucks.size > 0 && silence <= this.#parkMs + GRACE_MS : silence <= 2 * everyMs;
  }

  #tell() {
    const state = this.state;
    const told = JSON.stringify(state);
    if (told !== this.#told) {
      this.#told = told;
      this.#on.onState(state);
    }
    const said = [...this.#words.ended(), ...this.said];
    const toldWords = JSON.stringify(said);
    if (toldWords === this.#toldWords) return;
    this.#toldWords = toldWords;
    this.#on.onSaid(said);
  }
}
