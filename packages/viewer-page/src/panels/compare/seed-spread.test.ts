import { expect, it } from 'vitest';
import type { RunView } from '../../api.js';
import { spreadOf, whyNotCounted } from './seed-spread.js';

it('the spread is of the runs as a sample, and there is none of one run or of what is no number', () => {
  expect(spreadOf([30, 32, 34])).toEqual({ mean: 32, deviation: 2, least: 30, greatest: 34, count: 3 });
  expect(spreadOf([30])).toBeNull();
  expect(spreadOf([30, Number.POSITIVE_INFINITY])).toBeNull();
  expect(spreadOf([30, Number.NaN])).toBeNull();
});

it('runs are counted together where nothing but the seed should differ', () => {
  let seed = 0;
  const run = (parameters: number, step: number, ready = true, settings = 'adam') =>
    ({ model: { name: 'ffn', title: '', parameters, settings }, training: { step }, ready, seed: seed++ }) as RunView;
  expect(whyNotCounted(run(7, 100), run(7, 100), true)).toBeNull();
  expect(whyNotCounted(run(7, 100), run(7, 100), false)).toBe('another signal');
  expect(whyNotCounted(run(7, 100), run(8, 100), true)).toBe('another network');
  expect(whyNotCounted(run(7, 100), run(7, 50), true)).toBe('trained for another number of steps');
  expect(whyNotCounted(run(7, 100), run(7, 100, false), true)).toBe('no weights yet');
  expect(whyNotCounted(run(7, 100), run(7, 100, true, 'soap'), true)).toBe('other settings');
  const one = run(7, 100);
  expect(whyNotCounted(one, { ...one, id: 'copy' }, true)).toBe('the same seed');
});

it('runs that ended at one PSNR are counted together after whatever steps of as many planned ones', () => {
  let seed = 0;
  const model = { name: 'ffn', title: '', parameters: 7, settings: 'adam' };
  const run = (step: number, untilPsnr?: number, steps = 200) =>
    ({
      model,
      training: { step, steps, ...(untilPsnr !== undefined && { untilPsnr }) },
      ready: true,
      seed: seed++,
    }) as RunView;
  expect(whyNotCounted(run(100, 27), run(120, 27), true)).toBeNull();
  expect(whyNotCounted(run(100, 27), run(100, 28), true)).toBe('trained until another PSNR');
  expect(whyNotCounted(run(100, 27), run(100), true)).toBe('trained until another PSNR');
  expect(whyNotCounted(run(100, 27), run(100, 27, 300), true)).toBe('trained for another number of steps');
});
