// @ts-check
// Puts what is known onto the page: text and attributes only. A place that is empty is hidden.
import { set, write } from '../dom/change.js';
import { draw, xTicks } from './chart.js';
import { drawCourse } from './courses.js';
import { format, freshness, number, warmth } from './format.js';
import { nightOf } from './night.js';
import { hours } from './series.js';
import { heroState, leadOf, seriesOf, stateOf } from './station.js';
import { INSTANTS, TEXTS, between, title, trendName, windFrom } from './texts.js';
import { isWarmth, unitOf } from './units.js';
import { moment } from './zone.js';

/** @typedef {import('./station.js').Station} Station */
/** @typedef {{now: number, units: import('./units.js').Units, fed: boolean, stations: Station[]}} Seen */

const SVG = 'http://www.w3.org/2000/svg';
/** Which version of a series a picture shows; a new picture shows none yet. @type {WeakMap<Element, string>} */
const painted = new WeakMap();

/** @param {string} tag @param {Record<string, string>} attributes @param {string} [text] */
function shape(tag, attributes, text = '') {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}

/**
 * Paints everything.
 * @param {Document} page @param {Seen} seen
 */
export function paint(page, seen) {
  for (const scope of page.querySelectorAll('[data-station]')) {
    const slug = scope.getAttribute('data-station');
    const station = seen.stations.find((station) => station.slug === slug);
    if (station) paintStation(scope, station, seen);
  }
}

/** The window's title on a station's page. @param {Document} page @param {Seen} seen */
export function titleOf(page, seen) {
  const slug = page.querySelector('article[data-station]')?.getAttribute('data-station');
  const station = seen.stations.find((station) => station.slug === slug);
  return station && title(station, { ...seen, key: '' });
}

/** @param {Element} scope @param {Station} station @param {Seen} seen */
function paintStation(scope, station, seen) {
  set(scope, 'data-state', stateOf(station, seen.now));
  for (const place of scope.querySelectorAll('[data-show]')) paintPlace(place, station, seen);
  for (const tile of scope.querySelectorAll('[data-tile]')) {
    const value = station.values[String(tile.getAttribute('data-tile'))];
    set(tile, 'data-state', freshness(value?.at, seen.now, station.interval_ms));
  }
  paintTemperature(scope, station, seen);
  paintChart(scope, station, seen);
  for (const figure of scope.querySelectorAll('[data-course]')) paintCourse(figure, station, seen);
}

/** @param {Element} place @param {Station} station @param {Seen} seen */
function paintPlace(place, station, seen) {
  const name = String(place.getAttribute('data-show'));
  const context = { ...seen, key: place.getAttribute('data-key') ?? '', beside: place.getAttribute('data-beside') };
  const text = TEXTS[name]?.(station, context);
  if (text === undefined) return;
  write(place, text);
  const instant = INSTANTS[name]?.(station, context);
  if (instant) set(place, 'datetime', new Date(instant).toISOString());
  const optional = place.closest('[data-optional]');
  if (optional?.querySelector('[data-show]') === place) optional.toggleAttribute('hidden', text === '');
}

/** @param {Element} scope @param {Station} station @param {Seen} seen */
function paintTemperature(scope, station, seen) {
  const context = { ...seen, key: '' };
  const celsius = isWarmth(leadOf(station)) ? station.values[leadOf(station)]?.value : undefined;
  const tinted = scope.matches('.tinted') ? scope : scope.querySelector('.tinted');
  if (tinted && celsius !== undefined) set(tinted, 'data-warmth', String(warmth(celsius)));
  for (const node of scope.querySelectorAll('[data-trend]')) set(node, 'data-trend', trendName(station, context));
  for (const node of scope.querySelectorAll('[data-frost]')) {
    set(
      node,
      'data-frost',
      String(celsius !== undefined && celsius <= 0 && heroState(station, seen.now) !== 'offline'),
    );
  }
  for (const node of scope.querySelectorAll('[data-range]')) {
    const part = between(station, context);
    set(node, 'visibility', part ? 'visible' : 'hidden');
    if (part) set(node, 'cx', `${part}%`);
  }
  for (const node of scope.querySelectorAll('[data-needle]')) {
    const from = windFrom(station, context);
    set(node, 'visibility', from === undefined ? 'hidden' : 'visible');
    if (from !== undefined) set(node, 'transform', `rotate(${format('wind_direction', from, seen.units)} 100 100)`);
  }
}

