// @ts-check
// The line that says how the page is fed. A page never claims to be live when it is not.

import { set, write } from '../dom/change.js';

/** @typedef {import('../channel/feed.js').Feed} Feed */

/** How often a page polls whose trucks may not park, ms. */
const POLL_MS = 5_000;

/** Why trucks do not park, by the limit's name. */
const LIMITS = Object.freeze({
  visitor: 'too many of your pages are open',
  address: 'too many pages are open from this address',
  dock: 'the server is full',
});

/** Said where a proxy hides whose page it is: the row that feeds the page still brings what is public. */
const STRANGER =
  'public news only, because a proxy hides this site’s name. nginx needs "proxy_set_header Host $http_host;", Apache "ProxyPreserveHost On"';

/** Whether news reaches the page. @param {{kind: string}} feed */
export const isFed = ({ kind }) => kind === 'live' || kind === 'polling';

/** The length of an outage: `1.2 s`, `45 s`, `12 min`. @param {number} ms */
export function outageText(ms) {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 119_500 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}

/**
 * @param {Feed} feed @param {number} now
 * @param {number | null} [backMs] the length of an outage that ended a moment ago
 */
export function feedText({ kind, retryAt, fleet, limit, stranger }, now, backMs = null) {
  const seconds = retryAt ? Math.ceil((retryAt - now) / 1000) : 0;
  if (backMs !== null && isFed({ kind })) return `Back after ${outageText(backMs)}, nothing missed`;
  const why = limit
    ? `: ${Object.hasOwn(LIMITS, limit) ? LIMITS[/** @type {keyof typeof LIMITS} */ (limit)] : 'the server is busy'}`
    : '';
  switch (kind) {
    case 'polling':
      return `Polling every ${POLL_MS / 1000} s${why}`;
    case 'live':
      if (why) return `Polling every ${POLL_MS / 1000} s${why}`;
      return stranger ? `Live · ${fleet} · ${STRANGER}` : `Live · ${fleet}`;
    case 'reconnecting':
      return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting';
    case 'offline':
      return 'You are offline';
    case 'resting':
      return `Resting · ${fleet}`;
    case 'reloading':
      return 'Catching up';
    default:
      return 'Connecting';
  }
}

/**
 * Writes the line.
 * @param {Document} page @param {Feed} feed @param {number} now the browser's clock, as `retryAt` is
 * @param {number | null} [backMs]
 */
export function paintFeed(page, feed, now, backMs = null) {
  page.querySelector('[data-new-build]')?.toggleAttribute('hidden', !feed.newBuild);
  const line = page.querySelector('p[data-feed]');
  if (!line) return;
  const words = feedText(feed, now, backMs);
  const kind = feed.kind === 'live' && feed.limit ? 'polling' : feed.kind;
  page.documentElement.setAttribute('data-feed', kind);
  set(line, 'data-feed', kind);
  write(line.querySelector('[data-feed-text]'), words);
  line.querySelector('[data-feed-retry]')?.toggleAttribute('hidden', kind !== 'reconnecting' && kind !== 'offline');
}
