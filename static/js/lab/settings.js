// @ts-check
/** What is to be measured, as the address says it: the same settings and seed are the same traffic again. */

import { FLEETS } from '../channel/fleets.js';

/**
 * @typedef {object} Settings
 * @property {number} seed
 * @property {number} news pieces of news a second
 * @property {number} words words a second
 * @property {number} seconds how long each row is measured
 * @property {string[]} lanes names of rows
 * @property {string | null} source whose news the lanes bring: `chance`, `none`, or `station:` and a slug; null: the page decides
 */

/** Most news, and most words, a second: home lets ten trucks a second leave, and the server takes ten changes. */
export const RATE_MAX = 10;
/** Longest measurement of a row, s. */
export const SECONDS_MAX = 600;
/** Lanes that are shown at most. */
export const LANES_MAX = 3;
/** Connections that a browser opens to one host over HTTP/1.1. */
export const CONNECTIONS = 6;
/** Connections that lanes may use: one stays free for the page, and one for making news. */
export const CONNECTIONS_MAX = 4;

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  seed: 1,
  news: 1 / 4,
  words: 1 / 8,
  seconds: 30,
  lanes: ['ping-pong', 'polling'],
  source: null,
});

/**
 * Connections of the shared pool that a row keeps busy at most; a WebSocket has a pool of its own.
 *
 * @param {string} name
 */
export function connectionsOf(name) {
  const { trucks, down } = FLEETS[name];
  if (down === 'socket') return 0;
  return down === 'events' ? trucks + 1 : trucks;
}

/**
 * Connections of some lanes.
 *
 * @param {readonly string[]} lanes
 */
export function connections(lanes) {
  return lanes.reduce((sum, name) => sum + connectionsOf(name), 0);
}

/**
 * A rate a second: `0.5`, or `1/4` for one in four seconds; null if it is none.
 *
 * @param {string | null} text
 */
export function readRate(text) {
  const [, count, time] = /^\s*(\d*\.?\d+)\s*(?:\/\s*(\d*\.?\d+))?\s*$/.exec(text ?? '') ?? [];
  if (count === undefined) return null;
  const rate = Number(count) / Number(time ?? 1);
  return Number.isFinite(rate) ? Math.min(rate, RATE_MAX) : null;
}

/**
 * The same the other way round, as people say it: `1/4`, `0`.
 *
 * @param {number} rate
 */
export function writeRate(rate) {
  if (rate === 0) return '0';
  const every = Number((1 / rate).toPrecision(6));
  return every > 1 ? `1/${every}` : String(Number(rate.toPrecision(6)));
}

/**
 * The settings that an address asks for; a setting that is absent or wrong is as usual.
 *
 * @param {string} query
 * @returns {Settings}
 */
export function readSettings(query) {
  const asked = new URLSearchParams(query);
  const number = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most) => {
    const text = asked.get(name);
    const value = Number(text);
    return text && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : null;
  };
  return {
    seed: Math.floor(number('seed', 0, Number.MAX_SAFE_INTEGER) ?? DEFAULTS.seed),
    news: readRate(asked.get('news')) ?? DEFAULTS.news,
    words: readRate(asked.get('words')) ?? DEFAULTS.words,
    seconds: number('seconds', 1, SECONDS_MAX) ?? DEFAULTS.seconds,
    lanes: readLanes(asked.get('lanes')),
    source: asked.get('source'),
  };
}

/** @param {string | null} text */
function readLanes(text) {
  /** @type {string[]} */
  const lanes = [];
  for (const name of (text ?? '').split(',').map((one) => one.trim())) {
    const fits = Object.hasOwn(FLEETS, name) && lanes.length < LANES_MAX;
    if (fits && mayJoin(lanes, name)) lanes.push(name);
  }
  return lanes.length > 0 ? lanes : [...DEFAULTS.lanes];
}

/**
 * Whether a row may run beside others: two lanes always, however wide they are as long as one connection stays free.
 *
 * @param {readonly string[]} lanes the others
 * @param {string} name
 */
export function mayJoin(lanes, name) {
  const sum = connections([...lanes, name]);
  return lanes.length < 2 ? sum < CONNECTIONS : sum <= CONNECTIONS_MAX;
}

/**
 * The query that says all this.
 *
 * @param {Settings} settings
 */
export function writeSettings({ seed, news, words, seconds, lanes, source }) {
  const pairs = [
    `seed=${seed}`,
    `news=${writeRate(news)}`,
    `words=${writeRate(words)}`,
    `seconds=${seconds}`,
    `lanes=${lanes.join(',')}`,
  ];
  if (source) pairs.push(`source=${encodeURIComponent(source)}`);
  return `?${pairs.join('&')}`;
}
