import type { Run } from '@xinc/runs';
import { expect, test } from 'vitest';
import type { Task } from '../tasks/tasks.js';
import type { DoneRun } from './done-runs.js';
import { targetsPart } from './targets.js';

function done(id: string, training: object, psnr: number): DoneRun {
  return { task: { id } as Task, run: { manifest: { training, metrics: { psnr } } } as unknown as Run, ssim: null };
}

test('nothing is said where no training was to end at a PSNR', () => {
  expect(targetsPart([done('bear-ffn-s0', { steps: 9, step: 9 }, 30)])).toEqual([]);
});

test('what was asked for, reached and not reached stands run by run', () => {
  const [{ text, tables }] = targetsPart([
    done('bear-ffn-s0', { steps: 9, step: 4, untilPsnr: 20 }, 20.5),
    done('bear-ffn-s1', { steps: 9, step: 9, untilPsnr: 20 }, 20.25),
    done('bear-ffn-s2', { steps: 9, step: 9, untilPsnr: 20 }, 19.5),
    done('deer-ffn-s0', { steps: 9, step: 9 }, 19.5),
  ]);
  expect(tables[0].table.rows).toEqual([
    ['bear-ffn-s0', 20, 'yes', 20.5, 4, 9],
    ['bear-ffn-s1', 20, 'yes', 20.25, 9, 9],
    ['bear-ffn-s2', 20, 'no', 19.5, 9, 9],
  ]);
  expect(text[1]).toBe(
    'Not reached in all their steps: bear-ffn-s2. What compares networks of one PSNR is not true of these.',
  );
});
