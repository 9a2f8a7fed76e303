// @ts-check
import { Words } from '../../static/js/channel/words.js';
import { equal, ok, test, throws } from './check.js';

function words() {
  let last = 0;
  return new Words(() => `w${++last}`);
}
const ids = (/** @type {{id: string}[]} */ aboard) => aboard.map(({ id }) => id);

test('words ride in the order in which they were said, until they are confirmed', () => {
  const waiting = words();
  const said = ['a', 'b', 'c'].map((text) => waiting.add({ station: 's', text }));
  equal(ids(waiting.aboardNext()), said);
  equal(waiting.forget(['w2', 'w9']), ['w2']);
  equal(ids(waiting.aboardNext()), ['w1', 'w3']);
  equal(waiting.forget(['w2']), [], 'a confirmation that comes twice');
});

test('a long story is told in turns, from its beginning', () => {
  const waiting = words();
  for (let n = 0; n < 40; n++) waiting.add({ station: 's', text: 'x' });
  equal(
    ids(waiting.aboardNext()),
    Array.from({ length: 16 }, (_, n) => `w${n + 1}`),
  );
});

test('the clipboard stays below what the dock accepts', () => {
  const waiting = words();
  for (let n = 0; n < 30; n++) waiting.add({ station: 's', text: '\u0001'.repeat(1_000) });
  const aboard = waiting.aboardNext();
  equal(aboard.length, 8, 'each takes 6 kB as JSON');
  ok(new TextEncoder().encode(JSON.stringify(aboard)).length < 64 * 1024, 'it fits');
});

test('a word that the dock would not take is refused, and so is one too many', async () => {
  const waiting = words();
  for (const text of ['', ' \n', 'x'.repeat(1_001)]) {
    await throws(
      () => waiting.add({ station: 's', text }),
      (error) => error instanceof RangeError,
    );
  }
  waiting.forget([waiting.add({ station: 's', text: '\u{1f327}'.repeat(1_000) })]);
  for (let n = 0; n < 100; n++) waiting.add({ station: 's', text: 'x' });
  await throws(
    () => waiting.add({ station: 's', text: 'x' }),
    (error) => error instanceof RangeError,
  );
  equal(waiting.size, 100);
});
