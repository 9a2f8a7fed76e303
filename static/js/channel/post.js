// @ts-check
/** One truck is one `fetch`. */

import { BASE } from './base.js';
import { Lost, parseLoad, refusedWords } from './wire.js';

/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */

/**
 * Sends one truck and waits until it is home.
 *
 * @param {string} bay this page's place in the dock
 * @param {Clipboard} clipboard
 * @param {AbortSignal} signal gives the truck up
 * @param {typeof globalThis.fetch} [fetch]
 * @returns {Promise<Load>}
 * @throws {Lost}
 */
export async function postTruck(bay, clipboard, signal, fetch = globalThis.fetch.bind(globalThis)) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(`${BASE}/dock/${bay}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(clipboard),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      keepalive: false,
      signal,
    });
  } catch (cause) {
    throw new Lost(signal.aborted ? 'given up' : 'no answer', { cause });
  }
  if (answer.status !== 200) {
    const retryAfterMs = waitMs(answer.headers.get('Retry-After'));
    const refused = answer.status === 400 ? refusedWords(await answer.json().catch(() => null)) : undefined;
    throw new Lost(`answered ${answer.status}`, { status: answer.status, retryAfterMs, refused });
  }
  return parseLoad(await body(answer));
}

/**
 * @param {Response} answer
 * @returns {Promise<string>}
 */
async function body(answer) {
  const type = answer.headers.get('Content-Type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw new Lost(`answered with ${type || 'no type'}`, { status: 200 });
  try {
    return await answer.text();
  } catch (cause) {
    throw new Lost('its load broke on the way', { status: 200, cause });
  }
}

/**
 * What `Retry-After` asks for, ms: it holds seconds or a date.
 *
 * @param {string | null} header
 * @returns {number | undefined}
 */
function waitMs(header) {
  if (header === null) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
