import { expect, test } from 'vitest';
import { parseSeeds } from './settings.js';

test('seeds are a range, a list, or both, each once', () => {
  expect(parseSeeds('0:5')).toEqual([0, 1, 2, 3, 4]);
  expect(parseSeeds('7, 0:2,1')).toEqual([7, 0, 1]);
});

test.each(['2:2', '5:2', '0:4000000', '3000000000:3000000001'])('%s is no range of seeds', (text) => {
  expect(() => parseSeeds(text)).toThrow(
    `--seeds ${text}: that is no range of seeds. Write FIRST:END, such as 0:5 for 0 to 4.`,
  );
});

test.each(['', 'x', '-1', '0::2'])('%j is no seed', (text) => {
  expect(() => parseSeeds(text)).toThrow('that is not a whole number from 0 to 2147483647');
});
