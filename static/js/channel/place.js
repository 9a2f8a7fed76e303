// @ts-check
/** Where home is in the journal, and which stations its trucks watch. */

import { compare, join } from './cursor.js';

/** @typedef {import('./wire.js').Item} Item */
/** @typedef {import('./wire.js').Load} Load */

/** The stations a truck can name; a page that shows more of them watches all. */
export const WATCH_MAX = 64;

/** A place in the journal. */
export class Place {
  /** The cursor up to which everything has been applied; empty: home has not started yet. */
  seen = '';
  /** @type {readonly string[]} the stations; none: all */
  watch = [];
  /** The furthest cursor ever: what lies before it is no news. */
  #furthest = '';

  /**
   * Goes to another place.
   *
   * @param {string} seen
   * @param {readonly string[]} watch
   */
  goTo(seen, watch) {
    this.seen = seen;
    this.#reached();
    this.narrow(watch);
  }

  /**
   * Watches other stations from the next truck on.
   *
   * @param {readonly string[]} watch
   */
  narrow(watch) {
    this.watch = watch.length > WATCH_MAX ? [] : watch;
  }

  /**
   * Takes what a load brings, unless it is of another journal.
   *
   * @param {Load} load
   * @returns {{fresh: Item[], news: Item[], repeated: number, gap: boolean, foreign: boolean, moved: boolean}} `news` is
   *   what is fresh and was never here before; `moved` says whether the place is another one now
   */
  take(load) {
    const { seen, ...joined } = join(this.seen, load);
    const moved = seen !== this.seen;
    if (!joined.foreign) this.seen = seen;
    const news = joined.fresh.filter(({ at }) => !(compare(at, this.#furthest) <= 0));
    this.#reached();
    return { ...joined, news, moved };
  }

  #reached() {
    if (!(compare(this.seen, this.#furthest) <= 0)) this.#furthest = this.seen;
  }
}