/** @param {Element} scope @param {Station} station @param {Seen} seen */
function paintChart(scope, station, seen) {
  const canvas = scope.querySelector('[data-chart="canvas"], [data-spark]');
  if (!canvas) return;
  const key = leadOf(station);
  const series = seriesOf(station, key);
  // Marks count among the changes of the temperature.
  const version = `${station.series.start} ${series?.version ?? 0} ${station.series.version ?? 0}`;
  if (painted.get(canvas) === version) return;
  painted.set(canvas, version);
  const spark = canvas.hasAttribute('data-spark');
  const title = canvas.closest('[data-title]')?.getAttribute('data-title') ?? undefined;
  const night = nightOf(station);
  const drawing = /(^|\/)precipitation$/.test(key)
    ? barsOf(station, key, seen, title)
    : draw(station, seen.units, spark, title);
  /** @param {string} name */
  const part = (name) => scope.querySelector(`[data-chart="${name}"]`);
  set(canvas, 'aria-label', (drawing?.summary ?? 'No values in the last 24 hours.') + (spark ? '' : night.words));
  for (const [name, path] of /** @type {const} */ ([
    ['line', drawing?.line ?? ''],
    ['band', drawing?.band ?? ''],
    ['bars', drawing?.bars ?? ''],
  ])) {
    const node = part(name);
    if (node) set(node, 'd', path);
  }
  const last = part('last');
  if (last) set(last, 'visibility', drawing?.last ? 'visible' : 'hidden');
  if (last && drawing?.last) {
    set(last, 'cx', `${drawing.last.x}%`);
    set(last, 'cy', `${drawing.last.y}%`);
  }
  if (spark) return;
  part('night')?.replaceChildren(
    ...shades(night),
    ...night.changes.map(({ at, late, label }) =>
      shape(
        'text',
        { class: 'sun-time', x: `${at}%`, y: '13', ...(late ? { dx: '-4', 'text-anchor': 'end' } : { dx: '4' }) },
        label,
      ),
    ),
  );
  if (!drawing) return;
  const rings = drawing.marked.map(({ x, y, path, title }) => {
    const ring = shape('svg', { class: 'void', x: `${x}%`, y: `${y}%` });
    ring.append(shape('title', {}, title), shape('path', { d: path }));
    return ring;
  });
  part('marked')?.replaceChildren(...rings);
  const { x, y, zero } = drawing;
  part('y')?.replaceChildren(...y.map((tick) => shape('text', { x: '100%', y: `${tick.at}%` }, tick.label)));
  part('x')?.replaceChildren(
    ...x.map((tick) =>
      shape('text', { x: `${tick.at}%`, y: '16', ...(tick.strong && { class: 'midnight' }) }, tick.label),
    ),
  );
  part('grid')?.replaceChildren(
    ...y.map(({ at, strong }) =>
      shape('line', { x1: '0', x2: '100%', y1: `${at}%`, y2: `${at}%`, ...(strong && { class: 'strong' }) }),
    ),
    ...x.map(({ at, strong }) =>
      shape('line', { x1: `${at}%`, x2: `${at}%`, y1: '0', y2: '100%', ...(strong && { class: 'midnight' }) }),
    ),
    ...(zero
      ? [
          shape('line', { x1: '0', x2: '100%', y1: `${zero.at}%`, y2: `${zero.at}%`, class: 'strong' }),
          shape('text', { x: '100%', y: `${zero.at}%`, dy: '-4' }, `${zero.label} ${unitOf(key, seen.units).symbol}`),
        ]
      : []),
  );
  paintTable(scope, station, seen);
}

