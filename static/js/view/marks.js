// @ts-check
// Values of the last 24 hours that are kept and do not count. Pure: no DOM.

/** @typedef {import('./station.js').Station} Station */
/** @typedef {{key: string, at: number, value: number, reason: string}} Mark */
/** @typedef {{observed_at: number, marks: Record<string, {value: number, flag: number, reason?: string}>}} News */

/** As many as the server's page has. */
const MARKS_MAX = 200;

/** What people read, in order. The server's own table is in `crates/weather/src/mark.rs`. */
const REASONS = Object.freeze({
  gross: 'outside what weather can be',
  step: 'a step that no value after it has settled',
  spike: 'a spike',
  unchanged: 'unchanged for hours',
  frozen: 'everything unchanged for hours, as if the link to the sensors were dead',
  above_temperature: 'a dew point above the temperature',
  below_mean: 'a gust below the mean wind',
  dry_air: 'rain in dry air',
  sun_below: 'sun below the horizon',
  not_of_height: 'no pressure at the height of the station',
  struck: 'struck out by a person',
});

/** Takes in what became of values. A card shows none of it. @param {Station} station @param {News} news */
export function mark(station, { observed_at: at, marks }) {
  // A station whose values do not count has spoken all the same.
  if (station.observed_at !== null) station.observed_at = Math.max(station.observed_at, at);
  if (!station.marked) return;
  for (const [key, { value, reason }] of Object.entries(marks)) {
    station.marked = station.marked.filter((mark) => mark.at !== at || mark.key !== key);
    if (reason) station.marked.push({ key, at, value, reason });
  }
  station.marked = station.marked.sort((a, b) => a.at - b.at).slice(-MARKS_MAX);
  station.series.version = (station.series.version ?? 0) + 1;
}

/** Those of the last 24 hours. @param {Station} station */
const shown = ({ marked, series }) => (marked ?? []).filter(({ at }) => at >= series.start);

/** Those of a datastream among them. @param {Station} station @param {string} of its key */
export const markedOf = (station, of) => shown(station).filter(({ key }) => key === of);

/** Why a value does not count, in words. @param {Mark} mark */
export const reasonOf = ({ reason }) => Object.entries(REASONS).find(([name]) => name === reason)?.[1] ?? reason;

/** What stands at the head of the page while the station repeats itself. The server says the same. */
const FROZEN =
  'It reports, but nothing that it measures has changed for 12 hours: the link to its sensors may be dead.';

/**
 * Says so if the newest that its main sensor said was set aside because nothing has changed for hours; else empty.
 * @param {Station} station
 */
export function frozenText(station) {
  /** @param {string} key */
  const isMain = (key) => !key.includes('/');
  const frozen = shown(station).filter(({ key, reason }) => reason === 'frozen' && isMain(key));
  const counts = Object.entries(station.values).filter(([key]) => isMain(key));
  const newest = Math.max(...frozen.map(({ at }) => at));
  return frozen.length && counts.every(([, value]) => value.at < newest) ? FROZEN : '';
}

/** How many there are, and why; empty if there are none. @param {Station} station */
export function markedText(station) {
  const marks = shown(station);
  if (!marks.length) return '';
  const counted = Object.entries(REASONS).flatMap(([name, words]) => {
    const count = marks.filter(({ reason }) => reason === name).length;
    return count === 0 ? [] : count === 1 ? [words] : [`${words} (${count})`];
  });
  const values =
    marks.length === 1 ? '1 value of the last 24 hours does' : `${marks.length} values of the last 24 hours do`;
  return `${values} not count: ${counted.join(', ')}.`;
}
