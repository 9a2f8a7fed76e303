// @ts-check
/** Elements. */

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES = ['svg', 'rect', 'line', 'circle'];

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} [attributes] false and undefined: without it
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const node = SHAPES.includes(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}
