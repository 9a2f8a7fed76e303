// @ts-check
// The stylesheet's colours as a canvas knows them: they change with the theme.

/** How strands look: their colour, and their dashes in px. @type {Readonly<Record<string, [colour: string, dash: number[]]>>} */
export const LOOKS = Object.freeze({
  own: ['var(--acc)', []],
  second: ['var(--second)', [6, 3]],
  year: ['var(--mut)', [2, 4]],
  'other-0': ['var(--other-0)', [9, 4]],
  'other-1': ['var(--other-1)', [9, 3, 2, 3]],
  'other-2': ['var(--other-2)', [3, 3]],
});

/**
 * Makes a function that says what a colour of the stylesheet is right now.
 * @param {Element} beside an element near which the colours are used
 */
export function palette(beside) {
  const probe = document.createElement('span');
  probe.hidden = true;
  beside.append(probe);
  /** @type {Map<string, string>} */
  const known = new Map();
  return {
    /** @param {string} colour */
    of(colour) {
      const found = known.get(colour);
      if (found) return found;
      probe.style.color = colour;
      const now = getComputedStyle(probe).color;
      known.set(colour, now);
      return now;
    },
    /** The theme is another. */
    forget: () => known.clear(),
  };
}
