// @ts-check
/** The modern rows: a stream in the place of a parked truck, by the same rules. */

import { Home } from '../../static/js/channel/home.js';
import { FLEETS } from '../../static/js/channel/fleets.js';
import { events, socket } from '../../static/js/channel/stream.js';
import { equal, ok, test } from './check.js';
import { VirtualClock, seeded, settle } from './virtual.js';

const PARK_MS = 10_000;
const GRACE_MS = 5_000;
const ROWS = ['sse', 'websocket'];

/** A server with both doors, and a road that delays, breaks and loses. */
class Server {
  /** @type {string[]} topics */
  journal = [];
  /** @type {string[]} */
  stored = [];
  /** @type {Set<any>} streams that are open */
  streams = new Set();
  /** @type {string[]} where streams were opened */
  urls = [];
  /** @type {any[]} clipboards */
  came = [];
  bad = false;
  away = false;
  lastDown = -Infinity;
  /** @type {object | null} what every stream is sent away with */
  limit = null;

  /**
   * @param {VirtualClock} clock
   * @param {() => number} random
   */
  constructor(clock, random) {
    this.clock = clock;
    this.random = random;
  }

  /** @param {number} chance */
  happens(chance) {
    return this.bad && this.random() < chance;
  }

  /** @param {any} from @param {string} seen @param {readonly string[]} watch @param {object} [more] */
  load(from, seen, watch, more) {
    const at = Number(seen.slice(2));
    const cargo = this.journal.flatMap((topic, n) =>
      n >= at && (watch.length === 0 || watch.includes(topic))
        ? [{ at: `J.${n + 1}`, kind: 'report', station: topic }]
        : [],
    );
    return {
      v: 1,
      why: cargo.length > 0 ? 'cargo' : 'ticket',
      after: seen,
      seen: `J.${this.journal.length}`,
      cargo,
      heard: [],
      ...more,
    };
  }

  /** Opens a stream. `down` takes texts, `broken` is called if it breaks. @param {any} hooks */
  open({ opened, down, broken }) {
    const { clock } = this;
    const stream = { alive: true, ready: false, seen: '', watch: /** @type {string[]} */ ([]), due: 0 };
    const later = (/** @type {() => void} */ then) => {
      const at = Math.max(stream.due, clock.now() + (this.bad ? 1 + this.random() ** 3 * 500 : 20));
      stream.due = at; // TCP keeps the order
      clock.after(at - clock.now(), () => stream.alive && then());
    };
    const all = {
      stream,
      begins: (/** @type {string} */ seen, /** @type {string[]} */ watch) => {
        Object.assign(stream, { seen, watch, ready: true });
        if (this.limit) return all.sends({ ...this.load(null, seen, watch), why: 'turn', ...this.limit });
        if (this.load(null, seen, watch).cargo.length > 0) all.goes();
        all.ticket();
      },
      ticket: () => clock.after(PARK_MS * 0.95, () => stream.alive && (all.goes(), all.ticket())),
      goes: (more = {}) => {
        const load = this.load(null, stream.seen, stream.watch, more);
        stream.seen = load.seen;
        all.sends(load);
      },
      sends: (/** @type {any} */ load) => {
        if (this.happens(0.05)) return all.breaks(); // written to a dead socket
        later(() => {
          this.lastDown = clock.now();
          down(JSON.stringify(load));
        });
      },
      breaks: (told = !this.happens(0.3)) => {
        if (!stream.alive) return;
        stream.alive = false;
        this.streams.delete(all);
        if (told) clock.after(this.bad ? this.random() * 300 : 5, broken);
      },
      later,
    };
    this.streams.add(all);
    if (this.away || this.happens(0.1)) all.breaks();
    else
      later(() => {
        this.lastDown = clock.now();
        opened();
      });
    return all;
  }

  /** @param {string} topic */
  announce(topic) {
    this.journal.push(topic);
    for (const all of this.streams) {
      const { ready, watch } = all.stream;
      if (ready && (watch.length === 0 || watch.includes(topic))) all.goes();
    }
  }

