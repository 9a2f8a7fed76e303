// Measures how soon a page paints and is live over a slow line. `scripts/bench --slow-line` starts it:
//
//   node scripts/slow-line.mjs URL ROUNDS
//
// The line is a relay on loopback: a handshake takes a whole delay, each direction half of one, and all connections share the
// bandwidth. Each round is a browser with an empty profile. Needs Debian's chromium and chromium-driver.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** There and back, ms. */
const DELAY_MS = 150;
/** Down and up, bits a second. */
const DOWN_BPS = 1_600_000;
const UP_BPS = 750_000;
/** A piece of the line, bytes: so finely connections take turns. */
const PIECE = 1_460;
/** How long a page may take, ms. */
const PATIENCE_MS = 30_000;

/** One direction that all connections share. */
class Lane {
  #free = 0;
  /** @param {number} bps */
  constructor(bps) {
    this.bps = bps;
    this.bytes = 0;
  }
  /** When this piece is through, ms of `performance`. @param {number} bytes */
  send(bytes) {
    this.bytes += bytes;
    this.#free = Math.max(this.#free, performance.now()) + (bytes * 8_000) / this.bps;
    return this.#free + DELAY_MS / 2;
  }
}

/** @param {URL} target */
async function line(target) {
  const seen = { connections: 0, requests: 0, down: new Lane(DOWN_BPS), up: new Lane(UP_BPS) };
  const carry = (/** @type {net.Socket} */ from, /** @type {net.Socket} */ to, /** @type {Lane} */ lane, /** @type {number} */ since) => {
    // Pieces arrive in order, each when it is due.
    let arrived = Promise.resolve();
    from.on('data', async (bytes) => {
      from.pause();
      for (let at = 0; at < bytes.length; at += PIECE) {
        const piece = bytes.subarray(at, at + PIECE);
        const due = Math.max(lane.send(piece.length), since);
        arrived = arrived.then(() => sleep(Math.max(0, due - performance.now()))).then(() => void (to.writable && to.write(piece)));
        // The sender goes on as the line does.
        await sleep(Math.max(0, due - DELAY_MS / 2 - performance.now()));
      }
      from.resume();
    });
    from.on('end', () => (arrived = arrived.then(() => sleep(DELAY_MS / 2)).then(() => void to.end())));
    from.on('error', () => to.destroy());
    from.on('close', () => arrived.then(() => setTimeout(() => to.destroy(), DELAY_MS)));
  };
  const server = net.createServer((client) => {
    seen.connections += 1;
    const upstream = net.connect(Number(target.port), target.hostname);
    // The handshake: the first bytes leave a delay after the browser has asked.
    const since = performance.now() + DELAY_MS * 1.5;
    client.on('data', (bytes) => (seen.requests += /^(GET|POST) /.test(bytes.toString('latin1', 0, 5)) ? 1 : 0));
    carry(client, upstream, seen.up, since);
    carry(upstream, client, seen.down, 0);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return { seen, port, close: () => server.close() };
}

/** A chromedriver. */
async function driver() {
  const child = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise((found) => {
    child.stdout.on('data', (text) => {
      const match = /started successfully on port (\d+)/.exec(String(text));
      if (match) found(match[1]);
    });
  });
  const ask = async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body = undefined) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${value?.message}`);
    return value;
  };
  return { ask, end: () => child.kill() };
}

const WATCH = `
  globalThis.measured = {};
  addEventListener('DOMContentLoaded', () => {
    const look = () => {
      if (!/^Live/.test(document.querySelector('[data-feed-text]')?.textContent ?? '')) return requestAnimationFrame(look);
      measured.live = performance.now();
    };
    look();
  });
  const named = (node) => node ? (node.localName ?? node.nodeName) + (node.className ? '.' + node.className : '') : 'something that is gone';
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      measured.shift = (measured.shift ?? 0) + value;
      const moved = sources.map(({ node, previousRect: a, currentRect: b }) => named(node) + ' ' + [a.y, a.height, b.y, b.height].map(Math.round).join(' '));
      (measured.moved ??= []).push(value.toFixed(3) + ': ' + moved.join('; '));
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) measured.largest = startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });`;

/** @param {URL} target */
async function round(target) {
  const profile = await mkdtemp(join(tmpdir(), 'slow-line-'));
  const road = await line(target);
  const { ask, end } = await driver();
  let session = '';
  try {
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', `--user-data-dir=${profile}`, '--window-size=1280,900'];
    const alwaysMatch = { browserName: 'chrome', pageLoadStrategy: 'none', 'goog:chromeOptions': { args } };
    const { sessionId } = await ask('POST', '/session', { capabilities: { alwaysMatch } });
    const at = `/session/${sessionId}`;
    session = at;
    await ask('POST', `${at}/goog/cdp/execute`, { cmd: 'Page.addScriptToEvaluateOnNewDocument', params: { source: WATCH } });
    await ask('POST', `${at}/url`, { url: `http://127.0.0.1:${road.port}${target.pathname}` });
    const script = `return { ...globalThis.measured, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime }`;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = await ask('POST', `${at}/execute/sync`, { script, args: [] });
      if (found?.live && found.paint) {
        const { connections, requests, down } = road.seen;
        const result = { ...found, connections, requests, kilobytes: down.bytes / 1000 };
        return result;
      }
      if (performance.now() > until) throw new Error(`the page is not live: ${JSON.stringify(found)}`);
      await sleep(50);
    }
  } finally {
    // A browser outlives its driver.
    if (session) await ask('DELETE', session).catch(() => {});
    end();
    road.close();
    await sleep(300);
    await rm(profile, { recursive: true, force: true });
  }
}

const median = (/** @type {number[]} */ numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const [url, rounds] = process.argv.slice(2);
const results = [];
for (let n = 0; n < Number(rounds ?? 5); n += 1) results.push(await round(new URL(url)));
console.log(`| ${new URL(url).pathname}, median of ${results.length} cold loads | |\n|---|---:|`);
for (const [name, key, digits] of [
  ['first paint, ms', 'paint', 0], ['largest paint, ms', 'largest', 0], ['live, ms', 'live', 0],
  ['requests', 'requests', 0], ['connections', 'connections', 0], ['bytes that came, kB', 'kilobytes', 1], ['layout shift', 'shift', 3],
]) console.log(`| ${name} | ${median(results.map((row) => row[key] ?? 0)).toFixed(Number(digits))} |`);
const moved = results.flatMap((row) => row.moved ?? []);
if (moved.length > 0) console.log(`\nWhat moved, with top and height before and after:\n${moved.join('\n')}`);
process.exit(0);
