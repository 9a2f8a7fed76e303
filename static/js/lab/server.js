// @ts-check
/** What the lab asks of the server beside trucks. */

import { BASE } from '../channel/base.js';

/** Makes a change of which this visitor's pages hear. @param {number} number by which it is known again */
export async function tell(number) {
  const headers = { 'Content-Type': 'application/json' }; // by which the server knows its own pages on plain http
  const answer = await fetch(`${BASE}/lab/change?number=${number}`, { method: 'POST', headers, cache: 'no-store' });
  if (!answer.ok) throw new Error(await reason(answer));
}

/** @param {Record<string, number | undefined>} query */
export async function predictions(query) {
  /** @type {{rows: import('./verdict.js').Predicted[]}} */
  const { rows } = await get(`${BASE}/lab/predict`, query);
  return Object.fromEntries(rows.map((row) => [row.fleet, row]));
}

/** @param {Record<string, number | undefined>} query @returns {Promise<{fleet: string | null, period_s: number | null, why: string}>} */
export function advice(query) {
  return get(`${BASE}/lab/advice`, query);
}

/** @param {string} path @param {Record<string, number | undefined>} query */
async function get(path, query) {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  const answer = await fetch(`${path}?${pairs.join('&')}`, { cache: 'no-store' });
  if (!answer.ok) throw new Error(await reason(answer));
  return answer.json();
}

/** @param {Response} answer */
async function reason(answer) {
  const problem = await answer.json().catch(() => null);
  return String(problem?.detail ?? `the server answered ${answer.status}`);
}
