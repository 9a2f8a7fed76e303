// @ts-check
// The overview's two groups: stations that are heard, and those that are silent. A station goes where its state belongs.
import { write } from '../dom/change.js';
import { HEARD } from '../view/roster.js';

/** @param {Element} node */
const nameOf = (node) => node.querySelector('a')?.textContent?.toLowerCase() ?? '';

/** The groups of a page. If nobody is heard, nobody stands apart. */
export class Groups {
  #group;
  #silent;
  #fold;
  /** @type {Set<Element>} */
  #heard = new Set();

  /** @param {Document} page */
  constructor(page) {
    this.#group = page.querySelector('[data-group="heard"]');
    this.#silent = page.querySelector('[data-group="silent"]');
    this.#fold = page.querySelector('[data-fold="silent"]');
    for (const node of this.#group?.children ?? [])
      if (HEARD.includes(node.getAttribute('data-state') ?? '')) this.#heard.add(node);
  }

  /** Puts a station where it belongs. @param {Element} node its card or row, whose state is painted already */
  put(node) {
    if (!this.#group || !this.#silent) return;
    const wasNobody = this.#heard.size === 0;
    if (HEARD.includes(node.getAttribute('data-state') ?? '')) this.#heard.add(node);
    else this.#heard.delete(node);
    this.#place(node);
    if (wasNobody && this.#heard.size > 0) for (const other of [...this.#group.children]) this.#place(other);
  }

  /** @param {Element} node */
  #place(node) {
    const [group, silent] = [/** @type {Element} */ (this.#group), /** @type {Element} */ (this.#silent)];
    const stays = this.#heard.has(node) || this.#heard.size === 0;
    const wanted = stays ? group : silent;
    if (node.parentElement === wanted || (this.#heard.size === 0 && node.parentElement === silent)) return;
    const focus = node.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    const name = nameOf(node);
    const next = group.hasAttribute('data-by-name') ? [...wanted.children].find((one) => nameOf(one) > name) : null;
    wanted.insertBefore(node, next ?? null);
    focus?.focus({ preventScroll: true });
    write(this.#fold?.querySelector('[data-silent]'), String(silent.childElementCount));
    this.#fold?.toggleAttribute('hidden', silent.childElementCount === 0);
  }
}
