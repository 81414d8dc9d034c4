import { describe, expect, test } from 'vitest';
import { nervConfig } from './config.js';
import nerv from './index.js';
import { trainingDefaults, warmUpThenCosine } from './training.js';

describe('the learning rate’s multiplier', () => {
  test.each([
    [0, 0.1],
    [0.05, 0.55],
    [0.1, 1],
    [0.325, 0.5 * (Math.SQRT1_2 + 1)],
    [0.55, 0.5],
    [1, 0],
  ])('at progress %d is %d', (progress, multiplier) => {
    expect(warmUpThenCosine(progress)).toBeCloseTo(multiplier, 12);
  });

  test('rises, then falls', () => {
    const values = Array.from({ length: 101 }, (_, i) => warmUpThenCosine(i / 100));
    for (let i = 1; i <= 10; i++) expect(values[i]).toBeGreaterThan(values[i - 1]);
    for (let i = 11; i <= 100; i++) expect(values[i]).toBeLessThan(values[i - 1]);
  });
});

describe('training', () => {
  test.each([
    ['video', 30, 2, 15_000],
    ['video', 7, 2, 4000],
    ['image', 1, 2, 1000],
  ] as const)('of a %s of %d frames, %d a step, takes %d steps', (kind, frames, batch, steps) => {
    const training = trainingDefaults(nervConfig.parse({ batch }), { kind, frames, height: 128, width: 256 });
    expect(training).toMatchObject({
      steps,
      batch,
      learningRate: 1e-3,
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    });
  });

  test('that is fast is by SOAP, in a fifth of the passes over the frames', () => {
    const training = (settings: Partial<ReturnType<typeof nervConfig.parse>>) =>
      trainingDefaults(nervConfig.parse(settings), { kind: 'video', frames: 30, height: 128, width: 256 });
    const fast = training(nerv.fast!);
    expect(fast).toMatchObject({ optimizer: { name: 'soap' }, learningRate: 1e-2, batch: 2 });
    expect(fast.steps).toBeLessThanOrEqual(training({}).steps / 5);
  });
});
