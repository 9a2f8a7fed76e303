// @ts-check
/** The path before all of the server's own, if a proxy gives it only a part of a host: `/weather`, or an empty text. */

/**
 * The base of the server that a script came from: scripts lie in `/static/` behind it. A worker has no other way to know it.
 *
 * @param {string} script the script's address
 */
export function baseOf(script) {
  const { protocol, pathname } = new URL(script);
  // A test reads scripts from files.
  return protocol === 'file:' ? '' : pathname.slice(0, Math.max(0, pathname.lastIndexOf('/static/')));
}

/** Each path that a script writes begins with it. */
export const BASE = baseOf(import.meta.url);