  /** @param {any} clipboard */
  store(clipboard) {
    this.came.push(clipboard);
    for (const { id } of clipboard.say) if (!this.stored.includes(id)) this.stored.push(id);
    return { heard: clipboard.say.map((/** @type {any} */ { id }) => id) };
  }

  newSource = (/** @type {string} */ url) => {
    this.urls.push(url);
    const source = /** @type {any} */ ({});
    const query = new URL(url, 'http://x').searchParams;
    const watch = query.get('watch')?.split(',').filter(Boolean) ?? [];
    const all = this.open({
      opened: () => {
        source.onopen?.();
        all.begins(String(query.get('seen')), watch);
      },
      down: (/** @type {string} */ data) => source.onmessage?.({ data }),
      broken: () => source.closed || source.onerror?.(),
    });
    source.close = () => {
      source.closed = true;
      all.breaks(false);
    };
    return source;
  };

  newSocket = (/** @type {string} */ url) => {
    this.urls.push(url);
    const ws = /** @type {any} */ ({ readyState: 0 });
    const all = this.open({
      opened: () => {
        ws.readyState = 1;
        ws.onopen?.();
      },
      down: (/** @type {string} */ data) => ws.onmessage?.({ data }),
      broken: () => {
        ws.readyState = 3;
        if (!ws.closed) ws.onclose?.({ code: 1006, reason: '' });
      },
    });
    ws.send = (/** @type {string} */ text) => {
      if (this.happens(0.05)) return all.breaks();
      all.later(() => {
        const clipboard = JSON.parse(text);
        const heard = this.store(clipboard);
        if (!all.stream.ready) return all.begins(clipboard.seen, clipboard.watch);
        all.stream.seen = clipboard.seen;
        all.goes(clipboard.say.length > 0 ? { ...heard, why: 'turn' } : {});
      });
    };
    ws.close = () => {
      ws.closed = true;
      all.breaks(false);
    };
    ws.closes = (/** @type {string} */ reason) => {
      all.breaks(false);
      ws.onclose?.({ code: 1007, reason });
    };
    this.lastSocket = ws;
    return ws;
  };

  /** A truck. @param {any} clipboard @param {AbortSignal} signal */
  send = (clipboard, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('given up')));
      const wait = () => (this.bad ? this.random() ** 3 * 800 : 20);
      if (this.away || this.happens(0.1)) return this.clock.after(wait(), () => reject(new Error('no answer')));
      this.clock.after(wait(), () => {
        const load = { ...this.load(null, clipboard.seen, clipboard.watch), why: 'turn', ...this.store(clipboard) };
        if (!this.happens(0.1)) this.clock.after(wait(), () => resolve(load));
      });
    });

  /** @param {string} row */
  roads(row) {
    const ws = socket('bay', this.newSocket);
    return row === 'sse' ? { send: this.send, stream: events('bay', this.newSource) } : ws;
  }
}

/** @param {string} row @param {object} [more] */
async function scene(row, more = {}) {
  const clock = new VirtualClock();
  const random = seeded(3);
  const server = new Server(clock, random);
  /** @type {any} */
  const told = { applied: [], heard: [], states: [], trips: [], reloads: 0, said: [] };
  let ids = 0;
  const home = new Home({
    fleet: FLEETS[row],
    ...server.roads(row),
    apply: (items) => told.applied.push(...items.map(({ at }) => at)),
    onHeard: (heard) => told.heard.push(...heard),
    onState: ({ kind }) => told.states.push(kind),
    onTrip: (trip) => told.trips.push(trip),
    onSaid: (words) => told.said.push(...words),
    onReload: () => told.reloads++,
    clock,
    random,
    newId: () => `w${++ids}`,
    parkMs: PARK_MS,
    ...more,
  });
  home.start({ seen: 'J.0', watch: ['a', 'b'] });
  await clock.run(200);
  return { clock, server, home, ...told, told };
}

