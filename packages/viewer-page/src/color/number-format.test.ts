import { expect, it } from 'vitest';
import { formatPsnr, formatPsnrChange, formatShare, formatValue } from './number-format.js';

it('keeps numbers and units on one line', () => {
  expect([0.5, 0.0001, 0].map(formatShare)).toEqual(['50.0\u00a0%', '<\u00a00.1\u00a0%', '0.0\u00a0%']);
  expect([34.291, Infinity].map((psnr) => formatPsnr(psnr))).toEqual(['34.29\u00a0dB', '∞\u00a0dB']);
});

it('tells NaN from infinity and from no difference', () => {
  expect([Infinity, -Infinity, Number.NaN].map(formatValue)).toEqual(['∞', '−∞', '–']);
  expect(formatPsnr(Number.NaN)).toBe('PSNR not defined');
  expect([1, 1200].map((pixels) => formatPsnr(Number.NaN, pixels))).toEqual([
    'PSNR not defined: 1 pixel is NaN',
    'PSNR not defined: 1,200 pixels are NaN',
  ]);
  expect([formatPsnrChange(Number.NaN, 30), formatPsnrChange(30, Number.NaN)]).toEqual(['–', '–']);
  expect(formatPsnrChange(Number.NaN, Number.NaN)).toBe('–');
});

it('signs changes of PSNR', () => {
  expect(formatPsnrChange(36.19, 34.5)).toBe('−1.69\u00a0dB');
  expect(formatPsnrChange(20, 20.25)).toBe('+0.25\u00a0dB');
  expect(formatPsnrChange(20, 20)).toBe('±0\u00a0dB');
  expect(formatPsnrChange(20, 19.999)).toBe('±0.00\u00a0dB');
  expect(formatPsnrChange(Infinity, 30)).toBe('–');
  expect(formatPsnrChange(Infinity, Infinity)).toBe('±0\u00a0dB');
});
