// @ts-check
// Fetches the page again where news alone cannot bring it up to date, and puts the new content in its place.

/** At most one fetch in this time, ms: a long import says "backfill" many times. */
const PAUSE_MS = 2_000;
/** After a fetch that failed, ms. */
const RETRY_MS = 5_000;

/**
 * Makes a function that asks for a refetch; many calls are one fetch.
 * @param {(page: Document, moved?: string) => void} show called with each page that came, and with its address if that is another now
 * @returns {() => void}
 */
export function refetcher(show) {
  const work = { wanted: false, busy: false };
  const run = async () => {
    work.busy = true;
    while (work.wanted) {
      work.wanted = false;
      const came = await fetchPage().catch(() => undefined);
      if (came) show(came.page, came.moved);
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
  const moved = answer.redirected && new URL(answer.url).pathname !== location.pathname ? answer.url : undefined;
  return answer.status < 500 && page.querySelector('main#content') ? { page, moved } : undefined;
}

/**
 * Replaces the content by the fetched one. Opened parts stay open, and the focus stays where it was. A part that is marked to
 * be kept is not touched: somebody may be writing there.
 * @param {Document} fetched
 */
export function replaceContent(fetched) {
  const main = document.querySelector('main');
  const fresh = fetched.querySelector('main');
  if (!main || !fresh) return;
  const open = main.querySelector('[data-table][open]') !== null;
  const unfolded = new Set(
    [...main.querySelectorAll('[data-fold][open]')].map((fold) => fold.getAttribute('data-fold')),
  );
  const focus = document.activeElement;
  if (!replaceAround(main, fresh)) main.replaceChildren(...imported(fresh.childNodes));
  main.querySelector('[data-table]')?.toggleAttribute('open', open);
  for (const fold of main.querySelectorAll('[data-fold]'))
    if (unfolded.has(fold.getAttribute('data-fold'))) fold.toggleAttribute('open', true);
  // If the part that had the focus is gone, a similar part gets it, else the beginning of the content.
  if (focus && focus !== document.body && !focus.isConnected) {
    /** @type {HTMLElement | null} */ (main.querySelector(focus.tagName) ?? main)?.focus({ preventScroll: true });
  }
  document.title = fetched.title;
}

/**
 * Replaces all of the same page but the parts that are to be kept.
 * @param {Element} main @param {Element} fresh @returns {boolean} false if it is not the same, or has nothing to keep
 */
function replaceAround(main, fresh) {
  const [article, other] = [main, fresh].map((one) => one.querySelector('article[data-station]') ?? one);
  /** @param {Element} part */
  const isKept = (part) => part.hasAttribute('data-keep');
  const [kept, theirs] = [article, other].map((one) => [...one.children].filter(isKept));
  const [first, last] = [kept.at(0), kept.at(-1)];
  if (!first || !last || kept.length !== theirs.length) return false;
  if (article.getAttribute('data-station') !== other.getAttribute('data-station')) return false;
  for (const { name, value } of other.attributes) article.setAttribute(name, value);
  for (const node of [...article.children]) if (!isKept(node)) node.remove();
  const parts = [...other.children];
  const place = parts.indexOf(theirs[0]);
  first.before(...imported(parts.slice(0, place)));
  last.after(...imported(parts.slice(place).filter((part) => !isKept(part))));
  return true;
}

/** @param {Iterable<Node>} nodes */
const imported = (nodes) => [...nodes].map((node) => document.importNode(node, true));
