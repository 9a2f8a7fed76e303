import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, baseOf } from '../../static/js/channel/base.js';

test('a script knows the base by its own address', () => {
  const of = (path) => baseOf(`https://example.org${path}`);
  deepEqual(
    ['/static/b1/js/channel/base.js', '/weather/static/b1/js/all.js', '/a/static/b/static/b1/js/x.js', '/x.js'].map(of),
    ['', '/weather', '/a/static/b', ''],
  );
  deepEqual(BASE, '', 'of a file');
});
