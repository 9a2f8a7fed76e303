// @ts-check
// How a page's texts and attributes change: what is the same already is not touched, so that nobody is told of it again.

/** @param {Node | null | undefined} place @param {string} text */
export function write(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {Element} node @param {string} name @param {string} value */
export function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
