import { expect, test } from 'vitest';
import { describedModel } from './described-model.js';

const registry = {
  all: () => [{ plugin: { name: 'ffn' } }, { plugin: { name: 'onnx', files: {} } }, { plugin: { name: 'siren' } }],
} as unknown as Parameters<typeof describedModel>[1];

const of = (metadata: Record<string, string>) =>
  describedModel({ source: 'frame.npz', metadata } as unknown as Parameters<typeof describedModel>[0], registry);

test('the model is the one that the file names', () => {
  expect(of({ xinc: '1.0.0', model: 'siren' })).toBe('siren');
});

test('a file that names none, or one that is not there, is refused with the models that there are', () => {
  const unsaid = 'frame.npz: of which model the weights are is not said. Name it with `model`: ffn, siren.';
  expect(() => of({})).toThrow(unsaid);
  // A text of that name in a file of another program says nothing of ours.
  expect(() => of({ model: 'siren' })).toThrow(unsaid);
  for (const model of ['onnx', 'mine', '__proto__']) {
    expect(() => of({ xinc: '1.0.0', model })).toThrow(
      `frame.npz: its weights are said to be of the model '${model}', and no such model takes weights here. Name it with`,
    );
  }
});
