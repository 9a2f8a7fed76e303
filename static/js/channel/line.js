// @ts-check
/**
 * The stream of a modern row, in the place of a parked truck: each load on it is a truck that came home and left again.
 * It knows when a stream is lost or has gone stale; which kind of stream it is, it does not know.
 */

import { Alarm } from './clock.js';
import { FRESH_MS, GRACE_MS } from './trucks.js';

/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./trucks.js').Reason} Reason */
/**
 * @typedef {object} Hooks what a stream tells
 * @property {() => void} onOpen
 * @property {(load: Load) => void} onLoad
 * @property {() => void} onSign something came that another takes
 * @property {(reason: Reason) => void} onLost it is over, and was not closed by us
 */
/**
 * @typedef {object} Stream a road down
 * @property {(clipboard: Clipboard, hooks: Hooks) => () => void} open returns what closes it; the hooks are called later
 * @property {boolean} carriesWords whether words ride up on it, so that they have to wait until it is open
 */

/** A home's stream. */
export class Line {
  #clock;
  #stream;
  #on;
  #silence;
  /** @type {(() => void) | null} */
  #close = null;
  #heardAt = 0;
  #openedAt = 0;
  #parkMs = 0;

  /** Whether news would come down now. */
  isOpen = false;
  /** How many we closed ourselves. */
  givenUp = 0;

  /**
   * @param {import('./clock.js').Clock} clock
   * @param {Stream} stream
   * @param {object} on
   * @param {() => void} on.open
   * @param {(load: Load, left: number | null) => void} on.load with the time when the stream was opened if it is the first
   * @param {(reason: Reason, ageMs: number) => void} on.lost
   */
  constructor(clock, stream, on) {
    this.#clock = clock;
    this.#stream = stream;
    this.#on = on;
    this.#silence = new Alarm(clock, () => this.#lose({ late: true }));
  }

  /** Whether a stream is open, or about to be. */
  get isOut() {
    return this.#close !== null;
  }

  /** Whether words have to wait for it. */
  get holdsWords() {
    return this.#stream.carriesWords && !this.isOpen;
  }

  /** Whether words are lost with it. */
  get carriesWords() {
    return this.#stream.carriesWords;
  }

  /**
   * Opens a stream.
   *
   * @param {Clipboard} clipboard
   */
  open(clipboard) {
    this.#openedAt = this.#clock.now();
    this.#parkMs = clipboard.park;
    const current = { first: true };
    const mine = (/** @type {() => void} */ then) => {
      if (this.#current !== current) return;
      this.#sign();
      then();
    };
    this.#current = current;
    this.#heardAt = this.#openedAt;
    this.#silence.set(GRACE_MS);
    this.#close = this.#stream.open(clipboard, {
      onOpen: () =>
        mine(() => {
          this.isOpen = true;
          this.#on.open();
        }),
      onLoad: (load) =>
        mine(() => {
          const left = current.first ? this.#openedAt : null;
          current.first = false;
          this.#on.load(load, left);
        }),
      onSign: () => mine(() => {}),
      onLost: (reason) => this.#current === current && this.#lose(reason),
    });
  }

  /** Closes the stream, if there is one. */
  close() {
    if (this.isOut) this.givenUp++;
    this.#end();
  }

  /** Closes a stream that has been silent for long. */
  closeStale() {
    const silence = this.#clock.now() - this.#heardAt;
    if (silence > FRESH_MS || silence < 0) this.close();
  }

  /** @type {object | null} the stream that counts */
  #current = null;

  /** It lives, and is believed for as long as a truck may be parked. */
  #sign() {
    this.#heardAt = this.#clock.now();
    this.#silence.set(this.#parkMs + GRACE_MS);
  }

  /** @param {Reason} reason */
  #lose(reason) {
    const age = this.#clock.now() - this.#openedAt;
    this.#end();
    this.#on.lost(reason, age);
  }

  #end() {
    const close = this.#close;
    this.#close = null;
    this.#current = null;
    this.isOpen = false;
    this.#silence.off();
    close?.();
  }
}
