// @ts-check
/**
 * The six fleets and two modern rows: one table, and no program of their own. `src/dock/fleet.rs` holds the same rows,
 * and a test compares the two: what stands between the markers is plain JSON.
 */

/**
 * One algorithm, as home and dock see it.
 *
 * @typedef {object} Fleet
 * @property {string} name its name in URLs, metrics and tables
 * @property {number} trucks how many it owns: never more are out
 * @property {boolean} keepOneOut whether a truck leaves, even empty, whenever none is out that may park
 * @property {number | null} everyMs how often a truck leaves by the clock; null: never
 * @property {number} hold how many trucks the dock lets park; 0: every truck turns round at once
 * @property {boolean} wordsMayWait whether a truck that brings words may park
 * @property {"trucks" | "events" | "socket"} down how news comes home
 */

/** @type {Record<string, Fleet>} */
// prettier-ignore
const TABLE = Object.freeze(
  // fleets: begin
  {
    "stay-home":      { "name": "stay-home",      "trucks": 1, "keepOneOut": false, "everyMs": null, "hold": 0, "wordsMayWait": false, "down": "trucks" },
    "wait-for-reply": { "name": "wait-for-reply", "trucks": 1, "keepOneOut": false, "everyMs": null, "hold": 1, "wordsMayWait": true,  "down": "trucks" },
    "polling":        { "name": "polling",        "trucks": 1, "keepOneOut": false, "everyMs": 5000, "hold": 0, "wordsMayWait": false, "down": "trucks" },
    "expanding":      { "name": "expanding",      "trucks": 5, "keepOneOut": true,  "everyMs": null, "hold": 4, "wordsMayWait": true,  "down": "trucks" },
    "slow-and-fast":  { "name": "slow-and-fast",  "trucks": 2, "keepOneOut": true,  "everyMs": null, "hold": 1, "wordsMayWait": false, "down": "trucks" },
    "ping-pong":      { "name": "ping-pong",      "trucks": 2, "keepOneOut": true,  "everyMs": null, "hold": 1, "wordsMayWait": true,  "down": "trucks" },
    "sse":            { "name": "sse",            "trucks": 1, "keepOneOut": false, "everyMs": null, "hold": 1, "wordsMayWait": false, "down": "events" },
    "websocket":      { "name": "websocket",      "trucks": 1, "keepOneOut": false, "everyMs": null, "hold": 1, "wordsMayWait": false, "down": "socket" }
  }
  // fleets: end
);

/**
 * All rows by name.
 *
 * @type {Readonly<Record<string, Readonly<Fleet>>>}
 */
export const FLEETS = Object.freeze(
  Object.fromEntries(Object.entries(TABLE).map(([name, fleet]) => [name, Object.freeze(fleet)])),
);