/** @param {ReturnType<typeof nightOf>} night */
const shades = ({ shades }) =>
  shades.map(({ x, width }) =>
    shape('rect', { class: 'night', x: `${x}%`, width: `${width}%`, y: '0', height: '100%' }),
  );

/** Rain as a large picture. @param {Station} station @param {string} key @param {Seen} seen @param {string} [title] */
function barsOf(station, key, seen, title) {
  const course = drawCourse(station, key, seen.units, title);
  /** @type {never[]} */
  const marked = [];
  return course && { ...course, band: '', zero: undefined, x: xTicks(station.zone, station.series.start), marked };
}

/** @param {Element} figure @param {Station} station @param {Seen} seen */
function paintCourse(figure, station, seen) {
  const key = String(figure.getAttribute('data-course'));
  const series = station.courses?.[key];
  const version = `${station.series.start} ${series?.version ?? 0} ${station.courses?.wind_gust?.version ?? 0}`;
  if (painted.get(figure) === version) return;
  painted.set(figure, version);
  /** @param {string} name */
  const part = (name) => figure.querySelector(`[data-course-part="${name}"]`);
  const drawing = drawCourse(station, key, seen.units, figure.getAttribute('data-title') ?? undefined);
  part('night')?.replaceChildren(...shades(nightOf(station)));
  const canvas = part('canvas');
  if (canvas) set(canvas, 'aria-label', drawing?.summary ?? 'No values in the last 24 hours.');
  for (const name of /** @type {const} */ (['line', 'second', 'bars'])) {
    const node = part(name);
    if (node) set(node, 'd', drawing?.[name] ?? '');
  }
  const note = part('note');
  if (note) write(note, drawing?.note ?? '');
  const last = part('last');
  if (last) set(last, 'visibility', drawing?.last ? 'visible' : 'hidden');
  if (last && drawing?.last) {
    set(last, 'cx', `${drawing.last.x}%`);
    set(last, 'cy', `${drawing.last.y}%`);
  }
  if (!drawing) return;
  part('y')?.replaceChildren(...drawing.y.map((tick) => shape('text', { x: '100%', y: `${tick.at}%` }, tick.label)));
  part('x')?.replaceChildren(
    ...drawing.x.map((tick) =>
      shape('text', { x: `${tick.at}%`, y: '16', ...(tick.strong && { class: 'midnight' }) }, tick.label),
    ),
  );
  part('grid')?.replaceChildren(
    ...drawing.y.map(({ at }) => shape('line', { x1: '0', x2: '100%', y1: `${at}%`, y2: `${at}%` })),
    ...drawing.x.map(({ at, strong }) =>
      shape('line', { x1: `${at}%`, x2: `${at}%`, y1: '0', y2: '100%', ...(strong && { class: 'midnight' }) }),
    ),
  );
}

/** The table behind the chart, an hour a row. @param {Element} scope @param {Station} station @param {Seen} seen */
function paintTable(scope, station, seen) {
  const body = scope.querySelector('[data-rows]');
  if (!body) return;
  /** @param {number | undefined} value */
  const degrees = (value) => (value === undefined ? '' : number(leadOf(station), value, seen.units));
  const series = seriesOf(station, leadOf(station));
  if (!series) return;
  body.replaceChildren(
    ...hours(series, station.zone).map((hour) => {
      const row = document.createElement('tr');
      const head = document.createElement('th');
      head.scope = 'row';
      const time = document.createElement('time');
      time.dateTime = new Date(hour.at).toISOString();
      time.textContent = moment(station.zone, hour.at, seen.now);
      head.append(time);
      row.append(head);
      const texts =
        hour.count === 0
          ? ['no readings']
          : [degrees(hour.mean), degrees(hour.min), degrees(hour.max), String(hour.count)];
      for (const text of texts) row.insertCell().textContent = text;
      if (hour.count === 0) Object.assign(row.cells[1], { colSpan: 4, className: 'none' });
      return row;
    }),
  );
}