for (const row of ROWS) {
  test(`${row}: a stream is opened where home is, and news come down it in the step in which they are announced`, async () => {
    const { clock, server, home, applied } = await scene(row, { build: 'b1' });
    equal([home.state.kind, server.streams.size, home.stats.departed], ['live', 1, 1]);
    for (let n = 1; n <= 5; n++) {
      server.announce('a');
      await clock.run(20);
      equal(applied.length, n);
    }
    server.announce('c');
    await clock.run(PARK_MS);
    equal([applied.length, home.seen, home.stats.departed], [5, 'J.6', 1], 'what is not watched moves the cursor');
    ok(home.stats.bytesDown > 300 && home.stats.home === 6, `${home.stats.bytesDown} bytes`);
  });

  test(`${row}: words go up at once and are confirmed, and the stream goes on`, async () => {
    const { clock, server, home, heard, trips } = await scene(row);
    const id = home.say({ station: 'a', text: 'hello' });
    await clock.run(100);
    equal([server.stored, heard, server.came.at(-1).park, server.streams.size], [[id], [id], 0, 1]);
    equal(trips.filter((/** @type {any} */ { words }) => words === 1).length, 1);
    server.announce('a');
    await clock.run(50);
    equal([home.seen, home.stats.gaps], ['J.1', 0]);
  });

  test(`${row}: a stream that breaks is opened again from what was seen`, async () => {
    const { clock, server, home, applied, told } = await scene(row);
    server.announce('a');
    await clock.run(2_000);
    const [stream] = server.streams;
    stream.breaks(true);
    server.journal.push('a', 'b');
    await clock.run(1_000);
    equal([applied, home.state.kind, server.urls.length], [['J.1', 'J.2', 'J.3'], 'live', 2]);
    ok(told.states.includes('reconnecting'), String(told.states));
  });

  test(`${row}: a stream that is silent beyond its parking time is lost`, async () => {
    const { clock, server, home, applied } = await scene(row);
    const [stream] = server.streams;
    stream.stream.alive = false; // a box on the way forgot the connection
    server.streams.delete(stream);
    server.journal.push('a');
    await clock.run(PARK_MS + GRACE_MS - 300);
    equal([home.state.kind, applied], ['live', []]);
    await clock.run(1_000);
    equal([home.state.kind, applied, home.stats.lost], ['live', ['J.1'], 1]);
  });

  test(`${row}: a server that is away is asked ever more rarely, and words wait for it`, async () => {
    const { clock, server, home } = await scene(row);
    server.away = true;
    [...server.streams][0].breaks(true);
    await clock.run(100);
    home.say({ station: 'a', text: 'hello' });
    await clock.run(60_000);
    ok(server.urls.length < 70 && server.urls.length > 15, `${server.urls.length} attempts in a minute`);
    equal([home.state.kind, server.stored], ['reconnecting', []]);
    server.away = false;
    await clock.run(4_000);
    equal([home.state.kind, server.stored], ['live', ['w1']]);
    ok(Number(home.state.outageMs) > 59_000, `${home.state.outageMs}`);
  });

  test(`${row}: a limit makes a stream ask again at the dock's pace`, async () => {
    const { clock, server, home } = await scene(row);
    server.limit = { limit: 'visitor', retry: 5_000 };
    [...server.streams][0].breaks(true);
    await clock.run(30_000);
    equal([home.state.kind, home.state.limit], ['polling', 'visitor']);
    ok(server.urls.length <= 9, `${server.urls.length} times`);
    server.journal.push('a');
    await clock.run(6_000);
    equal(home.seen, 'J.1');
    server.limit = null;
    await clock.run(20_000);
    equal([home.state.kind, home.state.limit], ['live', null]);
  });

  test(`${row}: a place that is gone reloads, and a dock that closes is left alone for as long as it asks`, async () => {
    const { clock, server, home, told } = await scene(row);
    [...server.streams][0].goes({ why: 'closing', retry: 2_000 });
    await clock.run(1_900);
    equal([server.urls.length, home.state.kind], [1, 'reconnecting']);
    await clock.run(400);
    equal([server.urls.length, home.state.kind], [2, 'live']);
    [...server.streams][0].goes({ why: 'reload' });
    await clock.run(10_000);
    equal([told.reloads, home.state.kind, server.urls.length, home.stats.trucksOut], [1, 'reloading', 2, 0]);
    home.start({ seen: 'J.0' });
    await clock.run(200);
    equal(home.state.kind, 'live');
  });

  test(`${row}: at rest nothing is out and no timer runs; what comes late is nobody's`, async () => {
    const { clock, server, home } = await scene(row);
    home.rest();
    await settle();
    equal([home.stats.trucksOut, home.state.kind, server.streams.size], [0, 'resting', 0]);
    await clock.run(60_000);
    equal(clock.pending, 0);
    home.wake();
    await clock.run(200);
    equal(home.state.kind, 'live');
  });

  test(`${row}: the picture is told of every stream that is opened, of every load, and of its end`, async () => {
    const { clock, server, home, trips } = await scene(row);
    server.announce('a');
    await clock.run(6_000);
    home.wake(); // the stream was silent for long
    await clock.run(6_000);
    home.offline();
    await clock.run(200);
    [...server.streams][0].breaks(true);
    await clock.run(1_000);
    home.rest();
    const left = trips
      .filter((/** @type {any} */ { what }) => what === 'departs')
      .map((/** @type {any} */ { truck }) => truck);
    const ended = trips
      .filter((/** @type {any} */ { what }) => what !== 'departs')
      .map((/** @type {any} */ { truck }) => truck);
    equal(ended, left, 'none is left on the road, and none ends twice');
    ok(left.length >= 5 && new Set(left).size === left.length, String(left));
  });

  test(`${row}: rubbish on a stream is a stream that is lost`, async () => {
    const { clock, server, home } = await scene(row);
    for (const rubbish of [{ v: 2 }, { why: 7 }]) {
      [...server.streams][0].goes(rubbish);
      await clock.run(4_000);
      equal(home.state.kind, 'live');
    }
    equal([home.stats.lost, server.urls.length], [2, 3]);
  });

  const RUNS = 200;
  test(`${row}: ${RUNS} runs on a bad road keep S1, S2, S5 and L4`, async () => {
    let applied = 0;
    let lost = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const run = await fuzz(row, seed).catch((error) => {
        throw new Error(`seed ${seed}: ${error.stack}`);
      });
      applied += run.applied;
      lost += run.lost;
    }
    console.info(`${row}: ${applied} applied, ${lost} lost`);
    ok(applied > 3_000 && lost > 500, `${applied} applied, ${lost} lost`);
  });
}

