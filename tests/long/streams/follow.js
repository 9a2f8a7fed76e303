// @ts-check
// Follows a station with the official client, from the oldest item on: prints the offset and the temperature of each report, until so
// many have come.
// node follow.js <address of the stream> <count> <long-poll or sse>
import { stream } from '@durable-streams/client';

const [url, count, live] = process.argv.slice(2);
const found = await stream({ url, offset: '-1', live: /** @type {'long-poll' | 'sse'} */ (live) });
let left = Number(count);
for await (const item of /** @type {AsyncIterable<any>} */ (found.jsonStream())) {
  if (item.kind !== 'report') continue;
  console.log(item.offset, item.values.temperature);
  left -= 1;
  if (left === 0) break;
}
found.cancel();
process.exit(0);
