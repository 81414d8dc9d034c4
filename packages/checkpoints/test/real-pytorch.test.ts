import type { CheckpointLayout, ParameterSpec } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import { decodeCheckpoint, matchParameters, tensorShapes } from '../src/index.js';
import { fixture } from './fixtures.js';

/* Files that PyTorch has written (fixtures/make_torch.py): one small network, saved in the ways that people save theirs. */
const shapes = {
  B: [3, 2],
  'net.0.weight': [4, 6],
  'net.0.bias': [4],
  'net.2.weight': [3, 4],
  'net.2.bias': [3],
};
const names = Object.keys(shapes) as (keyof typeof shapes)[];
const parameters = names.map(
  (name): ParameterSpec => ({
    name: `own.${name}`,
    shape: shapes[name],
    init: { kind: 'constant', value: 0 },
    trainable: name !== 'B',
  }),
);
const layout: CheckpointLayout = {
  name: 'torch',
  names: Object.fromEntries(names.map((name) => [`own.${name}`, name])),
};

const read = (name: string) => decodeCheckpoint(fixture(`torch/${name}`), name);

/** k/8 − 1, counted through all tensors. */
const expected = (() => {
  let count = 0;
  return Object.fromEntries(
    names.map((name) => {
      const size = shapes[name].reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, () => count++ / 8 - 1);
      return [`own.${name}`, { shape: shapes[name], data }];
    }),
  );
})();

describe('weights saved by PyTorch', () => {
  test.each([
    ...['protocol2.pt', 'protocol3.pt', 'protocol4.pt', 'protocol5.pt'],
    ...['float16.pt', 'bfloat16.pt', 'float64.pt', 'views.pt', 'module.pt', 'lightning.ckpt', 'legacy.pt'],
  ])('%s come out to the bit', (name) => {
    expect(matchParameters(read(name), parameters, [layout])).toEqual(expected);
  });

  test('a Lightning checkpoint shows the shapes of its state dict and names what is not loaded', () => {
    const checkpoint = read('lightning.ckpt');
    expect(tensorShapes(checkpoint)).toEqual(shapes);
    expect(checkpoint.metadata).toMatchObject({ epoch: 7, callbacks: { ModelCheckpoint: { folder: {} } } });
    expect([...checkpoint.foreign].sort()).toEqual([
      '__main__.Settings',
      'argparse.Namespace',
      'datetime.date',
      'functools.partial',
      'pathlib.PurePosixPath',
    ]);
  });
});
