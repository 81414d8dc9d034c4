import { expect, test } from 'vitest';
import { counted, inWords, whole } from './words.js';

test('numbers in words have three significant digits, and their thousands set apart', () => {
  expect([0, 0.00123456, 12.345, 999.7, 1234.5, 987_654].map(inWords)).toEqual([
    '0',
    '0.00123',
    '12.3',
    '1,000',
    '1,230',
    '988,000',
  ]);
  expect([1.234e-5, 2.5e6].map(inWords)).toEqual(['1.23e-5', '2.5e+6']);
  expect([999, 1000, 18_352].map(whole)).toEqual(['999', '1,000', '18,352']);
});

test('what is counted has its plural', () => {
  expect([counted(1, 'frame'), counted(1200, 'frame'), counted(2, 'analysis', 'analyses')]).toEqual([
    '1 frame',
    '1,200 frames',
    '2 analyses',
  ]);
});
