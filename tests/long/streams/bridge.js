// @ts-check
/**
 * A bridge between the official tests of Durable Streams, which make streams by PUT and write by POST, and a server whose streams are
 * read only and tell of stations.
 *
 * PUT adds a station. POST sends readings, one for each message: the number of the message is a value of CO2. GET and HEAD go to the
 * server as they are; its status, its offsets, its tags, its cursors, its waiting and its headers come back as they are. Only the items
 * are put back into the messages that were posted, by their numbers, and items that are no readings are left out. So order, repetition
 * and loss are the server's own.
 *
 * node bridge.js <server> <program> <data folder>
 */

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

const [server, program, data] = process.argv.slice(2);
const run = promisify(execFile);

/** How long it is tried to post the first reading: the server hears of a new station within a second. */
const NEW_STATION_MS = 20_000;
/** Pause between these attempts. */
const PAUSE_MS = 50;
/** The value of the first message, ppm: there is no air without carbon dioxide. */
const FIRST_PPM = 400;

/**
 * @typedef {object} Stream
 * @property {string} slug
 * @property {string} key
 * @property {string} contentType
 * @property {(string | Buffer)[]} messages As they were posted; of JSON, the text of each value.
 * @property {Promise<unknown>} last What is being posted.
 */

/** @type {Map<string, Promise<Stream>>} */
const streams = new Map();

/** @param {Stream} stream */
const isJson = (stream) => mime(stream.contentType) === 'application/json';

/** @param {string} contentType */
const mime = (contentType) => contentType.split(';')[0].trim().toLowerCase();

/** @param {number} number @param {string} contentType @returns {Promise<Stream>} */
async function made(number, contentType) {
  const slug = `stream-${number}`;
  const { stdout } = await run(program, ['--data', data, 'station', 'add', slug, '--name', slug, '--key-only']);
  const key = stdout.trim().split('\n')[0];
  const until = Date.now() + NEW_STATION_MS;
  // The server finds a new station when it looks for what others have committed.
  while ((await fetch(`${server}/stream/${slug}`, { method: 'HEAD' })).status !== 200) {
    if (Date.now() > until) throw new Error(`the server does not know ${slug}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { slug, key, contentType, messages: [], last: Promise.resolve() };
}

/** @param {import('node:http').IncomingMessage} request */
async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** @param {Stream} stream */
async function end(stream) {
  const head = await fetch(`${server}/stream/${stream.slug}`, { method: 'HEAD' });
  return head.headers.get('stream-next-offset') ?? '';
}

/** The messages in a body. @param {Stream} stream @param {Buffer} bytes */
function messages(stream, bytes) {
  if (!isJson(stream)) return [bytes];
  const value = JSON.parse(bytes.toString());
  return (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one));
}

/** The same; none if they cannot be read. @param {Stream} stream @param {Buffer} bytes */
function written(stream, bytes) {
  try {
    return bytes.length > 0 ? messages(stream, bytes) : [];
  } catch {
    return undefined;
  }
}

/** Posts messages, after those before. @param {Stream} stream @param {(string | Buffer)[]} more */
function post(stream, more) {
  const posting = stream.last.then(async () => {
    const first = stream.messages.length;
    stream.messages.push(...more);
    const readings = more.map((_, index) => ({ co2: FIRST_PPM + first + index }));
    const answer = await fetch(`${server}/api/v1/readings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stream.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(readings),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return end(stream);
  });
  stream.last = posting.catch(() => {});
  return posting;
}

/** The server's items as the messages that they stand for. @param {Stream} stream @param {string} json */
function back(stream, json) {
  const items = JSON.parse(json).filter((/** @type {any} */ item) => item.kind === 'report');
  const found = items.map((/** @type {any} */ item) => stream.messages[item.values.co2 - FIRST_PPM]);
  return isJson(stream) ? `[${found.join(',')}]` : Buffer.concat(found.map((/** @type {any} */ one) => Buffer.from(one)));
}

/** @param {Headers} headers @param {Stream} stream */
function passed(headers, stream) {
  const own = ['connection', 'content-length', 'transfer-encoding', 'content-encoding', 'date'];
  const all = [...headers].filter(([name]) => !own.includes(name));
  return Object.fromEntries(
    all.map(([name, value]) => [
      name,
      name === 'content-type' && value === 'application/json' ? stream.contentType : value,
    ]),
  );
}

