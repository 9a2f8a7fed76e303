// @ts-check
/** What a measurement says about the essay's sentences, in plain words. Pure. */

import { duration, percent } from '../meter/figures.js';

/** @typedef {import('./run.js').Measured} Measured */
/**
 * @typedef {object} Predicted what the formula says, as the server tells it
 * @property {string} fleet
 * @property {number} trips_per_s
 * @property {number} legs_per_s
 * @property {number | null} empty_share
 * @property {number} tickets_per_h
 * @property {number | null} age_mean_s
 * @property {number | null} age_worst_s
 * @property {number} parked
 */
/** @typedef {'holds' | 'holds only when' | 'does not hold' | 'too short'} Word */
/** @typedef {{claim: string, quoted: boolean, word: Word, text: string}} Verdict */
/** @typedef {{everyS: number, parkS: number}} Times T and H */

/** What a browser's own timers and a busy machine may add, ms. */
const SLACK_MS = 150;
/** Standard deviations within which chance is to blame. */
const SIGMAS = 2;
/** Pieces of news that an average is taken of at least. */
const NEWS_LEAST = 5;

/** Legs on which nothing was carried; null without legs. @param {Measured} measured */
export function emptyShare({ legs, empty }) {
  return legs > 0 ? empty / legs : null;
}

/** News that came late counts here no more than its trips do. @param {Measured} measured */
export function tripsPerNews({ trips, arrivedInTime }) {
  return arrivedInTime > 0 ? trips / arrivedInTime : null;
}

/** @param {Measured} measured */
export function bytesPerNews({ bytes, arrivedInTime }) {
  return arrivedInTime > 0 ? bytes / arrivedInTime : null;
}

/** @param {Measured} measured @param {Predicted | undefined} predicted */
export function predictedTripsPerNews({ news, seconds }, predicted) {
  // A row whose news never arrives has no age.
  return predicted && news > 0 && predicted.age_mean_s !== null ? (predicted.trips_per_s * seconds) / news : null;
}

/**
 * What the row is about, and whether it is so.
 *
 * @param {Measured} measured
 * @param {Predicted | undefined} predicted
 * @param {Times} times
 * @returns {Verdict}
 */
export function verdict(measured, predicted, times) {
  const judge = JUDGES[measured.fleet];
  return judge(measured, predicted, times);
}

/** @param {string} claim @param {Word} word @param {string} text @param {boolean} [quoted] @returns {Verdict} */
const says = (claim, word, text, quoted = false) => ({ claim, word, text, quoted });

/** @param {Measured} measured */
function waits({ age, wordAge, rttMs }) {
  const most = Math.max(3 * rttMs, SLACK_MS);
  return [age?.p95, wordAge?.p95].some((ms) => ms !== undefined && ms > most);
}

/** @param {string} claim */
const quick = (claim) => (/** @type {Measured} */ measured) => {
  if (!measured.age) return says(claim, 'too short', 'nothing happened');
  const text = `95 of 100 pieces of news within ${duration(measured.age.p95)}`;
  return says(claim, waits(measured) ? 'does not hold' : 'holds', text);
};

/** @type {Record<string, (measured: Measured, predicted: Predicted | undefined, times: Times) => Verdict>} */
const JUDGES = {
  'stay-home': ({ news, words, arrived, age, rttMs }) => {
    const claim = 'News waits until somebody speaks.';
    if (news === 0) return says(claim, 'too short', 'nothing happened');
    if (words === 0)
      return says(claim, arrived === 0 ? 'holds' : 'does not hold', `nobody spoke: ${arrived} of ${news} arrived`);
    if (!age) return says(claim, 'holds', `none of ${news} arrived`);
    const text = `${duration(age.mean)} on average, with ${words} words said`;
    return age.mean > Math.max(3 * rttMs, SLACK_MS)
      ? says(claim, 'holds', text)
      : says(claim, 'holds only when', `words are rare: ${text}`);
  },
  'wait-for-reply': ({ words, wordAge, rttMs }) => {
    const claim = 'Words wait while the truck does.';
    if (words === 0 || !wordAge) return says(claim, 'too short', words === 0 ? 'nobody spoke' : 'no word arrived');
    const text = `a word waited ${duration(wordAge.worst)} at worst`;
    const waited = wordAge.worst > Math.max(3 * rttMs, SLACK_MS);
    return waited
      ? says(claim, 'holds', text)
      : says(claim, 'holds only when', `somebody speaks while it is parked: ${text}`);
  },
  polling: (measured, _, { everyS }) => {
    const [claim, share] = ['sends a lot of empty trucks', emptyShare(measured)];
    if (share === null) return says(claim, 'too short', 'no truck left', true);
    const text = `${percent(share)} of its ways were empty`;
    if (share > 0.5) return says(claim, 'holds', text, true);
    return says(claim, 'holds only when', `little happens in ${everyS} s: ${text}`, true);
  },
  expanding: ({ words, parkedMost }) => {
    const claim = 'The fleet grows with what is said.';
    if (words === 0) return says(claim, 'too short', 'nobody spoke');
    const text = `${parkedMost} parked at most`;
    return parkedMost > 1
      ? says(claim, 'holds', text)
      : says(claim, 'holds only when', `words are more than news: ${text}`);
  },
  'slow-and-fast': quick('Nobody waits for the other.'),
  'ping-pong': (measured, predicted, { parkS }) => {
    const [claim, share] = ['half the truck trips are empty', emptyShare(measured)];
    if (share === null || measured.legs < 8) return says(claim, 'too short', 'too few trips', true);
    const text = `${percent(share)} of its ways were`;
    const chance = Math.max(0.05, SIGMAS * Math.sqrt(0.25 / measured.legs) * 0.5);
    if ((predicted?.empty_share ?? 0.5) > 0.55)
      return says(claim, 'holds only when', `something happens within ${parkS} s: ${text}`, true);
    return says(claim, Math.abs(share - 0.5) <= chance ? 'holds' : 'does not hold', text, true);
  },
  sse: quick('As quick, without trucks for news.'),
  websocket: quick('As quick, without any trucks.'),
};

/**
 * Whether polling has “an average latency of half that”: half its period.
 *
 * @param {Measured} measured of polling
 * @param {Predicted | undefined} predicted
 * @param {Times} times
 * @returns {Verdict}
 */
export function halfPeriod({ age }, predicted, { everyS }) {
  const claim = 'an average latency of half that';
  if (!age || age.count < NEWS_LEAST) return says(claim, 'too short', 'too little news arrived', true);
  const chance = (SIGMAS * everyS * 1_000) / Math.sqrt(12 * age.count) + SLACK_MS;
  const text = `${duration(age.mean)} on average, half of ${everyS} s being ${duration(everyS * 500)}`;
  if (Math.abs(age.mean - everyS * 500) <= chance) return says(claim, 'holds', text, true);
  const expected = predicted?.age_mean_s ?? NaN;
  if (Math.abs(age.mean - expected * 1_000) <= chance)
    return says(claim, 'holds only when', `nobody speaks, for words leave at once: ${text}`, true);
  return says(claim, 'does not hold', text, true);
}
