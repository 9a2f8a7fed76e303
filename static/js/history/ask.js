// @ts-check
// Asks the server for a window: the newest question counts, the others are dropped.

/** @typedef {import('./window.js').Window} Window */
/** @typedef {import('./plot.js').Figure} Figure */
/** @typedef {{from: number, to: number, window: string, zone: import('../view/zone.js').Zone, ticks: [number, string, boolean][], figures: Figure[]}} Pictures */

/** People go on zooming within this time, ms. */
const PAUSE_MS = 120;
/** The table follows when nobody has zoomed for so long, ms: it is a page of its own. */
const TABLE_PAUSE_MS = 900;
/** Spans of each series, at most. */
const POINTS_MAX = 500;

/** The query of a window: what else was asked for stays. @param {string} search @param {Window} window */
export function queryOf(search, { from, to }) {
  const query = new URLSearchParams(search);
  for (const name of ['range', 'from', 'to', 'points']) query.delete(name);
  query.set('from', new Date(from).toISOString());
  query.set('to', new Date(to).toISOString());
  return query;
}

/**
 * @param {string} path the page's
 * @param {{pictures: (pictures: Pictures) => void, page: (page: Document) => void}} on
 */
export function asker(path, on) {
  const work = {
    /** @type {AbortController | null} */
    under: null,
    timer: 0,
    later: 0,
  };
  /** @param {URLSearchParams} query @param {AbortSignal} signal */
  async function pictures(query, signal) {
    const answer = await fetch(`${path}/series?${query}`, { signal });
    if (answer.ok) on.pictures(await answer.json());
  }
  /** @param {string} url @param {AbortSignal} signal */
  async function page(url, signal) {
    const answer = await fetch(url, { headers: { Accept: 'text/html' }, signal });
    if (answer.ok) on.page(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  }
  /** @param {string} search @param {Window} window @param {number} width @param {{pauseMs?: number, table?: boolean}} [how] */
  return (search, window, width, { pauseMs = PAUSE_MS, table = true } = {}) => {
    clearTimeout(work.timer);
    clearTimeout(work.later);
    work.under?.abort();
    const { signal } = (work.under = new AbortController());
    const query = queryOf(search, window);
    const url = `${path}?${query}`;
    query.set('points', String(Math.min(POINTS_MAX, Math.max(30, Math.round(width)))));
    // A window that does not come stays as it is; the next gesture asks again.
    const failed = () => undefined;
    work.timer = setTimeout(() => void pictures(query, signal).catch(failed), pauseMs);
    if (table) work.later = setTimeout(() => void page(url, signal).catch(failed), TABLE_PAUSE_MS);
  };
}
