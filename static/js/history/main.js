// @ts-check
// The history page: pictures that people can look into, in the places of those that the server drew.
import { BASE } from '../channel/base.js';
import { fromCanonical, unitOf } from '../view/units.js';
import { asker, queryOf } from './ask.js';
import { palette } from './colours.js';
import { listen } from './gestures.js';
import { follow } from './news.js';
import { Plot } from './plot.js';
import { GROWN_MAX, grow } from './strand.js';
import { ended, held, panned, zoomed } from './window.js';

/** @typedef {import('./window.js').Window} Window */

/** A window that ends so shortly before now grows with news, ms. */
const END_MS = 120_000;
/** After news that no picture can go on with the server is asked once in this time, ms. */
const REFETCH_MS = 10_000;
/** The server is asked for times below the pictures when they have moved by such a part. */
const NEW_PART = 0.05;
/** The cursor is said when it has stood for so long, ms. */
const SAY_MS = 400;

/** @param {HTMLElement} article */
function run(article) {
  const { slug = '', build = '', cursor = '', watch = slug, units: chosen = '{}' } = article.dataset;
  /** @type {import('../view/units.js').Units} */
  const units = JSON.parse(chosen);
  const offset = Number(article.dataset.now) - Date.now();
  const now = () => Date.now() + offset;
  const [from, to] = [Number(article.dataset.from), Number(article.dataset.to)];
  const first = { window: { from, to }, length: to - from, isLive: now() - to < END_MS, search: location.search };
  const page = {
    window: first.window,
    search: first.search,
    isEnd: first.isLive,
    /** The end of the window that the server was asked for last. */
    asked: to,
    grown: 0,
    refetch: 0,
    say: 0,
    frame: 0,
  };
  const colours = palette(article);
  const sections = /** @type {HTMLElement[]} */ ([...article.querySelectorAll('[data-figure]')]);
  const plots = sections.map((section) => new Plot(section, colours, { zoom: look, reset }));
  const spoken = article.querySelector('[data-spoken]');
  const width = () => plots.find(({ host }) => host.clientWidth > 0)?.host.clientWidth ?? article.clientWidth;

  const ask = asker(`${BASE}/s/${encodeURIComponent(slug)}/history`, {
    pictures({ from, to, window, zone, ticks, figures }) {
      page.grown = 0;
      for (const plot of plots) {
        const figure = figures.find(({ name }) => name === plot.name);
        if (figure) plot.show(figure, { window: { from, to }, zone, ticks });
      }
      const shown = article.querySelector('[data-window]');
      if (shown) shown.textContent = window;
      article.dataset.shown = `${from} ${to}`;
    },
    page: replaceTables,
  });

  /** Looks at a window. @param {Window} window */
  function look(window) {
    page.window = held(window, now());
    page.isEnd = now() - page.window.to < END_MS;
    for (const plot of plots) plot.look(page.window);
    history.replaceState(null, '', `?${queryOf(page.search, page.window)}`);
    for (const chosen of article.querySelectorAll('[data-ranges] [aria-current]'))
      chosen.removeAttribute('aria-current');
    fetchWindow();
  }

  /** Looks at what the page began with. */
  function reset() {
    if (page.window === first.window) return;
    if (first.isLive) first.window = ended(first.window, now(), first.length);
    page.window = first.window;
    page.isEnd = first.isLive;
    for (const plot of plots) plot.look(page.window);
    history.replaceState(null, '', first.search || location.pathname);
    fetchWindow();
  }

  /** The pictures for paper, the tables, the rose and the ways to CSV of the window that is looked at. @param {Document} fetched */
  function replaceTables(fetched) {
    for (const plot of plots) {
      const drawn = fetched.querySelector(`[data-figure="${plot.name}"] [data-plot]`);
      if (drawn) plot.replaceDrawn(drawn);
    }
    for (const part of article.querySelectorAll('[data-behind]')) {
      const name = part.getAttribute('data-behind');
      const fresh = fetched.querySelector(`[data-behind="${name}"]`);
      if (!fresh || part.contains(document.activeElement)) continue;
      const open = part.querySelector('details')?.open ?? false;
      part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
      part.querySelector('details')?.toggleAttribute('open', open);
    }
    for (const name of ['from', 'to']) {
      const [field, fresh] = [article, fetched].map((one) => one.querySelector(`[name="${name}"][type="date"]`));
      if (field instanceof HTMLInputElement && fresh && field !== document.activeElement)
        field.value = fresh.getAttribute('value') ?? '';
    }
  }

  for (const plot of plots)
    listen(plot, {
      zoom: (factor, at) => look(zoomed(page.window, factor, at, now())),
      pan: (part) => look(panned(page.window, part, now())),
      step(by) {
        const words = plot.step(by);
        clearTimeout(page.say);
        page.say = setTimeout(() => {
          if (spoken) spoken.textContent = words;
        }, SAY_MS);
      },
      reset,
    });

  /** @param {{pauseMs?: number, table?: boolean}} [how] */
  function fetchWindow(how) {
    page.asked = page.window.to;
    ask(page.search, page.window, width(), how);
  }
  const again = () => fetchWindow({ pauseMs: 0, table: false });
  function refetch() {
    page.refetch ||= setTimeout(() => {
      page.refetch = 0;
      again();
    }, REFETCH_MS);
  }

  /** Many reports, one paint. */
  function schedule() {
    page.frame ||= requestAnimationFrame(() => {
      page.frame = 0;
      for (const plot of plots) {
        plot.look(page.window);
        plot.refresh(true);
      }
    });
  }

  follow(
    { watch: watch.split(' '), build, cursor },
    {
      report(station, at, values) {
        if (!page.isEnd) return;
        const grown = ended(page.window, at, first.length);
        const isFirst = page.window === first.window;
        page.window = grown;
        if (isFirst) first.window = grown;
        if (++page.grown > GROWN_MAX || grown.to - page.asked > first.length * NEW_PART) refetch();
        for (const plot of plots) {
          for (const strand of plot.figure?.strands ?? []) {
            // What a year before has below the new end is no news: the server has it.
            if (strand.class === 'year' && strand.length_ms > 0 && page.window.to - page.asked >= strand.length_ms)
              refetch();
            if (strand.station !== station) continue;
            const value = values[strand.key];
            if (typeof value === 'number' && !grow(strand, at, fromCanonical(unitOf(strand.key, units), value)))
              refetch();
          }
          if (plot.name === 'rain' && Object.keys(values).some((key) => key.endsWith('precipitation'))) refetch();
        }
        schedule();
      },
      past: refetch,
    },
  );

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colours.forget();
    for (const plot of plots) plot.refresh(false);
  });
  again();
}

const article = document.querySelector('[data-history]');
if (article instanceof HTMLElement && article.dataset.from && 'uPlot' in globalThis) run(article);
