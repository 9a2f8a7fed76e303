// @ts-check
/** What a home's trucks have done so far: for those who look on, and in sum for the dock. */

import { DockClock } from './dock_clock.js';
import { Spread } from './spread.js';
import { bytesOf } from './wire.js';

/** @typedef {import('./wire.js').Item} Item */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {{lost: number, repeated: number, gaps: number, news: number, age_ms: number}} Report what the dock is told */
/** @typedef {Tally['figures'] & {givenUp: number, trucksOut: number}} Stats */

/**
 * All ways of trucks, out and home, and how many of them were empty: parts of one ratio, counted at the same moments.
 *
 * @param {{departed: number, home: number, emptyLegs: {out: number, home: number}}} stats
 */
export function legsOf({ departed, home, emptyLegs }) {
  return { legs: departed + home, empty: emptyLegs.out + emptyLegs.home };
}

/** Counts trips. */
export class Tally {
  #ages = new Spread();
  #dock = new DockClock();
  #ageSum = 0;
  /** @type {Report} */
  #reported = { lost: 0, repeated: 0, gaps: 0, news: 0, age_ms: 0 };

  /** Trucks that left, and streams that were opened. */
  departed = 0;
  /** Loads that came home. */
  home = 0;
  /** Ways on which a truck carried nothing. */
  emptyLegs = { out: 0, home: 0 };
  tickets = 0;
  relieved = 0;
  lost = 0;
  /** Pieces of news that came again. */
  repeated = 0;
  /** Loads that were dropped because something was missing before them. */
  gaps = 0;
  /** Pieces of news, each once. */
  news = 0;
  /** Bytes of clipboards and loads. */
  bytesUp = 0;
  bytesDown = 0;
  /** How long the trucks that came home were parked, in all. */
  parkedMs = 0;

  /**
   * A truck leaves.
   *
   * @param {import('./wire.js').Clipboard} clipboard
   */
  leaves(clipboard) {
    this.departed++;
    if (clipboard.say.length === 0) this.emptyLegs.out++;
    this.bytesUp += bytesOf(JSON.stringify(clipboard));
  }

  /**
   * A load is home.
   *
   * @param {Load} load
   * @param {object} what
   * @param {number} what.repeated
   * @param {boolean} what.gap
   * @param {readonly Item[]} what.news what home has never had before
   * @param {number | null} what.left when its truck left, ms; null: nobody knows
   * @param {number} what.now ms
   */
  arrived(load, { repeated, gap, news, left, now }) {
    this.home++;
    this.repeated += repeated;
    if (gap) this.gaps++;
    if (load.cargo.length === 0) this.emptyLegs.home++;
    if (load.why === 'ticket') this.tickets++;
    if (load.why === 'relieved') this.relieved++;
    const parked = isCount(load.parked) ? load.parked : 0;
    this.parkedMs += parked;
    this.bytesDown += load.bytes ?? 0;
    if (left !== null && isCount(load.now)) this.#dock.trip({ left, home: now, now: load.now, parked });
    this.#aged(news, now);
  }

  /**
   * @param {readonly Item[]} news
   * @param {number} now
   */
  #aged(news, now) {
    this.news += news.length;
    const { offset } = this.#dock;
    if (offset === null) return;
    for (const { committed_at } of news) {
      if (!isCount(committed_at)) continue;
      const age = Math.max(0, now + offset - committed_at); // below 0 is an error of the guess
      this.#ages.add(age);
      this.#ageSum += age;
    }
  }

  /** All of it, as plain data. */
  get figures() {
    const { departed, home, tickets, relieved, lost, repeated, gaps, news, bytesUp, bytesDown, parkedMs } = this;
    const age = this.#ages.figures;
    const { rtt } = this.#dock;
    const emptyLegs = { ...this.emptyLegs };
    return {
      departed,
      home,
      emptyLegs,
      tickets,
      relieved,
      lost,
      repeated,
      gaps,
      news,
      bytesUp,
      bytesDown,
      parkedMs,
      age,
      rtt,
    };
  }

  /**
   * What is to be reported since the last report.
   *
   * @returns {Report | undefined} nothing
   */
  report() {
    const { lost, repeated, gaps, news } = this;
    const before = this.#reported;
    const now = { lost, repeated, gaps, news, age_ms: Math.round(this.#ageSum) };
    const report = {
      lost: now.lost - before.lost,
      repeated: now.repeated - before.repeated,
      gaps: now.gaps - before.gaps,
      news: now.news - before.news,
      age_ms: now.age_ms - before.age_ms,
    };
    this.#reported = now;
    return Object.values(report).some((count) => count > 0) ? report : undefined;
  }

  /**
   * A report did not arrive, as far as home can know: the next one tells it, too.
   *
   * @param {Report | undefined} report
   */
  unreported(report) {
    if (report === undefined) return;
    const { lost, repeated, gaps, news, age_ms } = this.#reported;
    this.#reported = {
      lost: lost - report.lost,
      repeated: repeated - report.repeated,
      gaps: gaps - report.gaps,
      news: news - report.news,
      age_ms: age_ms - report.age_ms,
    };
  }
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isCount(value) {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
