// @ts-check
// One picture on a canvas, in the place of the one that the server drew.
import { LOOKS } from './colours.js';
import { nameLines } from './labels.js';
import { readout } from './readout.js';
import { columns, lonely } from './strand.js';
import { thinned } from './window.js';

/** @typedef {import('./strand.js').Strand} Strand */
/** @typedef {import('./window.js').Window} Window */
/** @typedef {{name: string, title: string, unit: string, decimals: number, decimal?: string, summary: string, ticks: [number, string][], strong: number | null, ends: [number, number] | null, strands: Strand[]}} Figure */
/** @typedef {{window: Window, ticks: [number, string, boolean][], zone: import('../view/zone.js').Zone}} Shared what all pictures have in common */
/** @typedef {{zoom: (window: Window) => void, reset: () => void}} On */

/** Pixels that a label below needs. */
const LABEL_PX = 56;
/** Labels closer to an edge would lie over others, a part of the window. */
const MARGIN = 0.02;
/** Pixels beside and below the picture. */
const [BESIDE_PX, BELOW_PX] = [44, 26];
/** A drag that is shorter is a click, px. */
const DRAG_MIN_PX = 6;
const FONT = '12px system-ui, sans-serif';

/** A picture. */
export class Plot {
  #section;
  #host;
  #drawn;
  #said;
  #palette;
  #on;
  /** @type {any} */
  #plot = null;
  /** The strands that the plot was made for. */
  #made = '';
  /** @type {Figure | null} */
  figure = null;
  /** @type {Shared | null} */
  #shared = null;

