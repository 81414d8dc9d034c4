import { expect, test } from 'vitest';
import { trainingState } from './training-state.js';

const run = (step: number, live: boolean, psnr?: number, untilPsnr?: number) => ({
  training: { step, steps: 100, live, curve: [], ...(untilPsnr !== undefined && { untilPsnr }) },
  ...(psnr !== undefined && { psnr }),
});

test('a training tells how far it is, and at which PSNR it was to end', () => {
  expect(trainingState(run(40, true))).toBe('training');
  expect(trainingState(run(100, false, 30))).toBe('ended');
  expect(trainingState(run(40, true, undefined, 27))).toBe('training until 27.00\u00a0dB');
  expect(trainingState(run(40, false, 27.1, 27))).toBe('ended at 27.00\u00a0dB');
  expect(trainingState(run(100, false, 27, 27))).toBe('ended at 27.00\u00a0dB');
  expect(trainingState(run(100, false, 26.9, 27))).toBe('ended, 27.00\u00a0dB not reached');
  expect(trainingState(run(40, false, undefined, 27))).toBe('ended before 27.00\u00a0dB');
  expect(trainingState({ training: null })).toBe('ended');
});
