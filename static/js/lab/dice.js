// @ts-check
/**
 * Seeded chance, and the traffic made of it: the same numbers as `stevenson lab` draws (`crates/lab/src/traffic.rs`), so that a
 * seed is the same traffic on every machine, in the browser and at the command line.
 */

const MASK = (1n << 64n) - 1n;

/** A source of chance: SplitMix64 (Steele, Lea and Flood, 2014). */
export class Dice {
  #state;

  /** @param {bigint} state */
  constructor(state) {
    this.#state = state & MASK;
  }

  /**
   * A source for one purpose; the purposes of one seed have nothing to do with each other.
   *
   * @param {number} seed a whole number
   * @param {number} purpose
   */
  static of(seed, purpose) {
    const first = new Dice(BigInt(seed) ^ ((BigInt(purpose) * 0xd1b54a32d192ed03n) & MASK));
    return new Dice(first.bits());
  }

  /** 64 bits. */
  bits() {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** A number from 0 up to, but not including, 1. */
  unit() {
    return Number(this.bits() >> 11n) / 2 ** 53;
  }

  /** A waiting time of mean 1, exponential: von Neumann's method of 1951, which only compares. */
  wait() {
    for (let whole = 0; ; whole++) {
      const first = this.unit();
      let falls = 1;
      for (let last = first, next = this.unit(); next < last; next = this.unit()) {
        last = next;
        falls++;
      }
      if (falls % 2 === 1) return whole + first;
    }
  }
}

/** @typedef {{at: number, what: 'news' | 'word'}} Happening when, ms after the start */

/**
 * News and words at random times (Poisson), without end. The times of the news do not depend on those of the words.
 *
 * @param {number} seed
 * @param {{news: number, words: number}} rates a second
 * @returns {Generator<Happening, void>}
 */
export function* traffic(seed, rates) {
  const stream = (/** @type {number} */ purpose, /** @type {number} */ rate, /** @type {'news' | 'word'} */ what) => {
    const dice = Dice.of(seed, purpose);
    const step = () => (dice.wait() / rate) * 1_000;
    return { what, step, next: rate > 0 ? step() : Infinity };
  };
  const [news, words] = [stream(1, rates.news, 'news'), stream(2, rates.words, 'word')];
  for (;;) {
    const first = news.next <= words.next ? news : words;
    if (first.next === Infinity) return;
    yield { at: first.next, what: first.what };
    first.next += first.step();
  }
}

/**
 * What happens within a time.
 *
 * @param {number} seed
 * @param {{news: number, words: number}} rates a second
 * @param {number} seconds
 */
export function happenings(seed, rates, seconds) {
  /** @type {Happening[]} */
  const all = [];
  for (const one of traffic(seed, rates)) {
    if (one.at >= seconds * 1_000) break;
    all.push(one);
  }
  return all;
}
