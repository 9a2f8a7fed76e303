// @ts-check
import { newBay } from '../../static/js/channel/bay.js';
import { postTruck } from '../../static/js/channel/post.js';
import { Lost } from '../../static/js/channel/wire.js';
import { equal, ok, test, throws } from './check.js';

/** @type {import('../../static/js/channel/wire.js').Clipboard} */
const CLIPBOARD = { v: 1, fleet: 'ping-pong', park: 25_000, seen: 'J.10', watch: [], say: [] };
const LOAD = {
  v: 1,
  why: 'cargo',
  after: 'J.10',
  seen: 'J.11',
  cargo: [{ at: 'J.11', kind: 'report' }],
  heard: [],
  parked: 7,
};

/**
 * Sends a truck to a dock that answers with `body`.
 *
 * @param {unknown} body text, or what becomes JSON
 * @param {ResponseInit & {headers?: Record<string, string>}} [init]
 */
function trip(body, init = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', ...init.headers };
  const answer = new Response(init.status === 204 ? null : text, { ...init, headers });
  return postTruck('bay', CLIPBOARD, new AbortController().signal, async () => answer);
}

const isLost = (/** @type {unknown} */ error) => error instanceof Lost;

test('a truck is one POST of JSON to its bay, from this site, without a cache or a redirect', async () => {
  /** @type {[string, RequestInit][]} */
  const requests = [];
  const { signal } = new AbortController();
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
    requests.push([url, init]);
    return new Response(JSON.stringify(LOAD), { headers: { 'Content-Type': 'application/json' } });
  };
  equal(
    await postTruck('bay', CLIPBOARD, signal, fetch),
    { ...LOAD, bytes: JSON.stringify(LOAD).length },
    'its load, weighed',
  );
  const [[url, init]] = requests;
  const { method, credentials, cache, redirect, keepalive, body } = init;
  equal(
    [url, method, credentials, cache, redirect, keepalive],
    ['/dock/bay', 'POST', 'same-origin', 'no-store', 'error', false],
  );
  equal(new Headers(init.headers).get('Content-Type'), 'application/json');
  equal(JSON.parse(String(body)), CLIPBOARD);
  ok(init.signal === signal, 'it can be given up');
});

test('fields that may be absent are empty', async () => {
  const { v, why, after, seen } = LOAD;
  const load = await trip({ v, why, after, seen });
  equal([load.cargo, load.heard], [[], []]);
});

test('who is sent away needs no place in the journal', async () => {
  equal((await trip({ v: 1, why: 'reload' })).why, 'reload');
  equal((await trip({ v: 1, why: 'closing', retry: 5 })).retry, 5);
});

test('what is not a load of ours is a lost truck', async () => {
  const foreign = [
    '',
    '<html>login</html>',
    '{}',
    'null',
    '[]',
    '7',
    '{"v":1',
    { ...LOAD, v: 2 },
    { ...LOAD, why: 7 },
    { ...LOAD, after: 'x' },
    { ...LOAD, seen: null },
    { ...LOAD, cargo: {} },
    { ...LOAD, cargo: [{}] },
    { ...LOAD, cargo: [null] },
    { ...LOAD, heard: [7] },
    { ...LOAD, why: 'reload', after: undefined },
  ];
  for (const body of foreign) {
    const error = await throws(() => trip(body), isLost);
    equal(error.status, 200, JSON.stringify(body));
  }
});

test('another type or status is a lost truck', async () => {
  await throws(() => trip(LOAD, { headers: { 'Content-Type': 'text/html' } }), isLost);
  for (const status of [201, 204, 400, 403, 413, 500, 502, 504]) {
    const error = await throws(() => trip(LOAD, { status }), isLost);
    equal([error.status, error.retryAfterMs], [status, undefined]);
  }
});

test('a dock that refuses words names them', async () => {
  const errors = [
    { field: 'say[1].text', value: '', reason: 'not blank' },
    { field: 'seen', value: '', reason: 'a cursor' },
    { field: 'say[12]', value: '' },
    { field: 7 },
    null,
  ];
  const { refused } = await throws(() => trip({ errors }, { status: 400 }), isLost);
  equal(refused, [
    { index: 1, reason: 'not blank' },
    { index: 12, reason: 'the dock refuses it' },
  ]);
  for (const body of ['<html>', {}, { errors: {} }, 'null'])
    equal((await throws(() => trip(body, { status: 400 }), isLost)).refused, []);
  equal(
    (await throws(() => trip({ errors }, { status: 502 }), isLost)).refused,
    undefined,
    'who else says so is not the dock',
  );
});

test('a dock that asks for time says how long, in seconds or as a date', async () => {
  for (const status of [429, 503]) {
    equal((await throws(() => trip('', { status, headers: { 'Retry-After': '7' } }), isLost)).retryAfterMs, 7_000);
  }
  const soon = new Date(Date.now() + 60_000).toUTCString();
  const { retryAfterMs } = await throws(() => trip('', { status: 503, headers: { 'Retry-After': soon } }), isLost);
  ok(retryAfterMs > 50_000 && retryAfterMs <= 60_000, `${retryAfterMs}`);
  equal(
    (await throws(() => trip('', { status: 503, headers: { 'Retry-After': 'soon' } }), isLost)).retryAfterMs,
    undefined,
  );
});

test('a road that is closed is a lost truck, and so is one that was given up', async () => {
  const aborter = new AbortController();
  const fetch = async () => {
    throw new TypeError('Failed to fetch');
  };
  equal((await throws(() => postTruck('bay', CLIPBOARD, aborter.signal, fetch), isLost)).message, 'no answer');
  aborter.abort();
  equal((await throws(() => postTruck('bay', CLIPBOARD, aborter.signal, fetch), isLost)).message, 'given up');
});

test('a bay is 128 random bits in 22 plain characters', () => {
  const bays = new Set(Array.from({ length: 200 }, newBay));
  equal(bays.size, 200, 'none twice');
  ok(
    [...bays].every((bay) => /^[A-Za-z0-9_-]{22}$/.test(bay)),
    'plain characters',
  );
  ok(
    [...bays].some((bay) => /[_-]/.test(bay)),
    'all of base64url',
  );
});
