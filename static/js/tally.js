// @ts-check
/** What a home's trucks have done so far, and how its page is fed: for those who look on. */

/** @typedef {import('./dock.js').Load} Load */
/** @typedef {'connecting' | 'live' | 'reconnecting' | 'offline' | 'resting' | 'reloading'} Kind */
/**
 * @typedef {object} State
 * @property {Kind} kind
 * @property {number | null} retryAt when the next truck leaves, if home waits because of a failure; the clock's ms
 * @property {string} fleet
 */

/** Counts the trips that are over. */
export class Tally {
  /** Ways, out or home, on which a truck carried nothing. */
  emptyLegs = 0;
  home = 0;
  tickets = 0;
  relieved = 0;
  lost = 0;
  /** Pieces of news that came again. */
  repeated = 0;
  /** Loads that were dropped because something was missing before them. */
  gaps = 0;

  /**
   * A truck is home.
   *
   * @param {Load} load
   * @param {{repeated: number, gap: boolean}} joined
   */
  arrived(load, { repeated, gap }) {
    this.home++;
    this.repeated += repeated;
    if (gap) this.gaps++;
    if (load.cargo.length === 0) this.emptyLegs++;
    if (load.why === 'ticket') this.tickets++;
    if (load.why === 'relieved') this.relieved++;
  }
}

/**
 * How a page is fed, in one word.
 *
 * @param {object} home
 * @param {'resting' | 'running' | 'reloading'} home.mode
 * @param {boolean} home.live whether news would reach the page now
 * @param {boolean} home.offline whether the browser says that it has no network
 * @param {boolean} home.tried whether the last trip failed
 * @param {boolean} home.idle whether nothing is out and nothing is to be said, in a fleet that is content with that
 * @returns {Kind}
 */
export function kindOf({ mode, live, offline, tried, idle }) {
  if (mode !== 'running') return mode;
  if (live) return 'live';
  if (offline) return 'offline';
  if (tried) return 'reconnecting';
  return idle ? 'resting' : 'connecting';
}
