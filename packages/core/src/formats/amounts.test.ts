import { expect, test } from 'vitest';
import { formatBytes, formatDuration } from './amounts.js';

test('times are told in two units at most', () => {
  expect([0, 0.4213, 9.96, 12.4, 59.6, 92, 180, 185, 3725, 7300, Number.NaN].map(formatDuration)).toEqual([
    '0 s',
    '0.42 s',
    '10 s',
    '12 s',
    '1 min 00 s',
    '1 min 32 s',
    '3 min 00 s',
    '3 min 05 s',
    '1 h 02 min',
    '2 h 02 min',
    'unknown',
  ]);
});

test('bytes are told in the unit that a reader expects', () => {
  expect([0, 1023, 1024, 1.5 * 2 ** 20, 2 ** 31, 2 ** 70].map(formatBytes)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 kB',
    '1.5 MB',
    '2.0 GB',
    '1024.0 EB',
  ]);
});
