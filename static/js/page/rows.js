// @ts-check
// The rows of the overview's table: news paints its own row, and the second hand only those that somebody sees.
import { hasColumns, paintDot, paintRow, paintTime } from '../view/roster.js';
import { turn } from '../view/station.js';

/** @typedef {import('../view/station.js').Station} Station */
/** @typedef {import('../view/paint.js').Seen} Seen */

/** Ages count seconds, ms. */
const TICK_MS = 1_000;
/** Rows that are made anew in a tick whether somebody sees them or not: all of 2,000 within 40 s, in a part of a frame. */
const ROWS_EACH_TICK = 50;
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
    if (Math.abs(seen.now - this.#ticked) >= TICK_MS) this.#tick(seen, stations);
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

  /** Time has passed: where that is all, only an age changes. @param {Seen} seen @param {Map<string, Station>} stations */
  #tick(seen, stations) {
    this.#ticked = seen.now;
    const slugs = [...this.#rows.keys()];
    for (const slug of slugs.slice(this.#next, this.#next + ROWS_EACH_TICK)) this.#due.add(slug);
    this.#next = this.#next + ROWS_EACH_TICK < slugs.length ? this.#next + ROWS_EACH_TICK : 0;
    for (const slug of this.#near) {
      const [row, station] = [this.#rows.get(slug), stations.get(slug)];
      if (row && station && !this.#due.has(slug) && !paintTime(row, station, seen)) this.#due.add(slug);
    }
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
