// @ts-check
import { compare, isCursor, join } from '../../static/js/channel/cursor.js';
import { equal, ok, test } from './check.js';

/** @param {Partial<import('../../static/js/channel/wire.js').Load>} load */
const load = (load) =>
  /** @type {any} */ ({ v: 1, why: 'cargo', after: 'J.10', seen: 'J.10', cargo: [], heard: [], ...load });
const items = (/** @type {number[]} */ ...places) => places.map((place) => ({ at: `J.${place}`, kind: 'report' }));
const places = (/** @type {{at: string}[]} */ fresh) => fresh.map(({ at }) => at);

test('places are compared by number, not by letter', () => {
  equal(compare('J.9', 'J.10'), -1);
  equal(compare('J.10', 'J.9'), 1);
  equal(compare('J.10', 'J.10'), 0);
});

test('sequences beyond what a Number holds are told apart', () => {
  equal(compare('J.9007199254740993', 'J.9007199254740992'), 1);
  equal(compare('J.18446744073709551615', 'J.18446744073709551614'), 1);
});

test('places in two journals have no order', () => {
  ok(Number.isNaN(compare('J.1', 'K.1')), 'two epochs');
  ok(Number.isNaN(compare('J.1', 'nonsense')), 'not a cursor');
});

test('an epoch may hold dots', () => {
  equal(compare('a.b.1', 'a.b.2'), -1);
  ok(
    !isCursor('J.') && !isCursor('.1') && !isCursor('J.1x') && !isCursor(7) && isCursor('7Q.1234'),
    'forms of a cursor',
  );
});

test('a load that joins on is taken whole', () => {
  const joined = join('J.10', load({ seen: 'J.12', cargo: items(11, 12) }));
  equal([joined.seen, places(joined.fresh), joined.repeated], ['J.12', ['J.11', 'J.12'], 0]);
});

test('what was applied before is dropped from a load that overlaps', () => {
  const joined = join('J.11', load({ seen: 'J.12', cargo: items(11, 12) }));
  equal([joined.seen, places(joined.fresh), joined.repeated], ['J.12', ['J.12'], 1]);
});

test('an item that comes twice in one load is taken once', () => {
  equal(places(join('J.10', load({ seen: 'J.11', cargo: items(11, 11) })).fresh), ['J.11']);
});

test('nothing is taken from a load beyond a gap', () => {
  const joined = join('J.10', load({ after: 'J.11', seen: 'J.12', cargo: items(12) }));
  equal([joined.seen, joined.fresh.length, joined.gap], ['J.10', 0, true]);
});

test('an empty load beyond a gap moves nothing, and misses nothing', () => {
  const joined = join('J.10', load({ after: 'J.11', seen: 'J.12' }));
  equal([joined.seen, joined.gap, joined.foreign], ['J.10', false, false]);
});

test('news that the page does not watch moves the cursor', () => {
  equal(join('J.10', load({ seen: 'J.15' })).seen, 'J.15');
  equal(join('J.10', load({ seen: 'J.15', cargo: items(12) })).seen, 'J.15');
});

test('the cursor never goes back', () => {
  equal(join('J.20', load({ after: 'J.10', seen: 'J.12', cargo: items(11, 12) })).seen, 'J.20');
});

test('cargo of another journal is foreign', () => {
  const joined = join('K.10', load({ seen: 'J.12', cargo: items(11, 12) }));
  equal([joined.seen, joined.fresh.length, joined.foreign], ['K.10', 0, true]);
});