test('a load beyond a gap is dropped, and the stream is opened again from what was seen', async () => {
  const { clock, server, home, applied } = await scene('sse');
  server.journal.push('a', 'a');
  [...server.streams][0].sends({
    v: 1,
    why: 'cargo',
    after: 'J.1',
    seen: 'J.2',
    cargo: [{ at: 'J.2', kind: 'report' }],
  });
  await clock.run(4_000);
  equal([applied, home.stats.gaps, server.urls.length, home.state.kind], [['J.1', 'J.2'], 1, 2, 'live']);
});

test("what a stream says after it was closed is nobody's", async () => {
  const { clock, server, home, applied } = await scene('websocket');
  const late = server.lastSocket;
  home.goBack({ seen: 'J.5', watch: [] });
  await clock.run(100);
  const load = { v: 1, why: 'cargo', after: 'J.0', seen: 'J.9', cargo: [{ at: 'J.9', kind: 'report' }] };
  late.onmessage({ data: JSON.stringify(load) });
  late.onclose({ code: 1000, reason: '' });
  equal([applied, home.seen, home.stats.lost, home.state.kind], [[], 'J.5', 0, 'live']);
});

test('the address of events says what home has seen, watches and is', async () => {
  const { server } = await scene('sse', { build: 'b1' });
  equal(server.urls, ['/dock/bay/events?watch=a%2Cb&seen=J.0&build=b1']);
});

test('the first frame on a socket opens the stream, and a word rides on one of its own', async () => {
  const { clock, server, home } = await scene('websocket', { build: 'b1' });
  home.say({ station: 'a', text: 'hello' });
  await clock.run(100);
  equal(server.urls, ['/dock/bay/socket']);
  const { say, ...first } = server.came[0];
  equal([first, say], [{ v: 1, fleet: 'websocket', park: PARK_MS, seen: 'J.0', watch: ['a', 'b'], build: 'b1' }, []]);
  equal([server.came.length, server.came[1].say.length], [2, 1]);
});

