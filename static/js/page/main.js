// @ts-check
// The page: takes the news that home brings, and paints once for all of it.
import { BASE } from '../channel/base.js';
import { compare } from '../channel/cursor.js';
import { unfed } from '../channel/feed.js';
import { openChat } from '../keeper/chat.js';
import { openNotice } from '../keeper/notice.js';
import { paintFleets, paintMeter } from '../meter/meter.js';
import { openPicture } from '../meter/picture.js';
import { connect } from '../tabs/link.js';
import { stationOf } from '../view/card.js';
import { mark } from '../view/marks.js';
import { paint, titleOf } from '../view/paint.js';
import { stateOf, take, turn, wordOf } from '../view/station.js';
import { UTC } from '../view/zone.js';
import { chosenFleet, keepOpen } from './choice.js';
import { isFed, paintFeed } from './feed_line.js';
import { refetcher, replaceContent } from './refetch.js';
import { Groups } from './groups.js';
import { Rows } from './rows.js';
import { openWall } from './wall.js';

/** @typedef {import('../view/station.js').Station} Station */
/** @typedef {{cursor: string, build: string, now: number, units: import('../view/units.js').Units, watch: string[], stations: Station[]}} State */
/** @typedef {{at: string, kind: string, [field: string]: any}} Item */

/** A screen reader says the state of one of many stations no more often than this, ms. */
const ANNOUNCED_MS = 60_000;
/** How long the page says that it is back, ms. */
const BACK_SAID_MS = 8_000;
/** News that waits for a fetch, and announced words, at most: a page may stay open for months. The oldest give way. */
const RECENT_MAX = 5_000;
const BLURTED_MAX = 1_000;

/** @param {Document} from @returns {State | undefined} */
function readState(from) {
  const text = from.getElementById('state')?.textContent;
  const state = text && JSON.parse(text);
  return state ? { ...state, stations: state.stations.map(stationOf) } : undefined;
}

/** @param {Station[]} stations */
const bySlug = (stations) => new Map(stations.map((station) => [station.slug, station]));

/** What the page's content is: groups of stations, and rows if it is a table. */
function openGroups() {
  const groups = new Groups(document);
  return { groups, rows: new Rows(document, groups) };
}

