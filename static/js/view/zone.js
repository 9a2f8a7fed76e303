// @ts-check
// Times as a station's neighbours read them: in its zone, by the server's rules, because a browser may have other ones.

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Since when a station's clocks are so many seconds ahead of UTC, oldest first. Before the first change they are as after it.
 * @typedef {readonly (readonly [since: number, offset: number])[]} Zone
 */

/** The clocks of UTC. @type {Zone} */
export const UTC = [[0, 0]];

/**
 * An instant on the station's clock.
 * @param {Zone} zone @param {number} at
 */
export function local(zone, at) {
  const [, offset] = zone.findLast(([since]) => since <= at) ?? zone[0] ?? UTC[0];
  const clock = new Date(at + offset * 1000);
  return {
    year: clock.getUTCFullYear(),
    month: clock.getUTCMonth() + 1,
    day: clock.getUTCDate(),
    hour: clock.getUTCHours(),
    minute: clock.getUTCMinutes(),
    second: clock.getUTCSeconds(),
    weekday: clock.getUTCDay(),
  };
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** `2026-11-22`. @param {Zone} zone @param {number} at */
export function date(zone, at) {
  const { year, month, day } = local(zone, at);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `15:18`. @param {Zone} zone @param {number} at */
export function hourMinute(zone, at) {
  const { hour, minute } = local(zone, at);
  return `${two(hour)}:${two(minute)}`;
}

/** `Sun 22 Nov`. @param {Zone} zone @param {number} at */
export function dayOf(zone, at) {
  const { weekday, day, month } = local(zone, at);
  return `${DAYS[weekday]} ${day} ${MONTHS[month - 1]}`;
}

/** A moment further away says its year, ms: half a year. */
const YEAR_SAID_MS = 183 * 24 * 3_600_000;

/**
 * `15:18` today, `Sat 21 Nov, 15:18` on any other day, `Mon 30 Dec 2013, 19:00` if that is long ago.
 * @param {Zone} zone @param {number} at @param {number} now
 */
export function moment(zone, at, now) {
  const time = hourMinute(zone, at);
  if (date(zone, at) === date(zone, now)) return time;
  const year = Math.abs(now - at) > YEAR_SAID_MS ? ` ${local(zone, at).year}` : '';
  return `${dayOf(zone, at)}${year}, ${time}`;
}

/** `Sun 22`. @param {Zone} zone @param {number} at */
export function weekday(zone, at) {
  const { weekday, day } = local(zone, at);
  return `${DAYS[weekday]} ${day}`;
}

/** The start of the local hour. @param {Zone} zone @param {number} at */
export function hourStart(zone, at) {
  const { minute, second } = local(zone, at);
  return at - ((minute * 60 + second) * 1000 + (((at % 1000) + 1000) % 1000));
}
