import { expect, test } from 'vitest';
import { placeOf } from './fault.js';

/** The place in a plugin's folder that an error with this stack has. */
const placeIn = (folder: string, ...lines: string[]) =>
  placeOf(
    Object.assign(new Error('no'), { stack: ['Error: no', ...lines.map((line) => `    at ${line}`)].join('\n') }),
    { package: 'mine', version: '1.0.0', path: `${folder}/dist/index.js`, folder },
  );

test('the place of an error is the first of its stack that is the plugin’s own', () => {
  const other = 'matMul (file:///core/dist/index.js:3:4)';
  expect(placeIn('/my net', other, 'forward (file:///my%20net/dist/index.js:7:9)')).toBe(' (dist/index.js:7:9)');
  expect(placeIn('/mine', other, 'file:///mine/node_modules/zod/index.js:1:1', 'file:///mine/index.js:2:3')).toBe(
    ' (index.js:2:3)',
  );
  expect(placeIn('/mine', other)).toBe('');
});

test('where a source map leads to what was built, the place is a path', () => {
  expect(placeIn('/my net', 'Object.forward (/my net/src/network.ts:85:21)')).toBe(' (src/network.ts:85:21)');
  expect(placeIn('/mine', 'async /mine/src/network.ts:85:21')).toBe(' (src/network.ts:85:21)');
  expect(placeIn('C:\\mine', 'dense (C:\\mine\\src\\network.ts:85:21)')).toBe(' (src/network.ts:85:21)');
});
