// @ts-check
import { BASE, baseOf } from '../../static/js/channel/base.js';
import { equal, test } from './check.js';

test('a script knows the base by its own address', () => {
  for (const [path, base] of [
    ['/static/b1/js/channel/base.js', ''],
    ['/weather/static/b1/js/all.js', '/weather'],
    ['/a/static/b/static/b1/js/x.js', '/a/static/b'],
    ['/x.js', ''],
  ]) {
    equal(baseOf(`https://example.org${path}`), base, path);
  }
  equal(BASE, '', 'of a file');
});
