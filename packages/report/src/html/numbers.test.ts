import { expect, test } from 'vitest';
import { decibels, duration, plainNumber, powerOfTen, tableNumber, wholeNumber } from './numbers.js';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0'],
  [36.19, '36.19'],
  [-0.5, '−0.5'],
  [1234.5, '1,235'],
  [123456.7, '123,500'],
  [1e-5, '1×10⁻⁵'],
  [-1.23456e-7, '−1.235×10⁻⁷'],
  [3.2e9, '3.2×10⁹'],
  [Number.NaN, 'not defined'],
  [Number.POSITIVE_INFINITY, '∞'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('%d is written %s', (value, text) => {
  expect(plainNumber(value)).toBe(text);
});

test('whole numbers are written in full, thousands set apart', () => {
  expect([0, 9999, 18352, -12345678].map(wholeNumber)).toEqual(['0', '9,999', '18,352', '−12,345,678']);
  expect(tableNumber(978557)).toBe('978,557');
  expect(tableNumber(0.03123456)).toBe('0.03123');
  expect(tableNumber(1e300)).toBe('1×10³⁰⁰');
});

test('a time and its units stay on one line', () => {
  expect(duration(92)).toBe('1\u00a0min\u00a032\u00a0s');
});

test('decibels', () => {
  expect([36.194, Number.POSITIVE_INFINITY, Number.NaN].map(decibels).map(plain)).toEqual([
    '36.19 dB',
    '∞ dB',
    'not defined',
  ]);
});

test('powers of ten are written with superscripts', () => {
  expect([1e-4, 3e-4, 0.1, 1, 10, 100, 1e6].map(powerOfTen)).toEqual([
    '10⁻⁴',
    '3×10⁻⁴',
    '10⁻¹',
    '1',
    '10',
    '10²',
    '10⁶',
  ]);
});
