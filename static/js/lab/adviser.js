// @ts-check
/** The adviser's form. */

import { write } from '../dom/change.js';
import { advice } from './server.js';

/** @typedef {import('./run.js').Measured} Measured */

/**
 * @param {Element} page
 * @returns {{take: (rows: readonly Measured[]) => void}} takes what was measured
 */
export function openAdviser(page) {
  const form = /** @type {HTMLFormElement} */ (page.querySelector('[data-adviser]'));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const rate = (/** @type {string} */ name) => (Number(field(name).value) > 0 ? 1 / Number(field(name).value) : 0);

  async function ask() {
    const fresh = field('fresh').value === '' ? undefined : Number(field('fresh').value);
    const answer = await advice({
      news: rate('news'),
      words: rate('words'),
      rtt: (Number(field('rtt').value) || 0) / 1_000,
      fresh,
    }).then(
      ({ fleet, why }) => (fleet ? `${fleet}. ${why}` : why),
      (error) => String(error.message ?? error),
    );
    write(page.querySelector('[data-advice]'), answer);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask();
  });

  return {
    take(rows) {
      const sum = (/** @type {(row: Measured) => number} */ of) => rows.reduce((total, row) => total + of(row), 0);
      const every = (/** @type {number} */ count) =>
        count > 0 ? String(Number((sum((row) => row.seconds) / count).toPrecision(2))) : '';
      field('news').value = every(sum((row) => row.news));
      field('words').value = every(sum((row) => row.words));
      field('rtt').value = String(Number((sum((row) => row.rttMs) / rows.length).toPrecision(2)));
      void ask();
    },
  };
}
