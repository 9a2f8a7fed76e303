// @ts-check
/** The live lanes: which there are, what they bring, and that they rest while nobody looks. */

import { WALL_CLOCK } from '../channel/clock.js';
import { compare } from '../channel/cursor.js';
import { FLEETS } from '../channel/fleets.js';
import { write } from '../dom/change.js';
import { Lane, STATION } from './lane.js';
import { play } from './player.js';
import { CONNECTIONS, LANES_MAX, connections, mayJoin } from './settings.js';
import { newsLine, Track } from './track.js';

/** @typedef {import('./settings.js').Settings} Settings */

/** How often what is seen is looked at, ms: trucks that wait are counted in time. */
const LOOK_MS = 500;

/** All live lanes. */
export class Board {
  #page;
  #place;
  #template;
  #settings;
  #dockClock;
  #where;
  #tell;
  #tracks = /** @type {Track[]} */ ([]);
  #seen;
  #first;
  #next;
  #rests = false;
  #still = false;
  #painting = false;
  #words = 0;
  #stop = () => {};

  /**
   * @param {object} parts
   * @param {Element} parts.page
   * @param {Settings} parts.settings they change with what is chosen
   * @param {import('../channel/dock_clock.js').DockClock} parts.dockClock
   * @param {string} parts.seen
   * @param {() => Promise<string>} parts.where asks for the journal's end
   * @param {(number: number) => void} parts.tell
   * @param {number} parts.first from where on numbers of changes are ours
   */
  constructor({ page, settings, dockClock, seen, where, tell, first }) {
    this.#page = page;
    this.#place = /** @type {Element} */ (page.querySelector('[data-tracks]'));
    this.#template = /** @type {HTMLTemplateElement} */ (page.querySelector('[data-track]'));
    this.#settings = settings;
    this.#dockClock = dockClock;
    this.#seen = seen;
    this.#where = where;
    this.#tell = tell;
    this.#first = first;
    this.#next = first;
    setInterval(() => this.paint(), LOOK_MS);
    this.#add.addEventListener('click', () => {
      const name = this.#fitting();
      if (name) this.#settings.lanes.push(name);
      this.build();
    });
  }

  /** The furthest place that a lane has seen. */
  get #end() {
    return this.#tracks.reduce((end, { lane }) => (lane && compare(lane.seen, end) > 0 ? lane.seen : end), this.#seen);
  }

  get #add() {
    return /** @type {HTMLButtonElement} */ (this.#page.querySelector('[data-add]'));
  }

  #fitting() {
    const { lanes } = this.#settings;
    return lanes.length < LANES_MAX
      ? Object.keys(FLEETS)
          .reverse()
          .find((name) => !lanes.includes(name) && mayJoin(lanes, name))
      : undefined;
  }

  /** Makes the lanes anew, as they are chosen. @param {string} [seen] from where on */
  build(seen = this.#end) {
    this.#seen = seen;
    for (const { lane } of this.#tracks) lane?.rest();
    const { lanes } = this.#settings;
    this.#tracks = lanes.map((name, index) => this.#track(name, index));
    this.#place.replaceChildren(...this.#tracks.map(({ node }) => node));
    this.#add.hidden = lanes.length >= LANES_MAX;
    this.#add.disabled = this.#fitting() === undefined;
    this.#count();
    if (!this.#rests) this.#open();
    this.paint();
  }

  /** @param {string} name @param {number} index */
  #track(name, index) {
    const track = new Track(this.#template, FLEETS[name], index + 1);
    const { lanes } = this.#settings;
    const others = lanes.filter((_, other) => other !== index);
    for (const option of track.choice.options) option.disabled = !mayJoin(others, option.value);
    track.choice.addEventListener('change', () => {
      lanes[index] = track.choice.value;
      this.build();
      this.#tracks[index]?.choice.focus();
    });
    track.remove.hidden = lanes.length < 2;
    track.remove.addEventListener('click', () => {
      lanes.splice(index, 1);
      this.build();
      this.#add.focus();
    });
    track.still = this.#still;
    return track;
  }

  #open() {
    for (const track of this.#tracks) {
      track.lane = new Lane({
        fleet: track.fleet,
        seen: this.#seen,
        watch: this.#watch,
        isOurs: (item) => this.#isOurs(item),
        dockClock: this.#dockClock,
        where: this.#where,
        on: {
          trip: (trip) => {
            // A truck that is called back is not lost.
            track.trip(
              trip.what === 'lost' && this.#rests ? { ...trip, what: 'home', why: 'rest', items: 0, parked: 0 } : trip,
            );
            this.#schedule();
          },
          news: (item, age) => track.note(newsLine(item, age)),
          state: () => this.#schedule(),
        },
      });
    }
    this.#play();
  }

  /** The station whose news the lanes bring, if any. */
  get #station() {
    const { source } = this.#settings;
    return source?.startsWith('station:') ? source.slice('station:'.length) : null;
  }

  get #watch() {
    return [this.#station ?? STATION];
  }

  /** @param {import('../channel/wire.js').Item} item */
  #isOurs({ kind, station, number }) {
    if (kind === 'lab') return typeof number === 'number' && number >= this.#first && number < this.#next;
    return kind === 'report' && station === this.#station;
  }

  /** The traffic was chosen anew. */
  choose() {
    for (const { lane } of this.#tracks) lane?.watches(this.#watch);
    this.#play();
  }

  #play() {
    this.#stop();
    this.#stop = () => {};
    const { source, seed, news, words } = this.#settings;
    if (source !== 'chance' || this.#rests) return;
    this.#stop = play(seed, { news, words }, { news: () => this.change(), word: () => this.say() }, WALL_CLOCK);
  }

  /** Something changes. */
  change() {
    if (!this.#rests) this.#tell(this.#next++);
  }

  /** Somebody says something, in every lane. */
  say() {
    this.#words++;
    for (const { lane } of this.#tracks) lane?.say(`word ${this.#words}`);
  }

  /** Whether the picture stands, and the figures with it. @param {boolean} still */
  set still(still) {
    this.#still = still;
    for (const track of this.#tracks) track.still = still;
    this.paint();
  }

  /** Nobody looks, or the connections are needed. */
  rest() {
    if (this.#rests) return;
    this.#rests = true;
    this.#stop();
    for (const { lane } of this.#tracks) lane?.rest();
  }

  /** Goes on from the journal's end: what happened while they rested, the lanes are not to be blamed for. */
  async wake() {
    if (!this.#rests) return;
    this.#rests = false;
    const seen = await this.#where().catch(() => undefined);
    if (this.#rests) return;
    const opened = this.#tracks.every(({ lane }) => lane !== null);
    for (const { lane } of this.#tracks) lane?.wake(seen);
    if (opened) this.#play();
    else this.#open();
  }

  #count() {
    const { lanes } = this.#settings;
    const sockets = lanes.filter((name) => FLEETS[name].down === 'socket').length;
    const beside = sockets === 0 ? '' : sockets === 1 ? ', and a WebSocket' : `, and ${sockets} WebSockets`;
    write(
      this.#page.querySelector('[data-connections]'),
      `Lanes use ${connections(lanes)} of ${CONNECTIONS} connections${beside}`,
    );
  }

  #schedule() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => {
      this.#painting = false;
      this.paint();
    });
  }

  /** Shows what there is by now. */
  paint() {
    if (this.#still || document.hidden) return;
    for (const track of this.#tracks) track.paint();
  }
}
