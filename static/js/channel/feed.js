// @ts-check
/** How a page is fed, for those who look on. */

/** @typedef {'connecting' | 'live' | 'polling' | 'reconnecting' | 'offline' | 'resting' | 'reloading'} Kind */
/**
 * @typedef {object} Feed
 * @property {Kind} kind
 * @property {number | null} retryAt when the next truck leaves, if home waits because of a failure; the clock's ms
 * @property {string} fleet
 * @property {number | null} outageMs how long an outage was that has just ended
 * @property {string | null} limit why the dock lets no truck park: `visitor`, `address` or `dock`
 * @property {string | null} newBuild the server's build, if it is not the page's
 * @property {boolean} [shared] whether one home serves all pages of this browser; the link tells
 */

/**
 * A page that nobody feeds yet.
 *
 * @param {string} fleet
 * @returns {Feed}
 */
export function unfed(fleet) {
  return { kind: 'connecting', retryAt: null, fleet, outageMs: null, limit: null, newBuild: null, shared: false };
}

/**
 * How a page is fed, in one word.
 *
 * @param {object} home
 * @param {'resting' | 'running' | 'reloading'} home.mode
 * @param {boolean} home.live whether news would reach the page now
 * @param {boolean} home.polling whether the road is open, but the dock lets no truck park
 * @param {boolean} home.offline whether the browser says that it has no network
 * @param {boolean} home.tried whether the last trip failed
 * @param {boolean} home.idle whether nothing is out and nothing is to be said, in a fleet that is content with that
 * @returns {Kind}
 */
export function kindOf({ mode, live, polling, offline, tried, idle }) {
  if (mode !== 'running') return mode;
  if (polling && !tried) return 'polling';
  if (live) return 'live';
  if (offline) return 'offline';
  if (tried) return 'reconnecting';
  return idle ? 'resting' : 'connecting';
}
