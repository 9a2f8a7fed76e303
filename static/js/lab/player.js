// @ts-check
/** Plays traffic for the live lanes, until it is stopped. */

import { traffic } from './dice.js';

/**
 * @param {number} seed
 * @param {{news: number, words: number}} rates a second
 * @param {{news: () => void, word: () => void}} on
 * @param {import('../channel/clock.js').Clock} clock
 * @returns {() => void} stops it
 */
export function play(seed, rates, on, clock) {
  const began = clock.now();
  const all = traffic(seed, rates);
  let callOff = () => {};
  const next = () => {
    const { value } = all.next();
    if (!value) return;
    callOff = clock.after(Math.max(0, began + value.at - clock.now()), () => {
      on[value.what]();
      next();
    });
  };
  next();
  return () => callOff();
}
