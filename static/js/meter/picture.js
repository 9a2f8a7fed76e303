// @ts-check
// The truck picture of the essay: moved by real trips, and by nothing else.
import { duration } from './figures.js';

/** @typedef {{what: string, truck: unknown, words?: number, parks?: boolean, why?: string, items?: number, parked?: number}} Trip */
/** @typedef {'home' | 'gate' | 'parked'} Place */
/** @typedef {{letter: string, node: HTMLElement | SVGElement, key: unknown, place: Place, at: string, load: string, moves: Promise<void>, queued: number}} Truck */

/** A way, ms: long enough to see, shorter than the news that follows. */
const WAY_MS = 650;
/** More ways than these are not driven but jumped: the picture never lags behind. */
const QUEUED_MAX = 2;
/** Where things stand, px: the house from the left, the parking place and the gate from the right. */
const HOUSE_PX = 74;
const BAY_PX = 122;
const GATE_PX = 172;
/** Trucks that stand in one place stand this far apart, px: two side by side, five in a row that overlaps. */
const APART_PX = Object.freeze({ few: 50, many: 16 });

/** What a trip says in words; '' if it is not worth a word. @param {Trip} trip @param {string} letter */
export function caption({ what, words = 0, why, items = 0, parked }, letter) {
  const waited = parked ? ` after ${duration(parked)} at the factory` : '';
  if (what === 'lost') return `Truck ${letter} was lost. Another goes in its place.`;
  if (what === 'departs') return words > 0 ? `Truck ${letter} leaves with ${count(words, 'word')}.` : '';
  if (items > 0) return `Truck ${letter} brought ${count(items, 'piece')} of news${waited}.`;
  if (why === 'ticket') return `Truck ${letter} came home empty, its parking time over${waited}.`;
  if (why === 'relieved') return `Truck ${letter} was relieved${waited}.`;
  return `Truck ${letter} came home empty${waited}.`;
}

/** @param {number} n @param {string} noun */
const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/**
 * The picture of this page.
 * @param {Document} page @param {number} trucks how many there are
 * @returns {{begin: (out: number) => void, trip: (trip: Trip) => void}}
 */
export function openPicture(page, trucks) {
  const panel = page.querySelector('[data-meter]');
  const button = panel?.querySelector('[data-pause]');
  if (!panel || !button) return { begin: () => {}, trip: () => {} };
  const picture = new Picture(panel, trucks);
  button.addEventListener('click', () => {
    const still = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(still));
    const word = button.querySelector('[data-pause-word]');
    if (word) word.textContent = still ? 'Go on' : 'Pause';
    picture.still = still;
  });
  return picture;
}

/** Which truck of the picture a truck of the road is: the first that is free. */
export class Picture {
  #scene;
  #line;
  /** @type {Truck[]} */
  #trucks;
  #still = false;
  #begun = false;

