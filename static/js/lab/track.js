// @ts-check
/** A lane as it is seen: picture, counters, ages, log. */

import { write } from '../dom/change.js';
import { duration } from '../meter/figures.js';
import { meterTexts } from '../meter/meter.js';
import { caption, Picture } from '../meter/picture.js';
import { ageText, paintStrip } from './plots.js';

/** @typedef {import('../channel/listener.js').Trip} Trip */
/** @typedef {import('./lane.js').Lane} Lane */

/** Lines that a log keeps. */
const LOG_MAX = 60;
/** How a lane is fed, in a word. @type {Record<string, string>} */
const FED = {
  connecting: 'connecting',
  live: 'running',
  polling: 'polling: the server parks no more',
  reconnecting: 'reconnecting',
  offline: 'offline',
  resting: 'at rest',
  reloading: 'starting anew',
};

/** What is seen of one lane. */
export class Track {
  #picture;
  /** @type {string[]} newest first */
  #log = [];
  /** @type {Lane | null} */
  lane = null;

  /**
   * @param {HTMLTemplateElement} template
   * @param {Readonly<import('../channel/fleets.js').Fleet>} fleet
   * @param {number} number from 1 on
   */
  constructor(template, fleet, number) {
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.node = /** @type {HTMLElement} */ (copy.querySelector('.track'));
    this.fleet = fleet;
    this.choice = /** @type {HTMLSelectElement} */ (this.node.querySelector('[data-fleet]'));
    this.choice.value = fleet.name;
    this.remove = /** @type {HTMLButtonElement} */ (this.node.querySelector('[data-remove]'));
    this.node.setAttribute('data-lane', fleet.name);
    write(this.node.querySelector('[data-title]'), `Lane ${number}`);
    write(this.node.querySelector('label .unseen'), `Fleet of lane ${number}`);
    write(this.remove.querySelector('.unseen'), `Remove lane ${number}`);
    this.#picture = new Picture(this.node, fleet.trucks);
  }

  /** @param {boolean} still */
  set still(still) {
    this.#picture.still = still;
  }

  /** @param {Trip} trip */
  trip(trip) {
    this.#picture.trip(trip);
    const said = caption(trip, String(trip.truck));
    if (said) this.note(said);
  }

  /** A line of the log. @param {string} text */
  note(text) {
    this.#log.unshift(`${new Date().toISOString().slice(11, 23)} ${text}`);
    this.#log.length = Math.min(this.#log.length, LOG_MAX);
  }

  /** Shows what there is by now. */
  paint() {
    const { lane, node } = this;
    if (!lane) return;
    const { stats, ledger } = lane;
    /** @type {Record<string, string>} */
    const texts = {
      ...meterTexts(stats),
      trips: String(lane.requests),
      parked: String(ledger.parked),
      lost: `${stats.lost}, ${stats.repeated}`,
    };
    for (const place of node.querySelectorAll('[data-count]'))
      write(place, texts[String(place.getAttribute('data-count'))] ?? '');
    node.setAttribute('data-bay', lane.bay);
    node.setAttribute('data-news', String(ledger.news));
    write(node.querySelector('[data-fed]'), FED[lane.state.kind] ?? lane.state.kind);
    write(node.querySelector('[data-ages]'), ageText(ledger.ages));
    const strip = node.querySelector('[data-strip]');
    if (strip && strip.getAttribute('data-of') !== String(ledger.news)) {
      strip.setAttribute('data-of', String(ledger.news));
      paintStrip(strip, ledger.ages);
    }
    this.#paintLog();
  }

  #paintLog() {
    const list = this.node.querySelector('[data-log]');
    if (!list || !(/** @type {HTMLDetailsElement | null} */ (list.closest('details'))?.open)) return;
    if (list.firstElementChild?.textContent === this.#log[0] && list.childElementCount === this.#log.length) return;
    list.replaceChildren(
      ...this.#log.map((text) => {
        const line = document.createElement('li');
        line.textContent = text;
        return line;
      }),
    );
  }
}

/** What a piece of news says in the log. @param {{number?: unknown, kind: string}} item @param {number | null} ageMs */
export function newsLine({ kind, number }, ageMs) {
  const what = kind === 'lab' && number !== undefined ? 'A change' : 'A reading';
  return ageMs === null ? `${what} arrived.` : `${what} arrived, ${duration(ageMs)} old.`;
}
