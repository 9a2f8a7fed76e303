// @ts-check
/** The streams of the browser: Server-Sent Events and WebSocket, as roads down from the dock. */

import { BASE } from './base.js';
import { Lost, indexOf, parseLoad } from './wire.js';

/** @typedef {import('./wire.js').Clipboard} Clipboard */
/** @typedef {import('./wire.js').Load} Load */
/** @typedef {import('./line.js').Hooks} Hooks */

/**
 * Server-Sent Events: each event is a load. A lost stream is closed, because the browser would open it again at times of its own.
 *
 * @param {string} bay
 * @param {(url: string) => EventSource} [newSource]
 * @returns {import('./line.js').Stream}
 */
export function events(bay, newSource = (url) => new EventSource(url)) {
  return {
    carriesWords: false,
    open({ watch, seen, build }, hooks) {
      const query = new URLSearchParams({ watch: watch.join(','), seen, ...(build && { build }) });
      const source = newSource(`${BASE}/dock/${bay}/events?${query}`);
      source.onopen = () => hooks.onOpen();
      source.onmessage = ({ data }) => take(data, hooks.onLoad, hooks);
      source.onerror = () => hooks.onLost(new Lost('the events broke off'));
      return () => source.close();
    },
  };
}

/** A word's truck on a socket, until it is answered. */
/** @typedef {{ids: string[], home: (load: Load) => void, lost: (reason: Error) => void}} Waiting */

/**
 * WebSocket: clipboards up and loads down, one frame each. A load that hears the words of a clipboard answers it.
 *
 * @param {string} bay
 * @param {(path: string) => WebSocket} [newSocket]
 * @returns {{send: (clipboard: Clipboard, signal: AbortSignal) => Promise<Load>, stream: import('./line.js').Stream}}
 */
export function socket(bay, newSocket = (path) => new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')))) {
  /** @type {{socket: WebSocket | null, waiting: Set<Waiting>}} */
  const up = { socket: null, waiting: new Set() };

  /** @param {Load} load */
  const answered = (load) => [...up.waiting].find(({ ids }) => ids.some((id) => load.heard.includes(id)));

  /** What a dock says that closes because of a word: `say[0].text: not blank`. @param {string} said */
  const refused = (said) => {
    const [first] = up.waiting;
    const index = indexOf(said);
    return first === undefined || index === null
      ? []
      : [{ index, id: first.ids[index], reason: said.replace(/^\S+:\s*/, '') }];
  };

  return {
    send: (clipboard, signal) =>
      new Promise((home, lost) => {
        if (up.socket?.readyState !== 1) return lost(new Lost('the socket is not open'));
        /** @type {Waiting} */
        const truck = { ids: clipboard.say.map(({ id }) => id), home, lost };
        up.waiting.add(truck);
        signal.addEventListener('abort', () => {
          up.waiting.delete(truck);
          lost(new Lost('given up'));
        });
        up.socket.send(JSON.stringify(clipboard));
      }),
    stream: {
      carriesWords: true,
      open(clipboard, hooks) {
        const mine = newSocket(`${BASE}/dock/${bay}/socket`);
        up.socket = mine;
        const over = (/** @type {Lost} */ reason) => {
          if (up.socket === mine) up.socket = null;
          hooks.onLost(reason);
        };
        mine.onopen = () => {
          mine.send(JSON.stringify(clipboard));
          hooks.onOpen();
        };
        mine.onmessage = ({ data }) =>
          take(
            data,
            (load) => {
              const truck = answered(load);
              if (!truck) return hooks.onLoad(load);
              up.waiting.delete(truck);
              hooks.onSign();
              truck.home(load);
            },
            hooks,
          );
        mine.onclose = ({ code, reason }) =>
          over(new Lost(`the socket closed (${code})`, { refused: refused(reason) }));
        mine.onerror = () => over(new Lost('the socket broke'));
        return () => mine.close();
      },
    },
  };
}

/**
 * @param {unknown} data
 * @param {(load: Load) => void} onLoad
 * @param {Hooks} hooks
 */
function take(data, onLoad, hooks) {
  /** @type {Load} */
  let load;
  try {
    load = parseLoad(String(data));
  } catch (error) {
    return hooks.onLost(/** @type {Lost} */ (error));
  }
  onLoad(load);
}
