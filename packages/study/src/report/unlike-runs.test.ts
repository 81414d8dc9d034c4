import type { Run } from '@xinc/runs';
import { expect, test } from 'vitest';
import type { Task } from '../tasks/tasks.js';
import type { DoneRun } from './done-runs.js';
import { unlikePart } from './unlike-runs.js';

function done(signal: string, seed: number, { width = 8, steps = 4, version = '1.0.0' } = {}): DoneRun {
  const manifest = {
    xinc: '1.0.0',
    model: { name: 'ffn', package: '@xinc/ffn', version, config: { width } },
    training: { steps, learningRate: 0.001, batch: 64 },
  };
  return {
    task: { id: `${signal}-ffn-s${seed}`, signal: { name: signal }, network: { name: 'ffn' }, seed } as Task,
    run: { manifest } as unknown as Run,
    ssim: null,
  };
}

test('runs that are made alike are not spoken of, nor trainings that differ between signals', () => {
  expect(unlikePart([done('bear', 0), done('bear', 1), done('deer', 0, { steps: 9 })])).toEqual([]);
});

test('what a seed, or all runs of a signal, were made with instead is named', () => {
  const [{ tables }] = unlikePart([
    done('bear', 0),
    done('bear', 1, { width: 16, steps: 9 }),
    done('deer', 0, { version: '1.1.0' }),
    done('deer', 1, { version: '1.1.0' }),
  ]);
  expect(tables[0].table.rows).toEqual([
    ['bear-ffn-s1', 'model ffn: width', '16', 'bear-ffn-s0', '8'],
    ['bear-ffn-s1', 'training steps', '9', 'bear-ffn-s0', '4'],
    ['deer-ffn-s0', 'version of model ffn', '1.1.0', 'bear-ffn-s0', '1.0.0'],
  ]);
});
