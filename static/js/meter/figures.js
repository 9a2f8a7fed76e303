// @ts-check
// Numbers as people say them. Pure.

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A length of time as people say it: `41 ms`, `1.2 s`, `25 s`, `12 min`, `3 h`. @param {number | null | undefined} ms */
export function duration(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  const value = Math.max(0, ms);
  if (value < 999.5) return `${Math.round(value)} ms`;
  if (value < 9_950) return `${(value / 1_000).toFixed(1)} s`;
  if (value < 119_500) return `${Math.round(value / 1_000)} s`;
  return value < 7_200_000 ? `${Math.round(value / 60_000)} min` : `${Math.round(value / 3_600_000)} h`;
}

/** A share; `–` where there is none. @param {number | null | undefined} share from 0 to 1 */
export const percent = (share) => (share === null || share === undefined ? '–' : `${Math.round(100 * share)} %`);

/** A part of a whole; `–` of nothing. @param {number} part @param {number} whole */
export const percentOf = (part, whole) => percent(whole === 0 ? null : part / whole);