test('a socket that closes because of a word takes that word along, and no other', async () => {
  const { clock, server, home, said } = await scene('websocket');
  server.store = (/** @type {any} */ clipboard) => {
    server.came.push(clipboard);
    return { heard: [] };
  };
  home.say({ station: 'a', text: 'one' });
  home.say({ station: 'a', text: 'two' });
  await clock.run(10);
  server.lastSocket.closes('say[0].text: not now');
  await clock.run(3_000);
  const refused = said.filter((/** @type {any} */ { state }) => state === 'refused');
  equal(
    refused.map((/** @type {any} */ { id, reason }) => [id, reason]),
    [['w1', 'not now']],
  );
  equal(
    server.came.at(-1).say.map((/** @type {any} */ { id }) => id),
    ['w2'],
  );
});

/** @param {string} row @param {number} seed */
async function fuzz(row, seed) {
  const clock = new VirtualClock();
  const random = seeded(seed);
  const server = new Server(clock, random);
  server.bad = true;
  const watch = seed % 2 === 0 ? [] : ['a'];
  /** @type {string[]} */
  const news = [];
  let applied = 0;
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  const heard = [];
  let checked = 0;
  const home = new Home({
    fleet: FLEETS[row],
    ...server.roads(row),
    apply: (items) => items.forEach(({ at }) => equal(at, news[applied++], 'S1, S2: once, in order, without a gap')),
    onHeard: (ids) => heard.push(...ids),
    onFault: (error) => {
      throw error;
    },
    clock,
    random,
    newId: () => `w${said.length}`,
    parkMs: PARK_MS,
  });
  const look = () => {
    for (; checked < server.stored.length; checked++)
      equal(server.stored[checked], said[checked], 'S5: once, in order');
    ok(home.stats.trucksOut <= 2, 'a stream and a truck');
    const silence = clock.now() - server.lastDown;
    ok(home.state.kind !== 'live' || silence <= PARK_MS + GRACE_MS + 6_000, `live after ${silence} ms of silence`);
  };
  const announce = (/** @type {string} */ topic) => {
    if (watch.length === 0 || watch.includes(topic)) news.push(`J.${server.journal.length + 1}`);
    server.announce(topic);
  };
  home.start({ seen: 'J.0', watch });
  const until = clock.now() + 40_000;
  while (clock.now() < until) {
    const dice = random();
    if (dice < 0.5) announce(random() < 0.7 ? 'a' : 'b');
    else if (dice < 0.7) said.length - heard.length < 50 && said.push(home.say({ station: 'a', text: 'x' }));
    else if (dice < 0.74) home.wake();
    else if (dice < 0.76) home.rest();
    else if (dice < 0.78) home.offline();
    else if (dice < 0.8) home.online();
    else if (dice < 0.83) await clock.sleep(random() * 60_000);
    else if (dice < 0.86) [...server.streams].forEach((stream) => stream.breaks());
    else if (dice < 0.88) server.away = true;
    else if (dice < 0.92) server.away = false;
    else if (dice < 0.94) home.goBack({ seen: home.seen, watch });
    await clock.run(random() ** 2 * 1_000, look);
  }
  server.bad = false;
  server.away = false;
  home.online();
  // A stream that broke in silence just before is lost only now, and opened again after a wait.
  await clock.run(PARK_MS + GRACE_MS + 3_500, look);
  equal(applied, news.length, 'L4: all is delivered within one parking time');
  equal(server.stored, said, 'L4: all words are stored');
  await clock.run(PARK_MS, look);
  equal([...heard].sort(), [...said].sort(), 'every word is confirmed once');
  equal([home.state.kind, home.stats.trucksOut, server.streams.size], ['live', 1, 1], 'at rest one stream is open');
  const { lost } = home.stats;
  home.rest();
  return { applied, lost };
}
