// @ts-check
/** All that is out: trucks, and the stream in the place of a parked one. It numbers and counts them, and tells of each trip. */

import { Line } from './line.js';
import { Trucks } from './trucks.js';

/** @typedef {import('./listener.js').Trip} Trip */
/** @typedef {import('./trucks.js').Reason} Reason */
/** @typedef {import('./trucks.js').Truck} Truck */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */

/** The road of one home. */
export class Road {
  #tally;
  #onTrip;
  #trucks;
  #line;
  /** The number of the last departure. */
  #number = 0;
  /** The number that the stream has now. */
  #lineTruck = 0;

  /**
   * @param {object} parts
   * @param {import('./clock.js').Clock} parts.clock
   * @param {import('./tally.js').Tally} parts.tally
   * @param {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} parts.send
   * @param {import('./line.js').Stream} [parts.stream]
   * @param {(trip: Trip) => void} parts.onTrip
   * @param {() => void} parts.onOpen the stream is open
   * @param {(load: Load, truck: Truck | null, left: number | null) => void} parts.onHome a load, by a truck or, null, on
   *   the stream; and when that left, if somebody knows
   * @param {(truck: Truck | null, reason: Reason, ageMs: number) => void} parts.onLost a truck or, null, the stream
   */
  constructor({ clock, tally, send, stream, onTrip, onOpen, onHome, onLost }) {
    this.#tally = tally;
    this.#onTrip = onTrip;
    this.#trucks = new Trucks({
      clock,
      send,
      onHome: (truck, load) => onHome(load, truck, truck.left),
      onLost: (truck, reason) => onLost(truck, reason, this.#trucks.age(truck)),
      onGivenUp: (truck) => this.#gone(truck),
    });
    const open = {
      open: onOpen,
      load: (/** @type {Load} */ load, /** @type {number | null} */ left) => onHome(load, null, left),
    };
    this.#line = stream && new Line(clock, stream, { ...open, lost: (reason, ageMs) => onLost(null, reason, ageMs) });
  }

  /** The trucks that are out. */
  get trucks() {
    return this.#trucks;
  }

  /** The stream, where the row has one. */
  get line() {
    return this.#line;
  }

  /** What is out, and how many were called back. */
  get stats() {
    const { isOut = false, givenUp = 0 } = this.#line ?? {};
    return { trucksOut: this.#trucks.size + Number(isOut), givenUp: this.#trucks.givenUp + givenUp };
  }

  /**
   * Sends a truck.
   *
   * @param {Clipboard} clipboard
   * @param {boolean} probe whether it finds out if the road is open
   */
  depart(clipboard, probe) {
    this.#leaves(clipboard);
    const number = this.#number;
    this.#trucks.depart(clipboard, probe, number);
    this.#tellDeparture(number, clipboard);
  }

  /**
   * Opens the stream.
   *
   * @param {Clipboard} clipboard
   */
  open(clipboard) {
    this.#leaves(clipboard);
    this.#lineTruck = this.#number;
    this.#line?.open(clipboard);
    this.#tellDeparture(this.#lineTruck, clipboard);
  }

  /**
   * Tells that a load is home. The stream leaves again at once, unless the load ends it.
   *
   * @param {Load} load
   * @param {Truck | null} truck null: it came on the stream
   */
  home({ why, cargo, parked = 0, limit }, truck) {
    const line = this.#line?.isOut ? this.#line : undefined;
    this.#onTrip({ what: 'home', truck: truck?.number ?? this.#lineTruck, why, items: cargo.length, parked });
    const ends = why === 'closing' || why === 'reload' || limit !== undefined;
    if (ends) line?.close();
    if (truck !== null || ends || !line) return;
    this.#lineTruck = ++this.#number;
    this.#onTrip({ what: 'departs', truck: this.#lineTruck, words: 0, parks: true });
  }

  /**
   * Counts and tells that a truck or, null, the stream is lost.
   *
   * @param {Truck | null} truck
   */
  lost(truck) {
    this.#tally.lost++;
    if (truck) return this.#gone(truck);
    this.#line?.close();
    this.#onTrip({ what: 'lost', truck: this.#lineTruck });
    if (this.#line?.carriesWords) this.#trucks.recallAll();
  }

  /** Calls all back. */
  recallAll() {
    this.#trucks.recallAll();
    this.#drop((line) => line.close());
  }

  /** Calls back what has been out for long. */
  recallStale() {
    this.#trucks.recallStale();
    this.dropStaleLine();
  }

  /** Closes a stream that has been silent for long. */
  dropStaleLine() {
    this.#drop((line) => line.closeStale());
  }

  /** @param {Clipboard} clipboard */
  #leaves(clipboard) {
    this.#tally.leaves(clipboard);
    this.#number++;
  }

  /**
   * It is told once the truck is out, so that whoever is told finds it among those that are.
   *
   * @param {number} truck
   * @param {Clipboard} clipboard
   */
  #tellDeparture(truck, { say, park }) {
    this.#onTrip({ what: 'departs', truck, words: say.length, parks: park > 0 });
  }

  /**
   * A truck will not come home any more.
   *
   * @param {Truck} truck
   */
  #gone(truck) {
    this.#tally.unreported(truck.clipboard.tally);
    this.#onTrip({ what: 'lost', truck: truck.number });
  }

  /** @param {(line: Line) => void} how it may be closed */
  #drop(how) {
    if (!this.#line?.isOut) return;
    how(this.#line);
    if (!this.#line.isOut) this.#onTrip({ what: 'lost', truck: this.#lineTruck });
  }
}