/** Events with their data put back. @param {Stream} stream @param {ReadableStream<Uint8Array>} from */
async function* events(stream, from) {
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of from) {
    text += decoder.decode(part, { stream: true });
    for (let cut = text.indexOf('\n\n'); cut >= 0; cut = text.indexOf('\n\n')) {
      const event = text.slice(0, cut);
      text = text.slice(cut + 2);
      const lines = event.split('\n').filter((line) => line.startsWith('data:'));
      if (!event.includes('event: data') && !event.includes('event:data')) {
        yield `${event}\n\n`;
        continue;
      }
      const told = back(stream, lines.map((line) => line.slice(5)).join('\n')).toString();
      if (told === '[]' || told === '') continue;
      const written = told.split(/\r\n|\r|\n/).map((line) => `data:${line}\n`);
      yield `event: data\n${written.join('')}\n`;
    }
  }
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function answer(request, response) {
  const url = new URL(request.url ?? '/', 'http://bridge');
  /** @param {number} status @param {Record<string, string>} [headers] @param {string | Buffer} [text] */
  const say = (status, headers = {}, text = '') => {
    response.writeHead(status, { 'x-content-type-options': 'nosniff', ...headers });
    response.end(text);
  };
  const known = await streams.get(url.pathname);
  if (request.method === 'PUT') {
    const contentType = request.headers['content-type'] ?? 'application/octet-stream';
    const bytes = await body(request);
    if (known) {
      const same = mime(known.contentType) === mime(contentType);
      return say(same ? 200 : 409, { 'content-type': known.contentType, 'stream-next-offset': await end(known) });
    }
    const making = made(streams.size, contentType);
    streams.set(url.pathname, making);
    const stream = await making;
    const first = written(stream, bytes) ?? [];
    const next = first.length > 0 ? await post(stream, first) : await end(stream);
    const location = `http://${request.headers.host}${url.pathname}`;
    return say(201, { location, 'content-type': contentType, 'stream-next-offset': next });
  }
  if (request.method === 'POST') {
    const bytes = await body(request);
    if (!known) return say(404);
    const more = written(known, bytes);
    if (!more || more.length === 0) return say(400);
    if (mime(request.headers['content-type'] ?? '') !== mime(known.contentType)) return say(409);
    return say(204, { 'stream-next-offset': await post(known, more) });
  }
  // The server answers for streams that nobody has made, too.
  const stream = known ?? { slug: 'nobody', key: '', contentType: 'application/json', messages: [], last: Promise.resolve() };
  const headers = { ...request.headers, host: '' };
  delete (/** @type {any} */ (headers).host);
  delete (/** @type {any} */ (headers).connection);
  const stopped = new AbortController();
  response.on('close', () => stopped.abort());
  let query = url.search;
  for (;;) {
    const found = await fetch(`${server}/stream/${stream.slug}${query}`, {
      method: request.method,
      headers: /** @type {any} */ (headers),
      signal: stopped.signal,
      redirect: 'manual',
    });
    const kind = found.headers.get('content-type') ?? '';
    if (kind === 'text/event-stream' && found.body) {
      response.writeHead(found.status, passed(found.headers, stream));
      response.flushHeaders();
      // Whoever has heard enough closes the connection.
      return Readable.from(events(stream, found.body)).on('error', () => response.destroy()).pipe(response);
    }
    const text = await found.text();
    const told = found.status === 200 && request.method === 'GET' && kind === 'application/json' ? back(stream, text) : text;
    // That a station was added is no message: who waits for one waits on.
    const waits = url.searchParams.get('live') === 'long-poll' && found.status === 200;
    if (waits && (told === '[]' || told.length === 0)) {
      const on = new URLSearchParams(query);
      on.set('offset', found.headers.get('stream-next-offset') ?? '');
      query = `?${on}`;
      continue;
    }
    response.writeHead(found.status, passed(found.headers, stream));
    return response.end(told);
  }
}

const bridge = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (response.headersSent || response.destroyed) return response.destroy();
    response.writeHead(500);
    response.end(String(error));
  });
});
bridge.listen(0, '127.0.0.1', () => {
  const at = bridge.address();
  console.log(`http://127.0.0.1:${typeof at === 'object' && at ? at.port : ''}`);
});
