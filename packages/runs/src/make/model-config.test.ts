import { expect, test } from 'vitest';
import { z } from 'zod';
import { modelConfig } from './model-config.js';

const model = {
  name: 'mine',
  config: z.object({ learningRate: z.number().default(0.1), optimizer: z.enum(['adam', 'soap', 'muon']).optional() }),
};

test("a learning rate that is given is Adam's, even where it is the default", () => {
  expect(modelConfig(model, { optimizer: 'soap' })).toEqual({ optimizer: 'soap', learningRate: 0.1 });
  expect(modelConfig(model, { optimizer: 'adam', learningRate: 0.1 })).toEqual({
    optimizer: 'adam',
    learningRate: 0.1,
  });
  for (const learningRate of [0.1, 0.2]) {
    expect(() => modelConfig(model, { optimizer: 'muon', learningRate })).toThrow(
      "learningRate is Adam's, and the optimizer is muon. Set optimizerRate in its place.",
    );
  }
});

test('what the model does not know is refused', () => {
  expect(() => modelConfig(model, { width: 3 })).toThrow("The model 'mine' has no setting 'width'");
});
