import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chooseTraining, type OptimizerRates, optimizerSettings } from './choice.js';
import type { OptimizerName } from './options.js';

const RATES = { adam: 1e-3, soap: 1e-2, muon: 2e-2 };
const published = {
  optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1e-3,
  schedule: () => 1,
  steps: 500,
  batch: 7,
};
const settings = z.object({ learningRate: z.number().default(RATES.adam), ...optimizerSettings(RATES) });
const chosen = (values: Record<string, unknown>) => chooseTraining(settings.parse(values), RATES, published);

describe('the training of a network', () => {
  test('is the published one where no optimiser is named, and where Adam is', () => {
    expect(chosen({})).toBe(published);
    expect(chosen({ optimizer: 'adam' })).toBe(published);
  });

  test.each(['soap', 'muon'] as const)(
    'by %s has its own rate, which rises and falls by a cosine, and as many steps',
    (optimizer) => {
      const { schedule, ...training } = chosen({ optimizer });
      expect(training).toMatchObject({
        optimizer: { name: optimizer },
        learningRate: RATES[optimizer],
        steps: 500,
        batch: 7,
      });
      expect([0, 0.025, 0.5, 1].map(schedule).map((share) => Number(share.toFixed(9)))).toEqual([
        0.05, 0.525, 0.5, 0.001,
      ]);
      expect(chosen({ optimizer, optimizerRate: 0.5 }).learningRate).toBe(0.5);
    },
  );

  test('has rates of which its settings say whether they were tried', () => {
    const said = (tried?: OptimizerRates['tried'], small = false) =>
      optimizerSettings({ ...RATES, small, ...(tried && { tried }) }).optimizerRate.description;
    expect(said(['soap', 'muon'])).toBe('Learning rate of soap and muon, by default 0.01 and 0.02');
    expect(said(['soap', 'muon'], true)).toBe(
      'Learning rate of soap and muon, by default 0.01 and 0.02, tried with small networks and pictures alone',
    );
    expect(said(['soap'])).toBe(
      'Learning rate of soap and muon, by default 0.01 and 0.02, that of muon without a trial',
    );
    expect(said()).toBe('Learning rate of soap and muon, by default 0.01 and 0.02, both without a trial');
  });

  test('says with which rate Adam reached more, where the optimiser is one that was tried beside it', () => {
    const rates = { ...RATES, fasterAdam: { rate: 0.03, than: ['soap'] } } as const;
    const remark = (optimizer?: OptimizerName) =>
      chooseTraining({ ...(optimizer && { optimizer }) }, rates, published).remark;
    expect(remark('soap')).toBe('in short trials of small networks Adam with learningRate=0.03 reached more');
    expect([remark('muon'), remark('adam'), remark()]).toEqual([undefined, undefined, undefined]);
  });

  test('is refused with a learning rate of an optimiser that is not chosen', () => {
    expect(() => chosen({ optimizerRate: 0.5 })).toThrow(
      'optimizerRate is the learning rate of soap and muon, and the optimizer is adam. Set learningRate, or choose',
    );
  });
});
