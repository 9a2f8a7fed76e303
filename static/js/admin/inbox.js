// @ts-check
// The list of uploads: it is fetched again when the server says that more came.
import { newBay } from '../channel/bay.js';
import { FLEETS } from '../channel/fleets.js';
import { Home } from '../channel/home.js';
import { transportsOf } from '../channel/transports.js';

/** An open page fetches the list so often, ms, also if nothing came: the server forgets pages that do not. */
const FETCH_EVERY_MS = 45_000;
/** Most fetches: one in this time, ms. */
const PAUSE_MS = 1_000;

/** @param {HTMLElement} list @param {HTMLElement} fed */
function run(list, fed) {
  const fleet = FLEETS['ping-pong'];
  const work = { wanted: false, busy: false };

  /** Fetches the list and puts it in the place of the old one. */
  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-inbox]');
    // The session has ended: the answer is the page of the login.
    if (!fresh) return location.reload();
    const focused = document.activeElement?.getAttribute('href');
    list.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`a[href="${focused}"]`))?.focus();
  }

  async function ask() {
    work.wanted = true;
    if (work.busy) return;
    work.busy = true;
    while (work.wanted) {
      work.wanted = false;
      await refresh().catch(() => undefined);
      await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
    work.busy = false;
  }

  const home = new Home({
    fleet,
    ...transportsOf(fleet),
    apply: (items) => {
      if (items.some(({ kind }) => kind === 'inbox')) void ask();
    },
    onState: ({ kind }) => {
      fed.hidden = false;
      fed.textContent = kind === 'live' ? 'Live' : 'Connecting';
    },
    onReload: () => location.reload(),
    newId: newBay,
  });
  home.start({ seen: list.dataset.cursor ?? '', watch: [list.dataset.watch ?? ''] });
  setInterval(() => void ask(), FETCH_EVERY_MS);
  // A page in the browser's cache holds no truck, and begins anew when it is shown again.
  addEventListener('pagehide', () => home.rest());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

const [list, fed] = ['[data-inbox]', '[data-fed]'].map((part) => document.querySelector(part));
if (list instanceof HTMLElement && fed instanceof HTMLElement) run(list, fed);
