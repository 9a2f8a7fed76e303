// @ts-check
// The official tests of the protocol, of which those of the read side run. CONFORMANCE_TEST_URL: where the bridge listens.
import { runConformanceTests } from '@durable-streams/server-conformance-tests';
import { afterAll, beforeEach, expect } from 'vitest';

/** Tests that do not run, by their names, and why. @type {[RegExp, string][]} */
const LEFT_OUT = [
  [/^Stream Closure/, 'a station has no last report, so no stream is closed'],
  [/^Fork/, 'nobody forks a station'],
  [/TTL|Expires-At/, 'streams do not expire; how long their items are kept is a setting of the server'],
  [/Idempotent Producer|[Pp]roducer/, 'of writing: stations are known by their keys, and say a time with each report'],
  [/[Ss]equence|\bseq\b/, 'of writing: reports are ordered by their times'],
  [/[Dd]elete|DELETE|isolate recreated/, 'of writing: the owner removes stations'],
  [/base64|[Bb]inary|Data-Encoding/, 'streams are JSON, and have no bytes to encode'],
  [/Byte-Exactness|single byte values|concurrent readers see/, 'messages are readings: the bridge keeps their bytes, not the server'],
  [/^(Basic Stream Operations|Append Operations|Case-Insensitivity|Content-Type Validation)/, 'of writing: the bridge answers, not the server'],
  [/on (PUT|POST)|PUT with|POST body|POST with|Content-Type on POST|without Content-Type|Location header on 201|empty JSON array|invalid JSON|idempotent/, 'of writing: the bridge answers, not the server'],
  [/non-JSON streams/, 'streams are JSON'],
];
/** So many run at least: a pattern above must not leave out all of them unseen. */
const RUN_AT_LEAST = Number(process.env.RUN_AT_LEAST ?? 0);

let run = 0;

beforeEach((context) => {
  const names = [context.task.name];
  for (let suite = context.task.suite; suite?.name; suite = suite.suite) names.unshift(suite.name);
  const name = names.join(' > ');
  const why = LEFT_OUT.find(([pattern]) => pattern.test(name));
  if (why) context.skip(why[1]);
  run += 1;
});

afterAll(() => expect(run).toBeGreaterThanOrEqual(RUN_AT_LEAST));

runConformanceTests({ baseUrl: /** @type {string} */ (process.env.CONFORMANCE_TEST_URL), longPollTimeoutMs: 30_000 });
