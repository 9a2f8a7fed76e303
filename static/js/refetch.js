// @ts-check
// Fetches the page again where news alone cannot bring it up to date, and puts the new content in its place.

/** At most one fetch in this time, ms: a long import says "backfill" many times. */
const PAUSE_MS = 2_000;
/** After a fetch that failed, ms. */
const RETRY_MS = 5_000;

/**
 * Makes a function that asks for a refetch; many calls are one fetch.
 * @param {(page: Document) => void} show called with each page that came
 * @returns {() => void}
 */
export function refetcher(show) {
  const work = { wanted: false, busy: false };
  const run = async () => {
    work.busy = true;
    while (work.wanted) {
      work.wanted = false;
      const came = await fetchPage().catch(() => undefined);
      if (came) show(came);
      else work.wanted = true;
      await new Promise((resume) => setTimeout(resume, came ? PAUSE_MS : RETRY_MS));
    }
    work.busy = false;
  };
  return () => {
    work.wanted = true;
    if (!work.busy) void run();
  };
}

/** A page of ours with whatever status: a station that is gone has a page, too. */
async function fetchPage() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return answer.status < 500 && page.querySelector('main#content') ? page : undefined;
}

/**
 * Replaces the content by the fetched one; what a visitor had opened stays open, and the focus where it was.
 * @param {Document} fetched
 */
export function replaceContent(fetched) {
  const main = document.querySelector('main');
  const fresh = fetched.querySelector('main');
  if (!main || !fresh) return;
  const open = main.querySelector('details[open]') !== null;
  const focus = document.activeElement;
  const focused = main.contains(focus) ? focus?.tagName.toLowerCase() : undefined;
  main.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  main.querySelector('details')?.toggleAttribute('open', open);
  if (focused) /** @type {HTMLElement | null} */ (main.querySelector(focused) ?? main)?.focus({ preventScroll: true });
  document.title = fetched.title;
}
