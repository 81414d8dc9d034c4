import { expect, it } from 'vitest';
import { formatPsnr, formatPsnrChange, formatShare } from './number-format.js';

it('keeps numbers and units on one line', () => {
  expect([0.5, 0.0001, 0].map(formatShare)).toEqual(['50.0\u00a0%', '<\u00a00.1\u00a0%', '0.0\u00a0%']);
  expect([34.291, null].map(formatPsnr)).toEqual(['34.29\u00a0dB', '∞\u00a0dB']);
});

it('signs changes of PSNR', () => {
  expect(formatPsnrChange(36.19, 34.5)).toBe('−1.69\u00a0dB');
  expect(formatPsnrChange(20, 20.25)).toBe('+0.25\u00a0dB');
  expect(formatPsnrChange(20, 20)).toBe('±0\u00a0dB');
  expect(formatPsnrChange(20, 19.999)).toBe('±0.00\u00a0dB');
  expect(formatPsnrChange(null, 30)).toBe('–');
  expect(formatPsnrChange(null, null)).toBe('±0\u00a0dB');
});
