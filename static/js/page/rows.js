// @ts-check
// The rows of the overview's table: news paints its own row, and the second hand only those that somebody sees.
import { hasColumns, paintDot, paintRow } from '../view/roster.js';
import { turn } from '../view/station.js';

/** @typedef {import('../view/station.js').Station} Station */
/** @typedef {import('../view/paint.js').Seen} Seen */

/** Ages count seconds, ms. */
const TICK_MS = 1_000;
/** Rows off the screen whose ages are made anew in a tick: all of 2,000 within ten seconds, and a tick takes a part of a frame. */
const FAR_ROWS = 200;
/** Rows that will be on the screen after a turn of the wheel. */
const NEAR = '400px';

/** The rows and dots of a page. */
export class Rows {
  /** @type {Map<string, HTMLTableRowElement>} */
  #rows = new Map();
  /** @type {Map<string, Element>} */
  #dots = new Map();
  /** @type {Set<string>} */
  #columns;
  /** Those that news came of. @type {Set<string>} */
  #due = new Set();
  /** Those that somebody sees, or nearly. @type {Set<string>} */
  #near = new Set();
  #ticked = -Infinity;
  #next = 0;
  #watcher;
  #groups;

  /** @param {Document} page @param {import('./groups.js').Groups} groups */
  constructor(page, groups) {
    this.#groups = groups;
    this.#watcher = new IntersectionObserver((seen) => this.#look(seen), { rootMargin: NEAR });
    for (const row of page.querySelectorAll('tr[data-station]')) {
      this.#rows.set(String(row.getAttribute('data-station')), /** @type {HTMLTableRowElement} */ (row));
      this.#watcher.observe(row);
    }
    for (const dot of page.querySelectorAll('[data-dot]')) this.#dots.set(String(dot.getAttribute('data-dot')), dot);
    this.#columns = new Set([...page.querySelectorAll('thead th')].map((head) => head.className));
  }

  /** Whether the page is a table. */
  get any() {
    return this.#rows.size > 0;
  }

  /** Whether the table has a column for each of these. @param {Record<string, number>} values */
  hasColumns(values) {
    return hasColumns(this.#columns, values);
  }

  /** There is news of that station. @param {string} slug */
  note(slug) {
    this.#due.add(slug);
  }

  /**
   * Paints what is due.
   * @param {Seen} seen @param {Map<string, Station>} stations
   * @returns {Station[]} the stations of which something may have changed
   */
  paint(seen, stations) {
    if (Math.abs(seen.now - this.#ticked) >= TICK_MS) this.#tick(seen.now);
    const painted = [];
    for (const slug of this.#due) {
      const [row, station] = [this.#rows.get(slug), stations.get(slug)];
      if (!station) continue;
      turn(station, seen.now);
      painted.push(station);
      const dot = this.#dots.get(slug);
      if (dot) paintDot(dot, station, seen);
      if (!row) continue;
      paintRow(row, station, seen);
      this.#groups.put(row);
    }
    this.#due.clear();
    return painted;
  }

  /** Paints all dots, where stations are cards. @param {Seen} seen @param {Map<string, Station>} stations */
  paintDots(seen, stations) {
    for (const [slug, dot] of this.#dots) {
      const station = stations.get(slug);
      if (station) paintDot(dot, station, seen);
    }
  }

  /** The page has other content now. */
  close() {
    this.#watcher.disconnect();
  }

  /** @param {number} now */
  #tick(now) {
    this.#ticked = now;
    for (const slug of this.#near) this.#due.add(slug);
    const slugs = [...this.#rows.keys()];
    for (const slug of slugs.slice(this.#next, this.#next + FAR_ROWS)) this.#due.add(slug);
    this.#next = this.#next + FAR_ROWS < slugs.length ? this.#next + FAR_ROWS : 0;
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #look(seen) {
    for (const { target, isIntersecting } of seen) {
      const slug = String(target.getAttribute('data-station'));
      if (!isIntersecting) this.#near.delete(slug);
      else this.#near.add(slug);
    }
  }
}
