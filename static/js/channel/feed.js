// @ts-check
/** How a page is fed, for those who look on. */

import { GRACE_MS } from './trucks.js';

/** @typedef {'connecting' | 'live' | 'polling' | 'reconnecting' | 'offline' | 'resting' | 'reloading'} Kind */
/**
 * @typedef {object} Feed
 * @property {Kind} kind
 * @property {number | null} retryAt when the next truck leaves, if home waits because of a failure; the clock's ms
 * @property {string} fleet
 * @property {number | null} outageMs how long an outage was that has just ended
 * @property {string | null} limit why the dock lets no truck park: `visitor`, `address` or `dock`
 * @property {string | null} newBuild the server's build, if it is not the page's
 * @property {boolean} [stranger] whether the dock does not know whose page it feeds
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
 * How a home feeds its page right now.
 *
 * @param {object} home
 * @param {Readonly<import('./fleets.js').Fleet>} home.fleet
 * @param {number} home.parkMs how long its trucks are willing to park
 * @param {import('./words.js').Words} home.words
 * @param {import('./road.js').Road} home.road
 * @param {import('./limit.js').Limit} home.limit
 * @param {import('./patience.js').Patience} home.patience
 * @param {import('./proof.js').Proof} home.proof
 * @param {import('./dispatcher.js').Dispatcher} home.dispatcher
 * @param {'resting' | 'running' | 'reloading'} mode
 * @param {{newBuild: string | null, stranger: boolean}} told what the last load said
 * @returns {Feed}
 */
export function feedOf(home, mode, { newBuild, stranger }) {
  const { fleet, words, road, proof } = home;
  const { keepOneOut, everyMs, name } = fleet;
  const { tried, until } = home.patience;
  const { why: limit } = home.limit;
  const idle = !keepOneOut && everyMs === null && !road.line && road.trucks.size === 0 && words.size === 0;
  const polling = proof.holds && limit !== null && (keepOneOut || road.line !== undefined);
  const kind = kindOf({ mode, live: isLive(home), polling, offline: proof.offline, tried, idle });
  const retryAt = kind === 'reconnecting' || kind === 'offline' ? until : null;
  return { kind, retryAt, fleet: name, outageMs: proof.outageMs, limit, newBuild, ...(stranger && { stranger }) };
}

/**
 * Whether news would reach the page now, as far as home can know.
 *
 * @param {Parameters<typeof feedOf>[0]} home
 */
function isLive({ fleet: { everyMs, keepOneOut }, parkMs, road: { line, trucks }, proof, dispatcher }) {
  if (!proof.holds) return false;
  if (line) return line.isOpen;
  if (keepOneOut) return trucks.oneParks || dispatcher.isAbout;
  const { silenceMs } = proof;
  return everyMs === null ? trucks.size > 0 && silenceMs <= parkMs + GRACE_MS : silenceMs <= 2 * everyMs;
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
function kindOf({ mode, live, polling, offline, tried, idle }) {
  if (mode !== 'running') return mode;
  if (polling && !tried) return 'polling';
  if (live) return 'live';
  if (offline) return 'offline';
  if (tried) return 'reconnecting';
  return idle ? 'resting' : 'connecting';
}
