// @ts-check
// The lab: lanes side by side, all rows one after the other, and the adviser.
import { DockClock } from '../channel/dock_clock.js';
import { write } from '../dom/change.js';
import { openAdviser } from './adviser.js';
import { openAll } from './all.js';
import { Board } from './board.js';
import { STATION } from './lane.js';
import { probe } from './probe.js';
import { tell } from './server.js';
import { RATE_MAX, readSettings } from './settings.js';

/** Numbers of changes that one page or one row may use: those of another page of this visitor are elsewhere. */
const NUMBERS = 1_000_000;
/** So that numbers stay exact. */
const PAGES = 2 ** 30;

/** @param {HTMLElement} page */
async function open(page) {
  const settings = readSettings(location.search);
  const dockClock = new DockClock();
  const find = (/** @type {string} */ selector) => /** @type {any} */ (page.querySelector(selector));
  const form = /** @type {HTMLFormElement} */ (find('[data-knobs]'));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const say = (/** @type {string} */ text) => write(find('[data-status]'), text);
  const failed = (/** @type {unknown} */ error) =>
    say(`That did not work: ${error instanceof Error ? error.message : error}`);

  const sources = [...find('[name=source]').options].map((/** @type {HTMLOptionElement} */ { value }) => value);
  settings.source = settings.source !== null && sources.includes(settings.source) ? settings.source : sources[0];
  const every = (/** @type {number} */ rate) => (rate > 0 ? String(Number((1 / rate).toPrecision(4))) : '0');
  field('source').value = settings.source;
  field('news').value = every(settings.news);
  field('words').value = every(settings.words);
  field('seed').value = String(settings.seed);

  const seen = page.dataset.cursor ?? '';
  const measure = (/** @type {AbortSignal} */ signal) => probe({ seen, watch: [STATION], signal, dockClock });
  const where = () =>
    probe({ seen, watch: [STATION], signal: new AbortController().signal, trucks: 1 }).then((end) => end.seen);
  let number = Math.floor(Math.random() * PAGES) * 1_000;
  const nextNumber = () => (number += NUMBERS);
  const board = new Board({
    page,
    settings,
    dockClock,
    seen,
    where,
    first: number,
    tell: (one) => void tell(one).catch(failed),
  });

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', () => {
    const rate = (/** @type {string} */ name) => {
      const seconds = Math.max(0, Number(field(name).value) || 0);
      return seconds > 0 ? Math.min(1 / seconds, RATE_MAX) : 0;
    };
    Object.assign(settings, {
      source: field('source').value,
      news: rate('news'),
      words: rate('words'),
      seed: Math.max(0, Math.floor(Number(field('seed').value) || 0)),
    });
    board.choose();
  });
  find('[data-change]').addEventListener('click', () => board.change());
  find('[data-say]').addEventListener('click', () => board.say());
  const pause = find('[data-pause]');
  pause.addEventListener('click', () => {
    const still = pause.getAttribute('aria-pressed') !== 'true';
    pause.setAttribute('aria-pressed', String(still));
    write(pause.querySelector('[data-pause-word]'), still ? 'Go on' : 'Pause');
    board.still = still;
  });

  const adviser = openAdviser(page);
  const at = { running: false };
  const look = () => (document.hidden || at.running ? board.rest() : void board.wake());
  const buttons = [find('[data-change]'), find('[data-say]')];
  openAll(page, {
    settings,
    dockClock,
    probe: measure,
    tell,
    nextNumber,
    say,
    onStart() {
      at.running = true;
      for (const button of buttons) button.disabled = true;
      look();
    },
    onEnd(rows) {
      at.running = false;
      for (const button of buttons) button.disabled = false;
      look();
      if (rows.length > 0) adviser.take(rows);
    },
  });

  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', () => board.rest());
  addEventListener('pageshow', (event) => event.persisted && look());
  // The clocks first, or the first news has no age; and from the journal's end, for what was before is old.
  const road = await measure(new AbortController().signal).catch(failed);
  if (document.hidden) board.rest();
  board.build(road?.seen);
}

const lab = /** @type {HTMLElement | null} */ (document.querySelector('[data-lab]'));
if (lab) void open(lab);
