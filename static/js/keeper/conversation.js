// @ts-check
// A visitor's conversation with one keeper: what is stored, in the journal's order, and behind it what is on its way.
// Pure: no DOM, no clock.

/** @typedef {'queued' | 'aboard' | 'heard' | 'refused'} Fate */
/**
 * @typedef {object} Word
 * @property {string} id
 * @property {'you' | 'robot'} from
 * @property {string} text
 * @property {number | null} at when it was said; null: not stored yet
 * @property {boolean} waits whether it is stored and has no answer yet
 * @property {boolean} blurt whether the keeper said it unasked
 * @property {Fate | ''} fate how far one's own word has come; '': nothing to say about it
 * @property {string} reason why it came back
 */
/** @typedef {{id: string, from: string, station: string, text: string, said_at: number, answers?: string}} Item */
/** @typedef {{id: string, station: string, text: string, state: Fate, reason?: string}} Said */

/** The newest words that a page keeps: more are a long scroll that nobody makes. */
const WORDS_MAX = 200;

/** What was said, each word once. */
export class Conversation {
  /** @type {Word[]} */
  #stored;
  /** @type {Word[]} */
  #pending = [];

  /** @param {Word[]} stored oldest first */
  constructor(stored = []) {
    this.#stored = stored.slice(-WORDS_MAX);
  }

  /** All of it, the oldest first. */
  get words() {
    return [...this.#stored, ...this.#pending];
  }

  /** Whether a word has reached the keeper who has not answered it yet. */
  get thinking() {
    return this.#stored.some((word) => word.waits) || this.#pending.some((word) => word.fate === 'heard');
  }

  /**
   * How far words of one's own have come; those that nobody knows here yet were said before the page was loaded.
   * @param {readonly Said[]} said
   */
  said(said) {
    for (const { id, text, state, reason = '' } of said) {
      if (this.#stored.some((word) => word.id === id)) continue;
      const known = this.#pending.find((word) => word.id === id);
      if (known) Object.assign(known, { fate: state, reason });
      // One that was heard comes with its time as news.
      else if (state !== 'heard') this.#pending.push({ ...blank(id, 'you', text), fate: state, reason });
    }
  }

  /**
   * A word that is stored now.
   * @param {Item} item
   * @returns {Word | undefined} it, if it is new here or no longer on its way
   */
  take({ id, from, text, said_at: at, answers }) {
    const answered = this.#stored.find((word) => word.id === answers);
    if (answered) answered.waits = false;
    if (this.#stored.some((word) => word.id === id)) return undefined;
    const mine = from === 'you';
    this.#pending = this.#pending.filter((word) => word.id !== id);
    const word = { ...blank(id, mine ? 'you' : 'robot', text), at, waits: mine, blurt: !mine && !answers };
    this.#stored = [...this.#stored, word].slice(-WORDS_MAX);
    return word;
  }

  /**
   * The newest words as a page that was fetched shows them: what it does not show is forgotten, unless it is older.
   * @param {Word[]} fetched
   */
  absorb(fetched) {
    const ids = new Set(fetched.map(({ id }) => id));
    const known = new Map(this.#stored.map((word) => [word.id, word]));
    const joins = this.#stored.findIndex(({ id }) => ids.has(id));
    const older = joins > 0 ? this.#stored.slice(0, joins) : [];
    const fresh = fetched.map((word) => ({ ...word, blurt: known.get(word.id)?.blurt ?? word.blurt }));
    this.#stored = [...older, ...fresh].slice(-WORDS_MAX);
    this.#pending = this.#pending.filter(({ id }) => !ids.has(id));
  }

  /** It was forgotten; what is still on its way will be said after that. */
  forget() {
    this.#stored = [];
    this.#pending = this.#pending.filter(({ fate }) => fate === 'queued' || fate === 'aboard');
  }
}

/** @param {string} id @param {'you' | 'robot'} from @param {string} text @returns {Word} */
function blank(id, from, text) {
  return { id, from, text, at: null, waits: false, blurt: false, fate: '', reason: '' };
}
