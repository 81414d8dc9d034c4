import { omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { completeness } from './completeness.js';

const layers = [noisyLayer('layer1', 3, 4), noisyLayer('layer2', 2, 4)];
const withErrors = (errors: Readonly<Record<string, number>>): MemoryRun => ({
  height: 2,
  width: 2,
  layers,
  abilities: { completeness: async (layer) => ({ largestError: errors[layer], largestPreactivation: 2 }) },
});

describe('completeness', () => {
  it('confirms layers whose contributions add up', async () => {
    const result = await analyzeInMemory(completeness, withErrors({ layer1: 2e-7, layer2: 4e-6 }));
    expectSoundResult(result);
    expect(result.findings).toEqual([
      'In every layer contributions add up to the pre-activations; the largest error is 2e-6 of the largest pre-activation (layer2).',
    ]);
    expect(result.values).toEqual({ largestRelativeError: 2e-6, complete: true });
    expect(result.tables[0].rows).toEqual([
      [0, 'layer1', 2e-7, 2, 1e-7],
      [0, 'layer2', 4e-6, 2, 2e-6],
    ]);
  });

  it('names layers whose contributions do not', async () => {
    const { findings, values } = await analyzeInMemory(completeness, withErrors({ layer1: 0.5, layer2: 0 }));
    expect(findings).toEqual([
      'Contributions do not add up to the pre-activations in layer1: the largest error is 0.25 of the largest pre-activation (layer1), where at most 1e-4 is expected.',
    ]);
    expect(values!.complete).toBe(false);
  });

  it('leaves out layers that are not finite', async () => {
    const result = await analyzeInMemory(completeness, withErrors({ layer1: Number.NaN, layer2: 0 }));
    expectSoundResult(result);
    expect(omissionSentences(result.omissions!)).toEqual([
      'layer1 was left out: contributions or what they add up to are NaN or infinite (check the weights).',
    ]);
    expect(result.findings).toEqual([
      'In every layer but layer1 contributions add up to the pre-activations; the largest error is 0 of the largest pre-activation.',
    ]);
    expect(result.values!.complete).toBe(false);
    await expect(
      analyzeInMemory(completeness, withErrors({ layer1: Number.NaN, layer2: Number.POSITIVE_INFINITY })),
    ).rejects.toThrow('No layer has contributions to add up: layer1 and layer2 were left out: ');
  });

  it('does not speak for layers that were not traced', async () => {
    const run = { ...withErrors({ layer1: 2e-7, layer2: 4e-6 }), untraced: ['layer3', 'layer4'] };
    const { findings, values } = await analyzeInMemory(completeness, run);
    expect(findings).toEqual([
      'In every layer but layer3 and layer4 contributions add up to the pre-activations; the largest error is 2e-6 of the largest pre-activation (layer2).',
    ]);
    expect(values!.complete).toBe(false);
  });

  it('refuses runs that cannot tell outputs apart', async () => {
    await expect(analyzeInMemory(completeness, { height: 2, width: 2, layers })).rejects.toThrow(
      'This run cannot tell the contributions to single outputs apart. Completeness needs them.',
    );
  });
});
