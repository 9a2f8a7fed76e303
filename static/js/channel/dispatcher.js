// @ts-check
/** Decides when a truck leaves, and what it takes along, by the row of the table alone. */

import { Bucket } from './bucket.js';
import { Alarm } from './clock.js';

/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./words.js').Word} Word */

/** Departures: at a flood of news, items ride together. */
const DEPARTURES = Object.freeze({ burst: 4, perSecond: 10 });

/** Sends the trucks of one home. */
export class Dispatcher {
  #fleet;
  #build;
  #parkMs;
  #clock;
  #place;
  #words;
  #road;
  #limit;
  #patience;
  #proof;
  #tally;
  #bucket;
  /** Rings when a truck may leave that had to wait for a token. */
  #token;
  /** Rings when a truck leaves by the clock. */
  #period;

  /** Whether a truck is owed though nothing else asks for one: by the clock, or for a load dropped before a gap. */
  owed = false;
  /** Whether trucks may leave at all. */
  open = false;

  /**
   * @param {object} parts
   * @param {Readonly<import('./fleets.js').Fleet>} parts.fleet
   * @param {string} [parts.build] the page's
   * @param {number} parts.parkMs how long a truck is willing to park
   * @param {import('./clock.js').Clock} parts.clock
   * @param {import('./place.js').Place} parts.place
   * @param {import('./words.js').Words} parts.words
   * @param {import('./road.js').Road} parts.road
   * @param {import('./limit.js').Limit} parts.limit
   * @param {import('./patience.js').Patience} parts.patience
   * @param {import('./proof.js').Proof} parts.proof
   * @param {import('./tally.js').Tally} parts.tally
   * @param {() => void} parts.onTime a truck may leave that might not before
   */
  constructor(parts) {
    const { fleet, build, parkMs, clock, place, words, road, limit, patience, proof, tally, onTime } = parts;
    this.#fleet = fleet;
    this.#build = build;
    this.#parkMs = parkMs;
    this.#clock = clock;
    this.#place = place;
    this.#words = words;
    this.#road = road;
    this.#limit = limit;
    this.#patience = patience;
    this.#proof = proof;
    this.#tally = tally;
    this.#bucket = new Bucket(DEPARTURES, clock.now());
    this.#token = new Alarm(clock, onTime);
    this.#period = new Alarm(clock, () => {
      this.owed = true;
      onTime();
    });
  }

  /** Whether a truck is about to leave that waits for a token. */
  get isAbout() {
    return this.#token.isSet;
  }

  /** Trucks may leave from here on; past departures count no more. */
  begin() {
    this.open = true;
    this.owed = false;
    this.owesByClock();
    this.#token.off();
  }

  /** No truck leaves any more until it begins anew. */
  stop() {
    this.open = false;
    this.#token.off();
    this.#period.off();
  }

  /** A truck that leaves by the clock did not come home: another leaves before its time. */
  owesByClock() {
    this.owed ||= this.#fleet.everyMs !== null;
  }

  /** Sends what the rules ask for. */
  step() {
    while (this.#may && this.#asksForOne && this.#road.trucks.makeRoom(this.#fleet.trucks)) {
      const wait = this.#bucket.take(this.#clock.now());
      if (wait > 0) this.#token.set(wait);
      else this.#depart();
    }
    const { line } = this.#road;
    if (this.#may && line && !line.isOut && !this.#limit.waits) this.#openLine();
  }

  get #may() {
    const waits = this.#patience.until !== null || this.#token.isSet;
    return this.open && !waits && !(this.#probes && this.#road.trucks.oneProbes);
  }

  get #asksForOne() {
    const { keepOneOut } = this.#fleet;
    return this.#wordsAshore || this.owed || (keepOneOut && !this.#road.trucks.oneParks && !this.#limit.waits);
  }

  /** Whether there are words that ride on no truck, and could. */
  get #wordsAshore() {
    const { line, trucks } = this.#road;
    return !line?.holdsWords && this.#words.aboardNext().some(({ id }) => !trucks.carries(id));
  }

  /**
   * Whether the road must be shown to be open before a truck parks, at first and after a failure: a truck that turns
   * round at once tells it in one round trip, a parked one only when it is sent home.
   */
  get #probes() {
    return this.#fleet.keepOneOut && !this.#proof.holds;
  }

  #depart() {
    const { hold, wordsMayWait, everyMs } = this.#fleet;
    const mayPark = hold > 0 && !this.#road.line && !this.#probes && (wordsMayWait || !this.#wordsAshore);
    const say = mayPark && !wordsMayWait ? [] : this.#words.aboardNext();
    const clipboard = this.#clipboard(say, mayPark ? this.#parkMs : 0);
    this.owed = false;
    if (everyMs !== null) this.#period.set(everyMs);
    this.#road.depart(clipboard, this.#probes);
  }

  #openLine() {
    this.#road.open(this.#clipboard([], this.#parkMs));
  }

  /**
   * @param {Word[]} say
   * @param {number} park
   * @returns {Clipboard}
   */
  #clipboard(say, park) {
    if (park > 0) this.#limit.asks();
    const tally = this.#tally.report();
    const { name: fleet } = this.#fleet;
    const build = this.#build;
    const { seen, watch } = this.#place;
    return { v: 1, fleet, park, seen, watch, say, ...(build && { build }), ...(tally && { tally }) };
  }
}
