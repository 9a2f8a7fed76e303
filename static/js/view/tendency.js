// @ts-check
// How pressure has changed within three hours, as `crates/weather/src/tendency.rs` tells it. Pure.

const HOUR_MS = 3_600_000;
const BACK_MS = 3 * HOUR_MS;
const TOLERANCE_MS = HOUR_MS / 2;
const STEADY_HPA = 0.05;

/** By the characteristic of WMO code table 0200. */
const WORDS = [
  'rising, then falling',
  'rising, then steady',
  'rising',
  'falling or steady, then rising',
  'steady',
  'falling, then rising',
  'falling, then steady',
  'falling',
  'steady or rising, then falling',
];

/** @param {number} change */
const way = (change) => (Math.abs(change) < STEADY_HPA ? 0 : Math.sign(change));

/** @param {number} earlier @param {number} later */
function characteristic(earlier, later) {
  const [first, second, whole] = [way(earlier), way(later), way(earlier + later)];
  if (first === 0 && second === 0) return 4;
  if (first === 1 && second === -1 && whole >= 0) return 0;
  if (first === 1 && second >= 0) return second === 0 ? 1 : 2;
  if (second === 1 && whole > 0) return 3;
  if (first === -1) return second === 1 ? 5 : second === 0 ? 6 : 7;
  return second === -1 ? 8 : 4;
}

/**
 * That of the three hours up to the newest value; undefined without a value of three hours before it.
 * @param {[at: number, value: number][]} values @param {{value: number, at: number}} newest
 */
export function tendency(values, newest) {
  /** @param {number} ago */
  const near = (ago) => {
    const at = newest.at - ago;
    let best;
    for (const value of values) if (!best || Math.abs(value[0] - at) < Math.abs(best[0] - at)) best = value;
    return best && Math.abs(best[0] - at) <= TOLERANCE_MS ? best[1] : undefined;
  };
  const first = near(BACK_MS);
  if (first === undefined) return undefined;
  const middle = near(BACK_MS / 2) ?? (first + newest.value) / 2;
  const code = characteristic(middle - first, newest.value - middle);
  return { change: newest.value - first, code, words: WORDS[code] };
}
