// @ts-check
// The keeper's panel: says words, and shows what was said. Text and attributes only; rows are copies of the page's own.
import { set, write } from '../dom/change.js';
import { moment } from '../view/zone.js';
import { Conversation } from './conversation.js';

/** @typedef {import('./conversation.js').Word} Word */
/** @typedef {import('../view/zone.js').Zone} Zone */
/**
 * @typedef {object} Chat
 * @property {(item: any) => void} take a word that is stored now
 * @property {(said: import('./conversation.js').Said[]) => void} said how far own words have come
 * @property {() => void} forget
 * @property {(page: Document) => void} absorb the conversation as a fetched page shows it
 * @property {() => boolean} isSeen whether its newest words are in view
 * @property {() => boolean} isBusy whether somebody is writing
 */

/** What people read about a word on its way. */
export const FATES = Object.freeze({
  queued: 'queued',
  aboard: 'on the road',
  heard: 'delivered',
  refused: 'came back',
});

/** How far from its end a log counts as read to the end, px. */
const END_PX = 60;

/**
 * Makes the panel of a page live.
 * @param {Document} page
 * @param {{say: (words: {station: string, text: string}) => string, zone: Zone, now: () => number}} home
 * @returns {Chat | undefined}
 */
export function openChat(page, home) {
  const panel = page.querySelector('[data-keeper]');
  const form = /** @type {HTMLFormElement | null} */ (panel?.querySelector('[data-say]'));
  const field = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem('text'));
  const log = panel?.querySelector('[data-log]');
  if (!panel || !form || !field || !log) return undefined;
  const station = String(panel.getAttribute('data-keeper'));
  const conversation = new Conversation(read(panel));
  const paint = () => paintPanel(panel, conversation, home);
  const complain = (/** @type {string} */ text) => {
    const line = panel.querySelector('[data-complaint]');
    line?.toggleAttribute('hidden', text === '');
    if (line) line.textContent = text;
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    try {
      const id = home.say({ station, text });
      conversation.said([{ id, station, text, state: 'queued' }]);
      field.value = '';
      complain('');
      paint();
      log.scrollTop = 0;
    } catch (error) {
      complain(error instanceof Error ? `Not sent: ${error.message}.` : 'Not sent.');
    }
    field.focus();
  });
  panel.addEventListener('click', (event) => {
    const ask = event.target instanceof Element ? event.target.closest('[data-ask]') : null;
    if (!ask) return;
    event.preventDefault();
    field.value = String(ask.getAttribute('data-ask'));
    field.focus();
  });
  keepDraft(field, `draft ${field.form?.getAttribute('action') ?? station}`);
  paint();

  return {
    take(item) {
      if (item.station === station && conversation.take(item)) paint();
    },
    said(said) {
      conversation.said(said.filter((word) => word.station === station));
      paint();
    },
    forget() {
      conversation.forget();
      paint();
    },
    absorb(fetched) {
      const fresh = fetched.querySelector('[data-keeper]');
      if (!fresh || fresh.getAttribute('data-keeper') !== station) return;
      panel.toggleAttribute('data-away', fresh.hasAttribute('data-away'));
      if (!fresh.hasAttribute('data-away')) conversation.absorb(read(fresh));
      paint();
    },
    isSeen() {
      const { top, bottom } = log.getBoundingClientRect();
      return log.scrollTop > -END_PX && bottom > 0 && bottom <= innerHeight && top < innerHeight;
    },
    isBusy: () => field.value !== '',
  };
}

/** What the server has printed. @param {Element} panel @returns {Word[]} */
function read(panel) {
  return [...panel.querySelectorAll('[data-words] > [data-id]')].map((row) => ({
    id: String(row.getAttribute('data-id')),
    from: row.getAttribute('data-from') === 'you' ? 'you' : 'robot',
    text: row.querySelector('[data-word=text]')?.textContent ?? '',
    at: Date.parse(row.querySelector('time')?.dateTime ?? ''),
    waits: row.hasAttribute('data-waits'),
    blurt: row.hasAttribute('data-blurt'),
    fate: /** @type {const} */ (''),
    reason: '',
  }));
}

/** @param {Element} panel @param {Conversation} conversation @param {{zone: Zone, now: () => number}} home */
function paintPanel(panel, conversation, { zone, now }) {
  const list = panel.querySelector('[data-words]');
  const blank = /** @type {HTMLTemplateElement | null} */ (panel.querySelector('[data-blank]'))?.content
    .firstElementChild;
  if (!list || !blank) return;
  const { words, thinking } = conversation;
  const rows = new Map([...list.children].map((row) => [row.getAttribute('data-id'), row]));
  const wanted = words.map((word) => {
    const row = rows.get(word.id) ?? /** @type {Element} */ (blank.cloneNode(true));
    paintWord(row, word, word.at === null ? '' : moment(zone, word.at, now()));
    return row;
  });
  // Rows that stay are not touched: they keep their place on the screen, and are not announced again.
  for (const row of rows.values()) if (!wanted.includes(row)) row.remove();
  wanted.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  panel.querySelector('[data-thinking]')?.toggleAttribute('hidden', !thinking);
  panel.querySelector('[data-start]')?.toggleAttribute('hidden', words.length > 0);
  panel.querySelector('[data-forget]')?.toggleAttribute('hidden', words.length === 0);
}

/** @param {Element} row @param {Word} word @param {string} time */
function paintWord(row, word, time) {
  const fate = word.fate || (word.waits ? 'heard' : '');
  const state = fate ? FATES[fate] : '';
  const texts = {
    text: word.text,
    who: word.from === 'you' ? 'You' : 'Keeper',
    time,
    fate: word.reason ? `${state}: ${word.reason}` : state,
  };
  for (const [name, text] of Object.entries(texts)) {
    write(row.querySelector(`[data-word=${name}]`), text);
  }
  const attributes = { 'data-id': word.id, 'data-from': word.from, 'data-fate': fate };
  for (const [name, value] of Object.entries(attributes)) {
    set(row, name, value);
  }
  row.toggleAttribute('data-blurt', word.blurt);
  row.toggleAttribute('data-waits', word.waits);
  if (word.at !== null) row.querySelector('time')?.setAttribute('datetime', new Date(word.at).toISOString());
}

/** A text that was written and not sent outlives a reload of the page. @param {HTMLInputElement} field @param {string} name */
function keepDraft(field, name) {
  try {
    if (field.value === '') field.value = sessionStorage.getItem(name) ?? '';
    addEventListener('pagehide', () => sessionStorage.setItem(name, field.value));
  } catch {
    // Storage may be forbidden: then it does not.
  }
}
