// @ts-check
// Names of lines at their ends, where there is more than one line.
import { LOOKS } from './colours.js';

/** @typedef {import('./strand.js').Strand} Strand */

/** Names are so far apart at least, px. */
const APART_PX = 15;
const FONT_PX = 12;

/**
 * Moves places downwards that are closer than `apart`. What comes too low moves back, and pushes those above it. Pure.
 * @param {readonly number[]} places sorted @param {number} apart @param {number} lowest
 */
export function setApart(places, apart, lowest) {
  /** @type {number[]} */
  const moved = [];
  for (const place of places) moved.push(Math.max(place, (moved.at(-1) ?? -Infinity) + apart));
  let below = lowest + apart;
  for (let index = moved.length - 1; index >= 0; index--) {
    below = Math.min(moved[index], below - apart);
    moved[index] = below;
  }
  return moved;
}

/**
 * Writes the names.
 * @param {any} u the plot @param {readonly Strand[]} strands @param {{of: (colour: string) => string}} palette
 */
export function nameLines(u, strands, palette) {
  if (strands.length < 2 || strands.some(({ shape }) => shape === 'bars')) return;
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const { min, max } = u.scales.x;
  const names = strands.flatMap(({ at, value, label, class: look }) => {
    const last = at.findLastIndex((time, place) => time >= min && time <= max && value[place] !== null);
    if (last < 0) return [];
    return [{ label, look, y: u.valToPos(/** @type {number} */ (value[last]), 'y', true) - 6 * ratio }];
  });
  names.sort((one, other) => one.y - other.y);
  const places = setApart(
    names.map(({ y }) => Math.max(y, bbox.top + FONT_PX * ratio)),
    APART_PX * ratio,
    bbox.top + bbox.height - 4 * ratio,
  );
  ctx.save();
  ctx.font = `600 ${FONT_PX * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = palette.of('var(--card)');
  for (const [place, { label, look }] of names.entries()) {
    const x = bbox.left + bbox.width - 4 * ratio;
    ctx.fillStyle = palette.of((LOOKS[look] ?? LOOKS.own)[0]);
    ctx.strokeText(label, x, places[place]);
    ctx.fillText(label, x, places[place]);
  }
  ctx.restore();
}
