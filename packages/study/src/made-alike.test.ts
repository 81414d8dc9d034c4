import type { RunManifest } from '@xinc/runs';
import { expect, test } from 'vitest';
import { networkDifferences, trainingDifferences } from './made-alike.js';

const made = (model: object = {}, rest: object = {}): RunManifest =>
  ({
    xinc: '1.0.0',
    model: {
      name: 'ffn',
      package: '@xinc/ffn',
      version: '1.0.0',
      config: { width: 8, form: { a: 1, b: 2 } },
      ...model,
    },
    training: { steps: 4, learningRate: 0.001, batch: 64, engine: 'one', step: 4, seconds: 1 },
    seed: 0,
    ...rest,
  }) as unknown as RunManifest;

test('runs that are made alike have no differences: neither has the order of keys, the seed, or the time that they took', () => {
  const other = made(
    { config: { form: { b: 2, a: 1 }, width: 8 } },
    { seed: 5, training: { steps: 4, learningRate: 0.001, batch: 64, engine: 'two', step: 4, seconds: 9 } },
  );
  expect([...networkDifferences(made(), other), ...trainingDifferences(made(), other)]).toEqual([]);
});

test('a setting of another value is another network; one that only one run knows, and a version, need not be', () => {
  const other = made({ version: '1.1.0', config: { width: 16, form: { a: 1, b: 2 }, bias: true } }, { xinc: '1.1.0' });
  expect(networkDifferences(made(), other)).toEqual([
    { what: 'model ffn: bias', values: ['not stated', 'true'], certain: false },
    { what: 'model ffn: width', values: ['8', '16'], certain: true },
    { what: 'version of model ffn', values: ['1.0.0', '1.1.0'], certain: false },
    { what: 'version of XINC', values: ['1.0.0', '1.1.0'], certain: false },
  ]);
  expect(networkDifferences(made(), made({ package: 'mine' }))).toEqual([
    { what: 'model', values: ['ffn of @xinc/ffn', 'ffn of mine'], certain: true },
  ]);
  const [{ values }] = networkDifferences(
    made({ config: { program: 'x'.repeat(1000) } }),
    made({ config: { program: '' } }),
  );
  expect(values[0]).toHaveLength(60);
});

test('a training of other steps is another network', () => {
  const longer = made({}, { training: { steps: 9, learningRate: 0.001, batch: 64 } });
  expect(trainingDifferences(made(), longer)).toEqual([{ what: 'training steps', values: ['4', '9'], certain: true }]);
});
