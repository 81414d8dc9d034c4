import { expect, test } from 'vitest';
import { aboutOthers, unlikeSignal } from './describe-import.js';

const asked = { signal: 'a.png', psnr: 5, assumed: ['coordinates', 'output'], alike: [] };
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

test('models whose networks have the same names and shapes are named where the picture is unlike the signal', () => {
  expect(unlikeSignal({ ...asked, alike: ['finer', 'gauss'] }, { alike: [], combinations: 0 })).toContain(
    'Networks of finer, gauss have the same names and shapes: try --model finer. Then import it into another --out.',
  );
});

test('networks of other models in the file are listed, each with the models that it may be of', () => {
  const others = [
    { model: 'siren', apart: ['b', ''], same: false },
    { model: 'finer', apart: ['b'], same: false },
    { model: 'gauss', apart: ['b'], same: true },
  ];
  expect(aboutOthers(others)).toEqual([
    'networks of other models in the file: b (siren, finer or gauss), . (siren); --model NAME imports one',
  ]);
  expect(aboutOthers([])).toEqual([]);
});