  /** @param {HTMLElement} section @param {{of: (colour: string) => string}} palette @param {On} on */
  constructor(section, palette, on) {
    this.#section = section;
    this.#palette = palette;
    this.#on = on;
    this.#drawn = /** @type {HTMLElement | null} */ (section.querySelector('[data-plot]'));
    this.#said = section.querySelector('[data-summary]');
    this.#host = document.createElement('div');
    this.#host.className = 'plotted';
    this.#host.tabIndex = 0;
    this.#host.setAttribute('role', 'group');
    this.#host.hidden = true;
    this.#drawn?.after(this.#host);
    new ResizeObserver(() => this.#fit()).observe(this.#host);
  }

  get name() {
    return this.#section.dataset.figure ?? '';
  }

  /** Where people point, and what has the focus. */
  get host() {
    return this.#host;
  }

  /** What the plot lies over: its x is that of the picture. @returns {HTMLElement | undefined} */
  get over() {
    return this.#plot?.over;
  }

  /** The instant at a place of the picture, px. @param {number} left */
  at(left) {
    return Math.round(this.#plot?.posToVal(left, 'x') ?? 0);
  }

  /** Shows a picture. @param {Figure} figure @param {Shared} shared */
  show(figure, shared) {
    this.figure = figure;
    this.#shared = shared;
    if (!this.#drawn) return;
    const kind = figure.strands.map((strand) => `${strand.class} ${strand.shape} ${strand.low.length > 0}`).join();
    this.#drawn.toggleAttribute('data-covered', true);
    this.#host.hidden = false;
    if (kind !== this.#made) {
      this.#plot?.destroy();
      this.#plot = new /** @type {any} */ (globalThis).uPlot(this.#options(figure), this.#data(), this.#host);
      this.#made = kind;
    } else this.#plot.setData(this.#data());
    this.#host.setAttribute(
      'aria-label',
      `${figure.summary || `${figure.title}: no readings.`} Arrow keys read its values.`,
    );
    this.#say(figure.summary || 'No readings in this time.');
    const heading = this.#section.querySelector('h2')?.firstChild;
    if (heading) heading.nodeValue = `${figure.title} `;
  }

  /** The picture of the server is another: paper shows it. @param {Element} fresh */
  replaceDrawn(fresh) {
    const drawn = /** @type {HTMLElement} */ (document.importNode(fresh, true));
    drawn.toggleAttribute('data-covered', !this.#host.hidden);
    this.#drawn?.replaceWith(drawn);
    this.#drawn = drawn;
  }

  /** The window is another; what it shows is on its way. @param {Window} window */
  look(window) {
    if (!this.#shared) return;
    this.#shared = { ...this.#shared, window };
    this.#plot?.setScale('x', { min: window.from, max: window.to });
  }

  /** Draws anew: news came, or the colours are others. @param {boolean} withData */
  refresh(withData) {
    if (withData) this.#plot?.setData(this.#data());
    else this.#plot?.redraw(false);
  }

  /** Moves the cursor by so many values; returns what stands there. @param {number} by @returns {string} */
  step(by) {
    const plot = this.#plot;
    const times = plot?.data[0] ?? [];
    if (!this.#shared || times.length === 0) return '';
    const { from, to } = this.#shared.window;
    const hasValue = (/** @type {number} */ place) =>
      plot.data.slice(1).some((/** @type {any[]} */ column) => typeof column[place] === 'number');
    const places = [...times.keys()].filter((place) => times[place] >= from && times[place] <= to && hasValue(place));
    const here = plot.cursor.idx ?? (by > 0 ? -1 : times.length);
    const [before, after] = [places.filter((place) => place < here), places.filter((place) => place > here)];
    const place = by < 0 ? (before.at(by) ?? places[0]) : (after[by - 1] ?? places.at(-1));
    if (place === undefined) return '';
    plot.setCursor({ left: plot.valToPos(times[place], 'x'), top: plot.over.clientHeight / 2 }, true, true);
    return this.#words(times[place]);
  }

  #fit() {
    const width = this.#host.clientWidth;
    if (this.#plot && width > 0) this.#plot.setSize({ width, height: this.#height() });
  }

  #height() {
    return Math.min(230, Math.max(170, Math.round(innerWidth * 0.18))) + BELOW_PX;
  }

  #data() {
    const strands = this.figure?.strands ?? [];
    const tables = strands.map(columns);
    // Where a strand has no value of an instant that another has, its line goes on; null is a gap.
    return tables.length > 0 ? /** @type {any} */ (globalThis).uPlot.join(tables) : [[]];
  }

  /** @param {number} at */
  #words(at) {
    const { figure } = this;
    return figure && this.#shared ? readout(figure.strands, at, { ...figure, zone: this.#shared.zone }) : '';
  }

  /** @param {string} text */
  #say(text) {
    if (this.#said && this.#said.textContent !== text) this.#said.textContent = text;
  }

  /** @param {Figure} figure */
  #options(figure) {
    const uPlot = /** @type {any} */ (globalThis).uPlot;
    const colour = (/** @type {string} */ name) => () => this.#palette.of(name);
    /** @type {any[]} */
    const series = [{}];
    /** @type {any[]} */
    const bands = [];
    for (const { class: look, shape, low } of figure.strands) {
      const [name, dash] = LOOKS[look] ?? LOOKS.own;
      const base = { stroke: colour(name), width: look === 'own' ? 2 : 1.5, dash, spanGaps: false };
      const alone = (/** @type {any} */ u, /** @type {number} */ place) => lonely(u.data[place]);
      const fell = (/** @type {any} */ u, /** @type {number} */ place) =>
        [...u.data[place].keys()].filter((at) => u.data[place][at] > 0);
      const dots = { show: true, size: 5, fill: colour(name), filter: alone };
      if (shape !== 'bars') series.push({ ...base, points: dots });
      else if (look === 'own')
        series.push({
          ...base,
          width: 0,
          fill: colour('color-mix(in srgb, var(--acc) 75%, transparent)'),
          paths: uPlot.paths.bars({ size: [0.84, 80], align: 0 }),
          points: { show: false },
        });
      else series.push({ ...base, paths: () => null, points: { ...dots, size: 6, filter: fell } });
      if (low.length === 0) continue;
      const edge = { width: 0, points: { show: false } };
      series.push({ ...edge }, { ...edge });
      const fill = colour('color-mix(in srgb, var(--acc) 17%, transparent)');
      bands.push({ series: [series.length - 1, series.length - 2], fill });
    }
    const grid = { stroke: colour('color-mix(in srgb, var(--line) 70%, transparent)'), width: 1 };
    const axis = { stroke: colour('var(--mut)'), font: FONT, grid, ticks: { show: false } };
    return {
      width: this.#host.clientWidth || 600,
      height: this.#height(),
      ms: 1,
      legend: { show: false },
      padding: [8, 4, 0, 0],
      cursor: {
        y: false,
        sync: { key: 'history', setSeries: false },
        drag: { x: true, y: false, setScale: false, dist: DRAG_MIN_PX },
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            this.#on.reset();
            return null;
          },
        },
      },
      scales: {
        x: { time: false, range: () => [this.#shared?.window.from ?? 0, this.#shared?.window.to ?? 1] },
        y: {
          range: (/** @type {any} */ _, /** @type {number | null} */ low, /** @type {number | null} */ high) => {
            const [bottom, top] = this.figure?.ends ?? [0, 1];
            return [Math.min(bottom, low ?? bottom), Math.max(top, high ?? top)];
          },
        },
      },
      axes: [
        {
          ...axis,
          size: BELOW_PX,
          splits: () => this.#below().map(([at]) => at),
          values: () => this.#below().map(([, label]) => label),
        },
        {
          ...axis,
          size: BESIDE_PX,
          splits: () => (this.figure?.ticks ?? []).map(([value]) => value),
          values: () => (this.figure?.ticks ?? []).map(([, label]) => label),
        },
      ],
      series,
      bands,
      hooks: {
        setSelect: [(/** @type {any} */ u) => this.#select(u)],
        setCursor: [(/** @type {any} */ u) => this.#point(u)],
        draw: [
          (/** @type {any} */ u) => {
            this.#strong(u);
            nameLines(u, this.figure?.strands ?? [], this.#palette);
          },
        ],
      },
    };
  }

  /** The labels below that are seen and have room. */
  #below() {
    if (!this.#shared) return [];
    const { ticks, window } = this.#shared;
    const margin = (window.to - window.from) * MARGIN;
    const seen = ticks.filter(([at]) => at >= window.from + margin && at <= window.to - margin);
    return thinned(seen, this.#host.clientWidth - BESIDE_PX, LABEL_PX);
  }

  /** @param {any} u */
  #select(u) {
    const { left, width } = u.select;
    if (width < DRAG_MIN_PX) return;
    const [from, to] = [this.at(left), this.at(left + width)];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#on.zoom({ from, to });
  }

  /** @param {any} u */
  #point(u) {
    const at =
      u.cursor.idx === null || u.cursor.idx === undefined || u.cursor.left < 0 ? undefined : u.data[0][u.cursor.idx];
    const words = at === undefined ? '' : this.#words(at);
    this.#say(words || this.figure?.summary || 'No readings in this time.');
  }

  /** The line of the freezing point. @param {any} u */
  #strong(u) {
    const strong = this.figure?.strong ?? null;
    if (strong === null || strong < u.scales.y.min || strong > u.scales.y.max) return;
    const y = Math.round(u.valToPos(strong, 'y', true));
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = this.#palette.of('var(--acc)');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
}
