import type { Run } from '@xinc/runs';
import { expect, test } from 'vitest';
import type { Task } from '../tasks/tasks.js';
import type { DoneRun } from './done-runs.js';
import { qualitySentence, qualityTable } from './quality.js';

function done(signal: string, psnr: number, ssim: number | null): DoneRun {
  const manifest = {
    model: { parameters: 1000 },
    signal: { frames: 2, height: 10, width: 20 },
    metrics: { psnr, framePsnr: [] },
  };
  return {
    task: { signal: { name: signal }, network: { name: 'ffn' } } as Task,
    run: { manifest } as unknown as Run,
    ssim,
  };
}

test('means are over seeds, and those of all signals over the means of each', () => {
  const { rows } = qualityTable([done('bear', 30, 0.5), done('bear', 32, 0.7), done('deer', 40, 0.9)]);
  const bits = (1000 * 32) / 400;
  expect(rows).toEqual([
    ['ffn', 'bear', 2, 1000, bits, 31, Math.SQRT2, 0.6, expect.closeTo(0.1 * Math.SQRT2, 12)],
    ['ffn', 'deer', 1, 1000, bits, 40, null, 0.9, null],
    [
      'ffn',
      'all signals',
      3,
      1000,
      bits,
      35.5,
      expect.closeTo(4.5 * Math.SQRT2, 12),
      0.75,
      expect.closeTo(0.15 * Math.SQRT2, 12),
    ],
  ]);
});

test('what is not defined for one run has no mean', () => {
  const { rows } = qualityTable([done('bear', Number.NaN, 0.5), done('bear', 32, null)]);
  expect(rows).toEqual([['ffn', 'bear', 2, 1000, 80, null, null, null, null]]);
});

test('one sentence has the mean over signals of each network, and says where there is none', () => {
  expect(qualitySentence([done('bear', 30, 0.5), done('bear', 32, 0.7), done('deer', 40, 0.9)])).toBe(
    'Mean PSNR over signals: ffn 35.5 dB.',
  );
  expect(qualitySentence([done('bear', 30, 0.5), done('deer', Number.NaN, 0.9)])).toBe(
    'Mean PSNR over signals: ffn without a defined PSNR.',
  );
});
