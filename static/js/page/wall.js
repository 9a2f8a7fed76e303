// @ts-check
// A page on a wall: nobody touches it, and it has to stay right for weeks. It is dark after sunset, hides the pointer, says
// plainly whether the server is reached, and asks for the whole page again when news alone cannot keep it right.
import { set, write } from '../dom/change.js';
import { isUp } from '../view/sun.js';
import { date, moment } from '../view/zone.js';
import { isFed } from './feed_line.js';

/** @typedef {import('../view/station.js').Station} Station */
/** @typedef {{kind: string, newBuild: string | null}} Feed */

/** The pointer is hidden when it has not moved for so long, ms. */
const IDLE_MS = 3_000;
/** The page asks by itself at most this often, ms. */
const PAUSE_MS = 60_000;
/** A browser's clock that goes wrong by more than this was set, ms: small computers learn the time after they have started. */
const JUMP_MS = 5_000;

/**
 * @typedef {object} Look
 * @property {string} day the station's local day
 * @property {number} clock the browser's clock, ms
 * @property {number} steady a clock that nobody sets, ms
 * @property {boolean} isWrong a newer version is running, or the page does not show its station
 */

/** Decides when the page asks for itself again. Pure: time is an argument. */
export class Rounds {
  #day;
  #ahead;
  #asked;
  #wanted = false;

  /** @param {Look} first */
  constructor({ day, clock, steady }) {
    this.#day = day;
    this.#ahead = clock - steady;
    this.#asked = steady;
  }

  /** Whether to ask now; if so, it is taken as done. @param {Look} look */
  isDue({ day, clock, steady, isWrong }) {
    const ahead = clock - steady;
    this.#wanted ||= day !== this.#day || Math.abs(ahead - this.#ahead) > JUMP_MS;
    this.#day = day;
    this.#ahead = ahead;
    if (!(this.#wanted || isWrong) || steady - this.#asked < PAUSE_MS) return false;
    this.#asked = steady;
    this.#wanted = false;
    return true;
  }
}

/** `light`, `dark`, or empty where nobody knows: as the system is. @param {Station | undefined} station @param {number} now */
export const themeOf = (station, now) => (station?.sun ? (isUp(station.sun, now) ? 'light' : 'dark') : '');

/** @param {Feed} feed @param {string} since when the server was reached last */
export function wallText({ kind }, since) {
  if (isFed({ kind })) return 'Connected';
  if (kind === 'connecting') return 'Connecting to the server';
  return `No connection to the server since ${since}. It comes back by itself.`;
}

/**
 * Makes a page on a wall look after itself; undefined on other pages.
 * @param {Document} page @param {() => void} refetch
 */
export function openWall(page, refetch) {
  const line = page.querySelector('[data-wall]');
  if (!line) return undefined;
  hidePointer(page.documentElement);
  /** @type {{rounds?: Rounds, fedAt?: number}} */
  const known = {};
  return {
    /** @param {{now: number, feed: Feed, station: Station | undefined}} seen */
    frame({ now, feed, station }) {
      const root = page.documentElement;
      const theme = themeOf(station, now);
      if (theme) set(root, 'data-theme', theme);
      else root.removeAttribute('data-theme');
      if (!station) return;
      if (isFed(feed) || known.fedAt === undefined) known.fedAt = now;
      write(line, wallText(feed, moment(station.zone, known.fedAt, now)));
      const isWrong = feed.newBuild !== null || !page.querySelector('article[data-station]');
      const look = { day: date(station.zone, now), clock: Date.now(), steady: performance.now(), isWrong };
      known.rounds ??= new Rounds(look);
      if (known.rounds.isDue(look)) refetch();
    },
  };
}

/** @param {Element} root */
function hidePointer(root) {
  const rest = () => root.setAttribute('data-idle', '');
  let timer = setTimeout(rest, IDLE_MS);
  addEventListener('pointermove', () => {
    clearTimeout(timer);
    timer = setTimeout(rest, IDLE_MS);
    root.removeAttribute('data-idle');
  });
}
