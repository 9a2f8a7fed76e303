// @ts-check
/** One home for all pages of a browser. It knows neither ports nor workers: it takes messages, and posts some. */

import { Alarm, WALL_CLOCK, watchful } from '../channel/clock.js';
import { compare, isCursor } from '../channel/cursor.js';
import { Home } from '../channel/home.js';
import { WATCH_MAX } from '../channel/place.js';
import { covers, isFor, Pages } from './pages.js';

/** @typedef {import('../channel/wire.js').Item} Item */
/** @typedef {import('../channel/wire.js').Load} Load */
/** @typedef {import('../channel/listener.js').Trip} Trip */
/** @typedef {import('../channel/feed.js').Feed} Feed */
/** @typedef {import('../channel/tally.js').Stats} Stats */
/** @typedef {import('../channel/words.js').Said} Said */
/** @typedef {import('../channel/words.js').Word} Word */
/**
 * What a page says. `hello` begins anew, with the page's own cursor; `turn` numbers its hellos.
 *
 * @typedef {{what: 'hello', turn: number, seen: string, watch: readonly string[], visible: boolean, say: Word[]}
 *   | {what: 'say', word: Word} | {what: 'visible', visible: boolean}
 *   | {what: 'wake' | 'online' | 'offline' | 'here' | 'goodbye'}} Up
 */
/**
 * What a page is told, since which of its hellos. `news` reaches from `after` to `seen`; `who` asks for a hello.
 *
 * @typedef {({what: 'news', items: Item[], load: Load | null, after: string, seen: string}
 *   | {what: 'state', state: Feed} | {what: 'heard', ids: string[]} | {what: 'said', words: Said[]}
 *   | {what: 'trip', trip: Trip, stats: Stats} | {what: 'stats', stats: Stats}
 *   | {what: 'fault', text: string} | {what: 'reload' | 'beat' | 'who'}) & {turn: number}} Down
 */
/** @typedef {import('./pages.js').Page} Page */

/** How often every page hears something, ms. */
const BEAT_MS = 10_000;
/** How long trucks run for pages that nobody sees: their titles change, ms. */
const HIDDEN_MS = 5 * 60_000;

/** The home that pages share. */
export class Hub {
  #home;
  #clock;
  #hiddenMs;
  #pages = new Pages();
  /** What the trucks are told to watch. @type {readonly string[]} */
  #watch = [];
  /** How far pages have been told. */
  #told = '';
  #beat;
  #unseen;

