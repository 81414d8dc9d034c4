import { expect, it } from 'vitest';
import { formatPsnrChange } from './number-format.js';

it('signs changes of PSNR', () => {
  expect(formatPsnrChange(36.19, 34.5)).toBe('−1.69 dB');
  expect(formatPsnrChange(20, 20.25)).toBe('+0.25 dB');
  expect(formatPsnrChange(20, 20)).toBe('±0 dB');
  expect(formatPsnrChange(20, 19.999)).toBe('±0.00 dB');
  expect(formatPsnrChange(null, 30)).toBe('–');
  expect(formatPsnrChange(null, null)).toBe('±0 dB');
});