/** @param {State} first */
function run(first) {
  const fleet = chosenFleet(location.search, () => localStorage);
  const page = {
    state: first,
    /** Server's clock minus ours, ms. */
    offset: first.now - Date.now(),
    /** What came while a fetch is under way: its page may know it or not. @type {Item[]} */
    recent: /** @type {Item[]} */ ([]),
    fetching: false,
    /** Whether the last page that came showed no station, so that home rests. */
    resting: false,
    feed: unfed(fleet.name),
    /** The outage that is over, and until when the page says so. @type {{ms: number, until: number} | undefined} */
    back: /** @type {{ms: number, until: number} | undefined} */ (undefined),
    /** What the keeper said unasked while nobody looked. */
    unread: 0,
    title: document.title,
    /** What was announced: news that came during a fetch is taken twice. @type {Set<string>} */
    blurted: new Set(),
    /** The states that were announced, by slug. @type {Map<string, string>} */
    told: new Map(),
    /** When one of many was announced. */
    toldAt: -Infinity,
    /** The stations by slug. */
    stations: bySlug(first.stations),
    ...openGroups(),
    painting: false,
  };
  const now = () => Date.now() + page.offset;
  const watch = () => page.state.watch;

  /** @type {Record<string, (item: Item) => void>} */
  const VERBS = {
    report(item) {
      const station = page.stations.get(item.station);
      if (!station) return isOthers(item) ? undefined : refetch();
      const known = take(station, /** @type {any} */ (item), now());
      page.rows.note(item.station);
      if (!known || (page.rows.any && !page.rows.hasColumns(item.values))) refetch();
    },
    marked(item) {
      const station = page.stations.get(item.station);
      if (station) mark(station, /** @type {any} */ (item));
    },
    backfill: (item) => (isOthers(item) ? undefined : refetch()),
    station: () => refetch(),
    words(item) {
      const seen = chat?.isSeen() && !document.hidden && item.station === own;
      chat?.take(/** @type {any} */ (item));
      if (item.from !== 'robot' || item.answers || seen || page.blurted.has(item.id)) return;
      page.blurted = new Set([...page.blurted, item.id].slice(-BLURTED_MAX));
      if (document.hidden) page.unread++;
      const name = page.stations.get(item.station)?.name ?? item.station;
      notice.show(`${name}: ${item.text}`, `${BASE}/s/${encodeURIComponent(item.station)}#keeper`);
    },
    forgotten(item) {
      if (item.station === own) chat?.forget();
    },
  };

  /** A page of more stations than a truck can name hears of all. @param {Item} item */
  const isOthers = ({ station }) => watch().length > 0 && !page.stations.has(station);

  /** @param {Item[]} items */
  function apply(items) {
    if (page.fetching) page.recent = [...page.recent, ...items].slice(-RECENT_MAX);
    for (const item of items) if (Object.hasOwn(VERBS, item.kind)) VERBS[item.kind](item);
    schedule();
  }

  const home = connect({
    fleet,
    build: first.build,
    state: { seen: first.cursor, watch: watch() },
    apply,
    onState(state) {
      const wasAway = ['reconnecting', 'offline', 'reloading'].includes(page.feed.kind);
      if (wasAway && isFed(state) && state.outageMs)
        page.back = { ms: state.outageMs, until: Date.now() + BACK_SAID_MS };
      page.feed = state;
      schedule();
    },
    onReload: () => refetch(),
    onSaid: (said) => chat?.said(said),
    onStats(stats) {
      picture.begin(stats.trucksOut);
      schedule();
    },
    onTrip: (trip) => picture.trip(trip),
  });
  const own = document.querySelector('[data-keeper]')?.getAttribute('data-keeper');
  const zone = first.stations[0]?.zone ?? UTC;
  const chat = openChat(document, { say: (words) => home.say(words), zone, now });
  const notice = openNotice(document);
  const picture = openPicture(document, fleet.trucks);

  const ask = refetcher(show);
  function refetch() {
    page.fetching = true;
    ask();
  }
  const wall = openWall(document, refetch);

  /** @param {Document} fetched @param {string} [moved] where the page is now: its station has another name in URLs */
  function show(fetched, moved) {
    if (moved && !chat?.isBusy()) return location.replace(moved + location.hash);
    if (moved) {
      // What somebody writes just now is sent first.
      page.fetching = false;
      ask();
      return schedule();
    }
    const state = readState(fetched);
    if (state && state.build !== page.state.build) {
      if (!chat?.isBusy()) return location.reload();
      page.fetching = false;
      page.feed = { ...page.feed, newBuild: state.build };
      return schedule();
    }
    replaceContent(fetched);
    page.rows.close();
    Object.assign(page, openGroups());
    page.title = fetched.title;
    chat?.absorb(fetched);
    page.fetching = false;
    const recent = page.recent.splice(0);
    const wasResting = page.resting;
    page.resting = !state;
    if (!state) return home.rest();
    page.state = state;
    page.stations = bySlug(state.stations);
    page.offset = state.now - Date.now();
    const reached = home.seen;
    // The news that came since the page was rendered is still new to it.
    apply(recent.filter((item) => compare(item.at, state.cursor) > 0));
    const seen = compare(reached, state.cursor) > 0 ? reached : state.cursor;
    if (wasResting || home.state.kind === 'reloading' || seen !== reached) home.start({ seen, watch: watch() });
  }

  function schedule() {
    if (page.painting) return;
    page.painting = true;
    // A hidden page gets no animation frames, but its title is seen.
    if (document.hidden) setTimeout(frame, 0);
    else requestAnimationFrame(frame);
  }

  function frame() {
    page.painting = false;
    const lost = !isFed(page.feed) && page.feed.kind !== 'connecting';
    if (page.back && (page.back.until < Date.now() || lost)) page.back = undefined;
    const seen = { now: now(), units: page.state.units, fed: !lost, stations: page.state.stations };
    if (!page.rows.any) for (const station of seen.stations) turn(station, seen.now);
    const title = titleOf(document, seen);
    const count = page.unread ? `(${page.unread}) ` : '';
    document.title = title ? `${count}${lost ? '… ' : ''}${title}` : `${count}${page.title}`;
    paintFeed(document, page.feed, Date.now(), page.back?.ms);
    wall?.frame({ now: seen.now, feed: page.feed, station: seen.stations[0] });
    if (document.hidden) return;
    const painted = page.rows.any ? page.rows.paint(seen, page.stations) : paintAll(seen);
    if (home.stats) paintMeter(document, home.stats);
    announce(painted, seen.now);
  }

  /** @param {import('../view/paint.js').Seen} seen */
  function paintAll(seen) {
    paint(document, seen);
    for (const card of document.querySelectorAll('.place-card')) page.groups.put(card);
    page.rows.paintDots(seen, page.stations);
    return seen.stations;
  }

  /** Says a change of a station's state, for those who do not see it. @param {Station[]} stations @param {number} at */
  function announce(stations, at) {
    for (const station of stations) {
      const state = stateOf(station, at);
      const before = page.told.get(station.slug);
      page.told.set(station.slug, state);
      const line = document.querySelector('[data-announce]');
      if (!line || !before || before === state) continue;
      if (page.rows.any && Math.abs(at - page.toldAt) < ANNOUNCED_MS) continue;
      page.toldAt = at;
      line.textContent = `${station.name}: ${wordOf(station, at)}`;
    }
  }

  home.visible = !document.hidden;
  document.addEventListener('visibilitychange', () => {
    home.visible = !document.hidden;
    if (!document.hidden) {
      page.unread = 0;
      home.wake();
    }
    schedule();
  });
  addEventListener('online', () => home.online());
  addEventListener('offline', () => home.offline());
  addEventListener('pagehide', () => home.rest());
  addEventListener('pageshow', (event) => event.persisted && home.start({ watch: watch() }));
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-feed-retry]')) home.wake();
  });
  const meter = /** @type {HTMLDetailsElement | null} */ (document.querySelector('[data-meter]'));
  meter?.addEventListener('toggle', schedule);
  keepOpen(meter, 'meter', () => localStorage);
  paintFleets(document, fleet.name);
  setInterval(schedule, 1_000);
  home.start({ seen: first.cursor, watch: watch() });
  schedule();
  // A page out of the browser's cache has an old server's clock: what it says about ages is not to be believed.
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  if (visit?.transferSize === 0 && visit.decodedBodySize > 0) {
    page.offset = 0;
    refetch();
  }
}

const state = readState(document);
if (state) run(state);
