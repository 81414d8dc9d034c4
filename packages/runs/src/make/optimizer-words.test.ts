import type { TrainingDefaults } from '@xinc/core';
import { expect, test } from 'vitest';
import { optimizerWords } from './optimizer-words.js';

const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const soap = { name: 'soap', ...adam, refresh: 10, mostSide: 1000 } as const;
const training: TrainingDefaults = { optimizer: adam, learningRate: 1e-3, schedule: () => 1, steps: 9, batch: 1 };

test('a training by Adam needs no words, one by another has its steps and what is known of it', () => {
  expect(optimizerWords(training, 200)).toBeUndefined();
  expect(optimizerWords(training, 200, 'until it had 27 dB')).toBe('until it had 27 dB');
  expect(optimizerWords({ ...training, optimizer: soap }, 1)).toBe(
    'by SOAP for 1 step, not by the published Adam schedule',
  );
  expect(optimizerWords({ ...training, optimizer: soap, remark: 'Adam is quicker' }, 200, 'until it had 27 dB')).toBe(
    'by SOAP for 200 steps, not by the published Adam schedule, until it had 27 dB; Adam is quicker',
  );
});
