// @ts-check
import { Bucket } from '../../static/js/channel/bucket.js';
import { equal, ok, test } from './check.js';

const LIMITS = { burst: 4, perSecond: 10 };

test('a full bucket gives its tokens at once, then one every tenth of a second', () => {
  const bucket = new Bucket(LIMITS, 0);
  equal(
    [0, 0, 0, 0, 0].map((now) => bucket.take(now)),
    [0, 0, 0, 0, 100],
  );
  equal(bucket.take(99), 1);
  equal([bucket.take(100), bucket.take(100)], [0, 100]);
});

test('a bucket never holds more than its burst', () => {
  const bucket = new Bucket(LIMITS, 0);
  equal(
    [1, 1, 1, 1, 1].map(() => bucket.take(3_600_000)),
    [0, 0, 0, 0, 100],
  );
});

test('a clock that is set back costs no tokens', () => {
  const bucket = new Bucket(LIMITS, 10_000);
  equal([bucket.take(10_000), bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 0, 0]);
  equal(bucket.take(0), 100);
  equal(bucket.take(100), 0);
});

test('who asks again when told gets its token', () => {
  const bucket = new Bucket(LIMITS, 0);
  let now = 0;
  let taken = 0;
  while (now < 10_000) {
    const wait = bucket.take(now);
    if (wait === 0) taken++;
    now += wait;
  }
  ok(taken >= 102 && taken <= 104, `104 at most in ten seconds, and no fewer than that calls for: ${taken}`);
});
