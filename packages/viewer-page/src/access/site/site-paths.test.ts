import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostedName, SITE_FILES, safeName } from './site-paths.js';

test('a name is told apart from every other, on hosts that know no capitals too', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (a, b) => {
      expect(safeName(a) === safeName(b)).toBe(a === b);
    }),
  );
});

test('names hold what every host serves', () => {
  expect(['Layer_1', '.hidden', '_own', 'aux', 'con.json', 'a/b', 'ü.', '..'].map(safeName)).toEqual([
    '=4c=ayer=5f=1',
    '=2e=hidden',
    '=5f=own',
    '=61=ux',
    '=63=on.json',
    'a=2f=b',
    '=fc==2e=',
    '=2e==2e=',
  ]);
  expect(SITE_FILES.file('Cat', 'analysis/mine/frame-0000/x.npy')).toBe(
    'runs/=43=at/files/analysis/mine/frame-0000/x.npy',
  );
});

test('what the page reads itself is kept compressed, and what a browser shows or saves is not', () => {
  expect(['a/run.json', 'a/x.npy', 'a/map.svg', 'a/ort.wasm'].map(hostedName)).toEqual([
    'a/run.json.bin',
    'a/x.npy.bin',
    'a/map.svg.bin',
    'a/ort.wasm.bin',
  ]);
  for (const path of ['site.json', 'a/table.csv', 'a/chart.png', 'a/page.js']) expect(hostedName(path)).toBe(path);
});
