// @ts-check
// Wheel, fingers and keys over a picture. What they ask for is a call.

/**
 * @typedef {object} Asks
 * @property {(factor: number, at: number) => void} zoom so many times as long, about an instant
 * @property {(part: number) => void} pan by a part of the window
 * @property {(by: number) => void} step the cursor goes on by so many values
 * @property {() => void} reset
 */

/** A notch of the wheel makes the window so many times as long. */
const NOTCH = 1.25;
/** Keys go so far. */
const [PAN_PART, ZOOM_FACTOR, LEAP] = [0.25, 0.5, 1_000_000];
/** A finger that moves less is a tap, px. */
const TAP_PX = 8;

/** @param {import('./plot.js').Plot} plot @param {Asks} asks */
export function listen(plot, asks) {
  const { host } = plot;
  /** The instant below a pointer. @param {number} clientX */
  const at = (clientX) => plot.at(clientX - (plot.over?.getBoundingClientRect().left ?? 0));
  const width = () => plot.over?.clientWidth || 1;

  // Without Ctrl (a pinch on a touchpad says it, too) the wheel is the page's.
  host.addEventListener(
    'wheel',
    (event) => {
      const across = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) asks.zoom(event.deltaY > 0 ? NOTCH : 1 / NOTCH, at(event.clientX));
      else if (event.shiftKey || Math.abs(across) > Math.abs(event.deltaY)) asks.pan(across / width());
      else return;
      event.preventDefault();
    },
    { passive: false },
  );

  /** Fingers on the picture. @type {Map<number, number>} */
  const fingers = new Map();
  host.addEventListener('pointerdown', ({ pointerType, pointerId, clientX }) => {
    if (pointerType === 'touch' && fingers.size < 2) fingers.set(pointerId, clientX);
  });
  host.addEventListener('pointermove', ({ pointerId, clientX }) => {
    const before = fingers.get(pointerId);
    if (before === undefined) return;
    const other = [...fingers].find(([id]) => id !== pointerId)?.[1];
    if (other === undefined) {
      if (Math.abs(clientX - before) < TAP_PX) return;
      asks.pan((before - clientX) / width());
    } else if (Math.abs(clientX - other) > TAP_PX && Math.abs(before - other) > TAP_PX) {
      asks.zoom(Math.abs(before - other) / Math.abs(clientX - other), at((clientX + other) / 2));
    }
    fingers.set(pointerId, clientX);
  });
  for (const over of /** @type {const} */ (['pointerup', 'pointercancel']))
    host.addEventListener(over, ({ pointerId }) => fingers.delete(pointerId));

  host.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = at((plot.over?.getBoundingClientRect().left ?? 0) + width() / 2);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => (event.shiftKey ? asks.pan(-PAN_PART) : asks.step(-1)),
      ArrowRight: () => (event.shiftKey ? asks.pan(PAN_PART) : asks.step(1)),
      Home: () => asks.step(-LEAP),
      End: () => asks.step(LEAP),
      '+': () => asks.zoom(ZOOM_FACTOR, middle),
      '=': () => asks.zoom(ZOOM_FACTOR, middle),
      '-': () => asks.zoom(1 / ZOOM_FACTOR, middle),
      Escape: () => asks.reset(),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
