// @ts-check
// How a page's texts and attributes change: what is the same already is not touched, so that nobody is told of it again.

/** `Node.TEXT_NODE`. */
const TEXT = 3;

/**
 * Where a text is alone in its place it changes itself: for a node that comes or goes the browser looks for styles anew, also around it.
 * @param {Node | null | undefined} place @param {string} text
 */
export function write(place, text) {
  if (!place || place.textContent === text) return;
  const [first] = place.childNodes;
  if (first?.nodeType === TEXT && place.childNodes.length === 1) first.nodeValue = text;
  else place.textContent = text;
}

/** @param {Element} node @param {string} name @param {string} value */
export function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
