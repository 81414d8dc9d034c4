import { expect, test } from 'vitest';
import { unlikeSignal } from './describe-import.js';

const asked = { signal: 'a.png', psnr: 5, assumed: ['coordinates', 'output'] };
const advice =
  'Check that it was trained on this signal, at this size and crop, and what was assumed: coordinates, output (--set KEY=VALUE). Then import it into another --out.';

test('a picture unlike the signal, and none is better', () => {
  expect(unlikeSignal(asked, { alike: [], combinations: 30 })).toBe(
    `Warning: below 15 dB, what the network draws does not look like a.png. None of 30 other combinations of what was assumed draws it better by 1 dB. ${advice}`,
  );
});

test('a better one that is unlike it as well is named, and not taken for what the network was trained with', () => {
  const better = { changes: { output: 'tanh' }, key: 'ema', psnr: 7.5 };
  expect(unlikeSignal(asked, { better, alike: [], combinations: 30 })).toBe(
    `Warning: below 15 dB, what the network draws does not look like a.png. The best of 30 other combinations of what was assumed, --key ema --set output=tanh, draws a.png at 7.50 dB, which is no likeness either. ${advice}`,
  );
});

test('a picture of NaN has no decibels', () => {
  expect(unlikeSignal({ ...asked, psnr: Number.NaN }, { alike: [], combinations: 0 })).toBe(`Warning: ${advice}`);
});
