// @ts-check
// The page: takes the news that home brings, and paints once for all of it.
import { chosenFleet } from './choice.js';
import { compare } from './cursor.js';
import { paintFeed } from './feed.js';
import { WORDS } from './format.js';
import { connect } from './link.js';
import { refetcher, replaceContent } from './refetch.js';
import { stateOf, take, turn } from './station.js';
import { paint, titleOf } from './view.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {{cursor: string, build: string, now: number, units: import('./units.js').Units, stations: Station[]}} State */
/** @typedef {{at: string, kind: string, [field: string]: any}} Item */

/** @param {Document} from @returns {State | undefined} */
function readState(from) {
  const text = from.getElementById('state')?.textContent;
  return text ? JSON.parse(text) : undefined;
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
    feed: { kind: 'connecting', fleet: fleet.name, retryAt: /** @type {number | null | undefined} */ (null) },
    /** The states that were announced, by slug. @type {Map<string, string>} */
    told: new Map(),
    painting: false,
  };
  const now = () => Date.now() + page.offset;
  const watch = () => (document.querySelector('article[data-station]') ? page.state.stations.map(({ slug }) => slug) : []);

  /** @type {Record<string, (item: Item) => void>} */
  const VERBS = {
    report(item) {
      const station = page.state.stations.find(({ slug }) => slug === item.station);
      if (!station || !take(station, /** @type {any} */ (item), now())) refetch();
    },
    backfill: () => refetch(),
    station: () => refetch(),
  };

  /** @param {Item[]} items */
  function apply(items) {
    if (page.fetching) page.recent.push(...items);
    for (const item of items) if (Object.hasOwn(VERBS, item.kind)) VERBS[item.kind](item);
    schedule();
  }

  const home = connect({
    fleet,
    build: first.build,
    state: { seen: first.cursor, watch: watch() },
    apply,
    onState(state) {
      page.feed = state;
      schedule();
    },
    onReload: () => refetch(),
  });

  const ask = refetcher(show);
  function refetch() {
    page.fetching = true;
    ask();
  }

  /** @param {Document} fetched */
  function show(fetched) {
    const state = readState(fetched);
    if (state && state.build !== page.state.build) return location.reload();
    replaceContent(fetched);
    page.fetching = false;
    const recent = page.recent.splice(0);
    if (!state) return home.rest();
    page.state = state;
    page.offset = state.now - Date.now();
    const reached = home.seen;
    // What the trucks have brought since the page was rendered is still news to it.
    apply(recent.filter((item) => compare(item.at, state.cursor) > 0));
    const seen = compare(reached, state.cursor) > 0 ? reached : state.cursor;
    if (home.state.kind === 'reloading' || seen !== reached) home.start({ seen, watch: watch() });
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
    const lost = !['live', 'polling', 'connecting'].includes(page.feed.kind);
    const seen = { now: now(), units: page.state.units, fed: !lost, stations: page.state.stations };
    for (const station of seen.stations) turn(station, seen.now);
    const title = titleOf(document, seen);
    if (title) document.title = lost ? `… ${title}` : title;
    paintFeed(document, page.feed, Date.now());
    if (document.hidden) return;
    paint(document, seen);
    announce(seen.stations, seen.now);
  }

  /** Says a change of a station's state, for those who do not see it. @param {Station[]} stations @param {number} at */
  function announce(stations, at) {
    for (const station of stations) {
      const state = stateOf(station, at);
      const before = page.told.get(station.slug);
      page.told.set(station.slug, state);
      const line = document.querySelector('[data-announce]');
      if (line && before && before !== state) line.textContent = `${station.name}: ${WORDS[state]}`;
    }
  }

  home.visible = !document.hidden;
  document.addEventListener('visibilitychange', () => {
    home.visible = !document.hidden;
    if (!document.hidden) home.wake();
    schedule();
  });
  addEventListener('online', () => home.online());
  addEventListener('offline', () => home.offline());
  addEventListener('pagehide', () => home.rest());
  addEventListener('pageshow', (event) => event.persisted && home.start({ watch: watch() }));
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-feed-retry]')) home.wake();
  });
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
