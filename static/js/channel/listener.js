// @ts-check
/** Who listens to home: a page, or the hub of many. It is told of each thing once. */

/** @typedef {import('./feed.js').Feed} Feed */
/** @typedef {import('./wire.js').Item} Item */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./words.js').Said} Said */
/**
 * What a picture of the trucks shows. On a stream each load is a truck that is home and leaves again, with a new number.
 *
 * @typedef {{what: 'departs', truck: number, words: number, parks: boolean}
 *   | {what: 'home', truck: number, why: string, items: number, parked: number}
 *   | {what: 'lost', truck: number}} Trip
 */
/**
 * @typedef {object} On what home tells
 * @property {(items: Item[], load: Load) => void} apply news: each item once, in order, without a gap
 * @property {(state: Feed) => void} [onState]
 * @property {() => void} [onReload] the page must fetch its state anew and `start` from a new cursor
 * @property {(ids: string[]) => void} [onHeard] words that are stored now
 * @property {(words: Said[]) => void} [onSaid] whenever words come further: all that wait, and those that no longer do
 * @property {(trip: Trip) => void} [onTrip]
 * @property {(error: unknown) => void} [onFault] what the callbacks throw: it does not stop the trucks
 */

/** Tells what is new to whoever listens. */
export class Listener {
  #on;
  #state = '';
  #said = '[]';

  /** @param {On} on */
  constructor(on) {
    this.#on = on;
  }

  /**
   * How the page is fed, if that has changed.
   *
   * @param {Feed} state
   */
  state(state) {
    const told = JSON.stringify(state);
    if (told === this.#state) return;
    this.#state = told;
    this.#on.onState?.(state);
  }

  /**
   * The words, if one has come further.
   *
   * @param {Said[]} words
   */
  said(words) {
    const told = JSON.stringify(words);
    if (told === this.#said) return;
    this.#said = told;
    this.#on.onSaid?.(words);
  }

  /**
   * What a load has brought.
   *
   * @param {string[]} heard
   * @param {Item[]} fresh
   * @param {Load} load
   */
  brought(heard, fresh, load) {
    try {
      if (heard.length > 0) this.#on.onHeard?.(heard);
      if (fresh.length > 0) this.#on.apply(fresh, load);
    } catch (error) {
      if (this.#on.onFault) this.#on.onFault(error);
      else console.error(error);
    }
  }

  /** @param {Trip} trip */
  trip(trip) {
    this.#on.onTrip?.(trip);
  }

  /** Our place in the journal is gone. */
  reload() {
    this.#on.onReload?.();
  }
}
