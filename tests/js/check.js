// @ts-check
/** A test kit of one page: tests are sentences with a body. It runs in a browser (`tests/js.rs`) and under `node --test`. */

/** @type {{name: string, body: () => unknown}[]} */
const tests = [];

const node = /** @type {any} */ (globalThis).process?.versions?.node ? await import('node:' + 'test') : null;

/**
 * Adds a test.
 *
 * @param {string} name the sentence it proves
 * @param {() => unknown} body
 */
export function test(name, body) {
  if (node) node.test(name, body);
  else tests.push({ name, body });
}

/**
 * Runs the tests, one after the other.
 *
 * @returns {Promise<{name: string, ms: number, failure: string | null}[]>}
 */
export async function results() {
  const all = [];
  for (const { name, body } of tests) {
    const began = performance.now();
    /** @type {string | null} */
    let failure = null;
    try {
      await body();
    } catch (error) {
      failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    all.push({ name, ms: Math.round(performance.now() - began), failure });
  }
  return all;
}

/**
 * @param {unknown} truth
 * @param {string} what the sentence that should be true
 */
export function ok(truth, what) {
  if (!truth) throw new Error(what);
}

/**
 * Compares by JSON: enough for plain data.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [what]
 */
export function equal(actual, expected, what = 'not equal') {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}

/**
 * @param {() => unknown} body
 * @param {(error: any) => boolean} [matches]
 * @returns {Promise<any>} the error
 */
export async function throws(body, matches = () => true) {
  try {
    await body();
  } catch (error) {
    ok(matches(error), `another error was expected than ${error}`);
    return error;
  }
  throw new Error('nothing was thrown');
}
