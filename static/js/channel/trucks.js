// @ts-check
/** The trucks that are out. It knows when one is lost, and which of them can still be counted on. */

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./wire.js').Refused} Refused */
/** @typedef {{retryAfterMs?: number, refused?: Refused[], late?: boolean} | null | undefined} Reason */
/**
 * @typedef {object} Truck
 * @property {number} number counts departures
 * @property {Clipboard} clipboard
 * @property {number} left when, ms
 * @property {number} park how long it is willing to park, ms
 * @property {boolean} probe whether it left to find out if the road is open
 * @property {Set<string>} ids the words aboard
 * @property {AbortController} aborter its own: a truck that is given up must not take another with it
 * @property {() => void} callOff ends its deadline
 */

/** How long beyond its parking time a truck may take before it is lost, ms. */
export const GRACE_MS = 5_000;

/** A truck younger than this is still believed after the page woke, ms. */
export const FRESH_MS = 5_000;

/** The trucks of one home that are out. */
export class Trucks {
  #clock;
  #send;
  #onHome;
  #onLost;
  #onGivenUp;
  /** @type {Set<Truck>} in order of departure */
  #out = new Set();
  /** Trucks up to this number left before the last failure: they may come home yet, but nobody counts on them. */
  #doubted = 0;

  /** The number of the last that left. */
  #last = 0;

  /** How many were called back. */
  givenUp = 0;

  /**
   * @param {object} parts
   * @param {Clock} parts.clock
   * @param {(clipboard: Clipboard, signal: AbortSignal) => Promise<Load>} parts.send
   * @param {(truck: Truck, load: Load) => void} parts.onHome
   * @param {(truck: Truck, reason: Reason) => void} parts.onLost
   * @param {(truck: Truck) => void} [parts.onGivenUp]
   */
  constructor({ clock, send, onHome, onLost, onGivenUp = () => {} }) {
    this.#clock = clock;
    this.#send = send;
    this.#onHome = onHome;
    this.#onLost = onLost;
    this.#onGivenUp = onGivenUp;
  }

  /** How many are out. */
  get size() {
    return this.#out.size;
  }

  /** Whether a truck is out that may park, and that left after the last failure. */
  get oneParks() {
    return [...this.#out].some((truck) => truck.park > 0 && truck.number > this.#doubted);
  }

  /** Whether a truck is out to find out if the road is open. */
  get oneProbes() {
    return [...this.#out].some((truck) => truck.probe);
  }

  /**
   * Whether a word rides on a truck that is out.
   *
   * @param {string} id
   */
  carries(id) {
    return [...this.#out].some((truck) => truck.ids.has(id));
  }

  /**
   * How long a truck has been out, ms.
   *
   * @param {Truck} truck
   */
  age(truck) {
    return this.#clock.now() - truck.left;
  }

  /**
   * Sends a truck.
   *
   * @param {Clipboard} clipboard
   * @param {boolean} probe
   * @param {number} number higher than that of the truck before
   */
  depart(clipboard, probe, number) {
    const aborter = new AbortController();
    this.#last = number;
    /** @type {Truck} */
    const truck = {
      number,
      clipboard,
      left: this.#clock.now(),
      park: clipboard.park,
      probe,
      ids: new Set(clipboard.say.map(({ id }) => id)),
      aborter,
      callOff: this.#clock.after(clipboard.park + GRACE_MS, () => {
        this.#remove(truck);
        aborter.abort();
        this.#onLost(truck, { late: true });
      }),
    };
    this.#out.add(truck);
    // A truck that was given up may still come home, but it is nobody's any more: its load will come again.
    const trip = (async () => this.#send(clipboard, aborter.signal))();
    trip.then(
      (load) => this.#remove(truck) && this.#onHome(truck, load),
      (reason) => this.#remove(truck) && this.#onLost(truck, reason),
    );
  }

  /** From here on, nobody counts on the trucks that are out. */
  doubt() {
    this.#doubted = this.#last;
  }

  /**
   * Whether there is room for one more; if all are out, the oldest that nobody counts on is given up.
   *
   * @param {number} trucks how many there are
   */
  makeRoom(trucks) {
    if (this.#out.size < trucks) return true;
    const doubted = [...this.#out].find((truck) => truck.number <= this.#doubted && this.#isStale(truck));
    if (doubted) this.#giveUp(doubted);
    return doubted !== undefined;
  }

  /** Gives up the trucks that have been out for long. */
  recallStale() {
    [...this.#out].filter((truck) => this.#isStale(truck)).forEach((truck) => this.#giveUp(truck));
  }

  /** Gives up all trucks. */
  recallAll() {
    [...this.#out].forEach((truck) => this.#giveUp(truck));
  }

  /** @param {Truck} truck */
  #isStale(truck) {
    const age = this.age(truck);
    return age > FRESH_MS || age < 0; // below 0: the clock was set back, and says nothing about the truck
  }

  /** @param {Truck} truck */
  #giveUp(truck) {
    this.#remove(truck);
    this.givenUp++;
    truck.aborter.abort();
    this.#onGivenUp(truck);
  }

  /**
   * @param {Truck} truck
   * @returns {boolean} whether it was out
   */
  #remove(truck) {
    truck.callOff();
    return this.#out.delete(truck);
  }
}