  /**
   * @param {Element} panel
   * @param {number} trucks how many there are
   */
  constructor(panel, trucks) {
    this.#scene = panel.querySelector('[data-scene]');
    this.#line = panel.querySelector('[data-caption]');
    const nodes = [.../** @type {NodeListOf<SVGElement>} */ (panel.querySelectorAll('[data-truck]'))].slice(0, trucks);
    this.#trucks = nodes.map((node) => ({
      letter: String(node.getAttribute('data-truck')),
      node,
      key: undefined,
      load: '',
      at: '',
      queued: 0,
      place: 'home',
      moves: Promise.resolve(),
    }));
    for (const truck of this.#trucks) truck.node.removeAttribute('hidden');
    this.#settle();
  }

  /** Trucks that are out already, for other pages share them. @param {number} out */
  begin(out) {
    if (this.#begun) return;
    this.#begun = true;
    for (const truck of this.#trucks.slice(0, out)) truck.place = 'parked';
    this.#settle();
    if (out > 0) this.#write(`Truck ${this.#trucks[0].letter} waits for news.`);
  }

  /**
   * Whether nothing moves; trucks then stand where they are in truth once it moves again.
   * @param {boolean} still
   */
  set still(still) {
    this.#still = still;
    if (!still) this.#settle();
  }

  /** Something happened on the road. @param {Trip} trip */
  trip(trip) {
    this.#begun = true;
    const truck = this.#find(trip);
    if (!truck) return;
    if (trip.what === 'departs') {
      truck.key = trip.truck;
      truck.load = trip.words ? 'words' : '';
      this.#drive(truck, trip.parks ? 'parked' : 'gate', truck.load);
    } else {
      truck.key = undefined;
      this.#drive(
        truck,
        'home',
        trip.what === 'lost' ? 'lost' : trip.items ? 'news' : trip.why === 'ticket' ? 'ticket' : '',
      );
    }
    const said = caption(trip, truck.letter);
    if (said && !this.#still) this.#write(said);
  }

  /** @param {Trip} trip */
  #find({ what, truck: key }) {
    const known = this.#trucks.find((truck) => truck.key !== undefined && truck.key === key);
    if (known) return known;
    const free = what === 'departs' ? ['home', 'gate', 'parked'] : ['parked', 'gate'];
    return free
      .map((place) => this.#trucks.find((truck) => truck.place === place && truck.key === undefined))
      .find(Boolean);
  }

  /** @param {Truck} truck @param {Place} place @param {string} load */
  #drive(truck, place, load) {
    truck.place = place;
    truck.load = load;
    const quick = this.#still || document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (quick || truck.queued >= QUEUED_MAX) return this.#settle();
    truck.queued++;
    truck.moves = truck.moves.then(() => this.#way(truck, place, load)).finally(() => truck.queued--);
  }

  /** One way, seen. @param {Truck} truck @param {Place} place @param {string} load */
  async #way(truck, place, load) {
    const from = truck.at;
    this.#dress(truck, load, place === 'home' ? 'home' : 'factory');
    const to = this.#spot(truck, place);
    if (load === 'lost') {
      await this.#animate(truck, [{ opacity: 1 }, { opacity: 0 }]);
    } else {
      await this.#animate(truck, [{ transform: `translateX(${from})` }, { transform: `translateX(${to})` }]);
    }
    this.#put(truck, to);
    if (place === 'home') this.#dress(truck, '', 'factory');
  }

  /** @param {Truck} truck @param {Keyframe[]} frames */
  async #animate(truck, frames) {
    if (this.#still || (frames[0].transform === frames[1].transform && frames[0].opacity === undefined)) return;
    const move = truck.node.animate(frames, { duration: WAY_MS, easing: 'ease-in-out', fill: 'forwards' });
    // A picture that is hidden in the middle of a way does not finish it by itself.
    await Promise.race([move.finished.catch(() => {}), new Promise((resume) => setTimeout(resume, 2 * WAY_MS))]);
    move.cancel();
  }

  /** All trucks where they are in truth, without a move. */
  #settle() {
    if (this.#still) return;
    for (const truck of this.#trucks) {
      this.#dress(truck, truck.place === 'home' ? '' : truck.load, 'factory');
      this.#put(truck, this.#spot(truck, truck.place));
    }
  }

  /** @param {Truck} truck @param {string} at */
  #put(truck, at) {
    truck.at = at;
    truck.node.style.transform = `translateX(${at})`;
  }

  /** @param {Truck} truck @param {string} load @param {string} heading */
  #dress(truck, load, heading) {
    truck.node.setAttribute('data-load', load);
    truck.node.setAttribute('data-heading', heading);
  }

  /** @param {Truck} truck @param {Place} place */
  #spot(truck, place) {
    const index = this.#trucks.indexOf(truck);
    const apart = this.#trucks.length > 2 ? APART_PX.many : APART_PX.few;
    if (place === 'home') return `${HOUSE_PX + index * apart}px`;
    const before = this.#trucks.filter(
      (other) => other.place === 'parked' && this.#trucks.indexOf(other) < index,
    ).length;
    return place === 'parked' ? `calc(100cqi - ${BAY_PX + before * apart}px)` : `calc(100cqi - ${GATE_PX}px)`;
  }

  /** @param {string} text */
  #write(text) {
    if (this.#line) this.#line.textContent = text;
  }
}
