import type { Inr } from '@xinc/core';
import { expect, test } from 'vitest';
import { secondsToTrace, tracingForecast } from './forecast.js';

/** A network of frames with a layer of so many kernels. */
function video(kernels: number, height: number, width: number): Inr {
  const shape = [kernels / 64, 64, 3, 3];
  return {
    signal: { kind: 'video', frames: 24, height, width },
    sampling: 'frames',
    parameters: [{ name: 'k', shape, init: { kind: 'uniform', bound: 1 }, trainable: true }],
    layers: [{ kind: 'conv', id: 'block1', label: '', kernel: 'k' }],
  } as unknown as Inr;
}

test('the forecast counts work, not pixels: a small video with more kernels takes longer than a large one with few', () => {
  expect(secondsToTrace(video(640_000, 64, 128), 4, 2)).toBeGreaterThan(secondsToTrace(video(6_400, 256, 512), 4, 2));
  expect(secondsToTrace(video(6_400, 64, 128), 8, 2)).toBeCloseTo(2 * secondsToTrace(video(6_400, 64, 128), 4, 2));
});

test('layers that are traced in JavaScript take longer than those that kernels trace', () => {
  const traced = video(6_400, 64, 128);
  const custom = { ...traced, layers: [{ kind: 'custom', id: 'block1', label: '', neurons: 6_400 }] } as unknown as Inr;
  expect(secondsToTrace(custom, 4, 2)).toBeGreaterThan(5 * secondsToTrace(traced, 4, 2));
});

test('what takes long is told with its reasons and what makes it less, and what takes seconds is not', () => {
  expect(tracingForecast(video(6_400_000, 64, 128), 4)).toMatch(
    /^Tracing 6,400,000 neurons × 64×128 pixels × 4 frames takes about .*(s|min|h); --frames of xinc analyze takes fewer frames, --size a smaller picture\.$/,
  );
  expect(tracingForecast(video(640, 64, 128), 4)).toBeUndefined();
});