  /**
   * @param {Omit<ConstructorParameters<typeof Home>[0], 'apply'>} parts the home's
   * @param {{hiddenMs?: number}} [more] how long trucks run while no page is visible
   */
  constructor(parts, { hiddenMs = HIDDEN_MS } = {}) {
    this.#hiddenMs = hiddenMs;
    this.#clock = watchful(parts.clock ?? WALL_CLOCK, () => this.#slept());
    this.#beat = new Alarm(this.#clock, () => this.#beats());
    this.#unseen = new Alarm(this.#clock, () => this.#home.rest());
    this.#home = new Home({
      ...parts,
      apply: (items, load) => this.#news(items, load),
      onState: (state) => this.#tell({ what: 'state', state }),
      onReload: () => this.#reload(this.#pages.all),
      onHeard: (ids) => this.#tell({ what: 'heard', ids }),
      onSaid: (words) => this.#tell({ what: 'said', words }),
      onTrip: (trip) => this.#trip(trip),
      onFault: (error) => this.#tell({ what: 'fault', text: String(error) }),
    });
  }

  /** How many pages there are. */
  get size() {
    return this.#pages.size;
  }

  /** What home has done so far. */
  get stats() {
    return this.#home.stats;
  }

  /**
   * A page appears; it is one of ours after its hello.
   *
   * @param {(message: Down) => void} post
   * @returns {(message: Up) => void} takes what it says
   */
  connect(post) {
    /** @type {Page} */
    const page = { post, turn: 0, watch: [], visible: false, reloads: false, unanswered: 0 };
    return (message) => this.#take(page, message);
  }

  /**
   * @param {Page} page
   * @param {Up} message
   */
  #take(page, message) {
    page.unanswered = 0;
    if (message.what === 'hello') return this.#hello(page, message);
    if (message.what === 'goodbye') return this.#leave(page);
    if (!this.#pages.has(page)) return page.post({ what: 'who', turn: page.turn });
    if (message.what === 'say') return this.#say(page, message.word);
    if (message.what === 'wake') return this.#home.wake();
    if (message.what === 'online') return this.#home.online();
    if (message.what === 'offline') return this.#home.offline();
    if (message.what !== 'visible') return;
    page.visible = message.visible;
    this.#look();
  }

  /**
   * @param {Page} page
   * @param {Extract<Up, {what: 'hello'}>} hello
   */
  #hello(page, { turn, seen, watch, visible, say }) {
    if (!isCursor(seen)) return;
    Object.assign(page, { turn, visible, watch: watch.length > WATCH_MAX ? [] : watch, reloads: false });
    this.#pages.delete(page);
    const alone = this.#pages.size === 0;
    this.#pages.add(page);
    if (!this.#beat.isSet) this.#beat.set(BEAT_MS);
    page.post({ what: 'state', state: this.#home.state, turn });
    page.post({ what: 'stats', stats: this.#home.stats, turn });
    for (const word of say) this.#say(page, word);
    this.#follow(page, seen, alone);
    this.#look();
    page.post({ what: 'said', words: this.#home.said, turn });
  }

  /**
   * Sees that the trucks bring everything that the page has not seen. Where they would not, home goes back as far as it has
   * to: what other pages have seen by then, they drop.
   *
   * @param {Page} page
   * @param {string} seen
   * @param {boolean} alone
   */
  #follow(page, seen, alone) {
    const watch = this.#pages.union;
    const ahead = compare(seen, this.#home.seen);
    const { kind } = this.#home.state;
    if (alone || kind === 'reloading' || Number.isNaN(ahead)) {
      const others = this.#pages.all.filter((other) => other !== page);
      this.#go(watch, seen, () => this.#home.start({ seen, watch }));
      // Two journals: who has the old one finds out by asking for it, and who has the new one loses little.
      this.#reload(others.filter(({ reloads }) => !reloads));
    } else if (ahead < 0 || !covers(this.#watch, page.watch)) {
      const from = ahead < 0 ? seen : this.#home.seen;
      this.#go(watch, from, () => this.#home.goBack({ seen: from, watch }));
    } else {
      this.#narrow();
    }
  }

  /**
   * @param {readonly string[]} watch
   * @param {string} seen
   * @param {() => void} then
   */
  #go(watch, seen, then) {
    this.#watch = watch;
    this.#told = seen;
    then();
  }

  /** @param {Page} page */
  #leave(page) {
    if (!this.#pages.delete(page)) return;
    if (this.#pages.size === 0) {
      this.#home.rest();
      this.#beat.off();
      this.#unseen.off();
      return;
    }
    this.#narrow();
    this.#look();
  }

  /** A station that no page shows any more needs no truck. */
  #narrow() {
    this.#watch = this.#pages.union;
    this.#home.narrow(this.#watch);
  }

  /** Home runs while somebody looks, and for a while longer. */
  #look() {
    this.#home.visible = this.#pages.oneIsVisible;
    const resting = this.#isAtRest;
    if (this.#home.visible) {
      this.#unseen.off();
      if (resting) this.#home.wake();
    } else if (this.#hiddenMs === 0) {
      this.#home.rest();
    } else if (!this.#unseen.isSet) {
      this.#unseen.set(this.#hiddenMs);
    }
  }

  get #isAtRest() {
    return this.#home.state.kind === 'resting';
  }

  /**
   * @param {Page} page
   * @param {Word} word
   */
  #say(page, word) {
    try {
      this.#home.say(word);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      page.post({ what: 'said', words: [...this.#home.said, { ...word, state: 'refused', reason }], turn: page.turn });
    }
  }

  /**
   * @param {Item[]} items
   * @param {Load | null} load
   */
  #news(items, load) {
    const [after, seen] = [this.#told, this.#home.seen];
    this.#told = seen;
    for (const page of this.#pages) {
      if (page.reloads) continue;
      const shown = items.filter((item) => isFor(page, item));
      page.post({ what: 'news', items: shown, load: load && { ...load, cargo: shown }, after, seen, turn: page.turn });
    }
  }

  /** @param {Trip} trip */
  #trip(trip) {
    // News that no page watches moves the cursor, too.
    if (trip.what === 'home' && this.#home.seen !== this.#told) this.#news([], null);
    this.#tell({ what: 'trip', trip, stats: this.#home.stats });
  }

  /** @param {readonly Page[]} pages */
  #reload(pages) {
    for (const page of pages) {
      page.reloads = true;
      page.post({ what: 'reload', turn: page.turn });
    }
  }

  #beats() {
    this.#beat.set(BEAT_MS);
    for (const page of this.#pages.gone()) this.#leave(page);
    this.#tell({ what: 'beat' });
  }

  /** The machine has slept: alarms that were due are set again, and home looks after its own. */
  #slept() {
    if (this.#pages.size === 0) return;
    this.#beat.set(BEAT_MS);
    this.#unseen.off();
    this.#look();
    if (!this.#isAtRest) this.#home.wake();
  }

  /** @param {any} message */
  #tell(message) {
    for (const page of this.#pages) page.post({ ...message, turn: page.turn });
  }
}
