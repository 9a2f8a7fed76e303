// @ts-check
// The line that says how the page is fed. A page never claims to be live when it is not.

/** @typedef {{kind: string, retryAt?: number | null, fleet: string}} State */

/** @param {State} state @param {number} now */
export function feedText({ kind, retryAt, fleet }, now) {
  const seconds = retryAt ? Math.ceil((retryAt - now) / 1000) : 0;
  switch (kind) {
    case 'live':
      return `Live · ${fleet}`;
    case 'reconnecting':
      return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting';
    case 'offline':
      return 'You are offline';
    case 'resting':
      return 'Resting';
    case 'reloading':
      return 'Catching up';
    default:
      return 'Connecting';
  }
}

/**
 * Writes the line.
 * @param {Document} page @param {State} state @param {number} now the browser's clock, as `retryAt` is
 */
export function paintFeed(page, state, now) {
  const line = page.querySelector('p[data-feed]');
  if (!line) return;
  const text = line.querySelector('[data-feed-text]');
  const words = feedText(state, now);
  line.removeAttribute('hidden');
  page.documentElement.setAttribute('data-feed', state.kind);
  if (line.getAttribute('data-feed') !== state.kind) line.setAttribute('data-feed', state.kind);
  if (text && text.textContent !== words) text.textContent = words;
  line.querySelector('[data-feed-retry]')?.toggleAttribute('hidden', state.kind !== 'reconnecting' && state.kind !== 'offline');
}
