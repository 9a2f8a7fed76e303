// @ts-check
/** Names that nobody can guess. */

/**
 * A name for one page's place in the dock, or for a word: 128 random bits, 22 characters of base64url.
 * `crypto.randomUUID` would be shorter to write, but pages on plain http, as in most homes, do not have it.
 */
export function newBay() {
  const bits = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bits))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
