// @ts-check
// Times as a station's neighbours read them: in its zone.

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Making a formatter costs a thousand times as much as using it. @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/** @param {string} zone */
function formatter(zone) {
  const known = formatters.get(zone);
  if (known) return known;
  const options = /** @type {const} */ ({
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const made = (() => {
    try {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
    } catch {
      // A zone younger than this browser: the server's pages know it, we fall back.
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
  })();
  formatters.set(zone, made);
  return made;
}

/**
 * An instant on the station's clock.
 * @param {string} zone @param {number} at
 */
export function local(zone, at) {
  /** @type {Record<string, number>} */
  const parts = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  return { year, month, day, hour, minute, second, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** `2026-11-22`. @param {string} zone @param {number} at */
export function date(zone, at) {
  const { year, month, day } = local(zone, at);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `15:18`. @param {string} zone @param {number} at */
export function hourMinute(zone, at) {
  const { hour, minute } = local(zone, at);
  return `${two(hour)}:${two(minute)}`;
}

/** `15:18` today, `Sat 21 Nov, 15:18` on any other day. @param {string} zone @param {number} at @param {number} now */
export function moment(zone, at, now) {
  const { weekday, day, month } = local(zone, at);
  const time = hourMinute(zone, at);
  return date(zone, at) === date(zone, now) ? time : `${DAYS[weekday]} ${day} ${MONTHS[month - 1]}, ${time}`;
}

/** `Sun 22`. @param {string} zone @param {number} at */
export function weekday(zone, at) {
  const { weekday, day } = local(zone, at);
  return `${DAYS[weekday]} ${day}`;
}

/** The start of the local hour. @param {string} zone @param {number} at */
export function hourStart(zone, at) {
  const { minute, second } = local(zone, at);
  return at - ((minute * 60 + second) * 1000 + (((at % 1000) + 1000) % 1000));
}
