import { type Engine, type NdArray, ndarray, type Program, type Shape, sizeOf } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import hnerv from '../src/index.js';
import { drawing, network } from './network.js';
import { mapsOf, plainEncoder } from './plain-network.js';

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

const signal = { kind: 'video', frames: 2, height: 12, width: 24 } as const;
const settings = { strides: [3, 2], widths: [5, 4, 3], kernelSizes: [1, 3, 3], embeddingChannels: 2 };

/** A state dict of the authors' code: an encoder of two stages of two blocks beside the decoder. */
function stateDict(scaled = true): Record<string, Shape> {
  const inr = network(settings, signal);
  const { names } = inr.checkpoints![0];
  const decoder = inr.parameters
    .filter(({ name }) => name in names)
    .map(({ name, shape }): [string, Shape] => [names[name], shape]);
  const layer = (name: string, shape: Shape): [string, Shape][] => [
    [`encoder.${name}.weight`, shape],
    [`encoder.${name}.bias`, [shape[0]]],
  ];
  const block = (name: string, c: number): [string, Shape][] => [
    ...layer(`${name}.dwconv`, [c, 1, 7, 7]),
    ...layer(`${name}.norm`, [c]),
    ...layer(`${name}.pwconv1`, [4 * c, c]),
    ...layer(`${name}.pwconv2`, [c, 4 * c]),
    ...(scaled ? [[`encoder.${name}.gamma`, [c]] as [string, Shape]] : []),
  ];
  return Object.fromEntries([
    ...layer('downsample_layers.0.0', [4, 3, 3, 3]),
    ...layer('downsample_layers.0.1', [4]),
    ...layer('downsample_layers.1.0', [4]),
    ...layer('downsample_layers.1.1', [2, 4, 2, 2]),
    ...block('stages.0.0', 4),
    ...block('stages.0.1', 4),
    ...block('stages.1.0', 2),
    ...block('stages.1.1', 2),
    ...decoder,
  ]);
}

describe('the encoder beside a decoder', () => {
  test.each([true, false])('makes of a frame what ConvNeXt does (layer scale: %s)', async (scaled) => {
    const encoder = hnerv.encoder!(stateDict(scaled))!;
    const uniform = drawing(7);
    const drawn = (shape: Shape): NdArray =>
      ndarray(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => 0.5 * uniform()),
      );
    const weights = Object.fromEntries(Object.entries(encoder.weights).map(([name, shape]) => [name, drawn(shape)]));
    const frame = drawn([1, 3, 12, 24]);
    const program: Program = (ops, { frame: picture, ...given }) => ({ code: encoder.encode(ops, given, picture) });
    const values = { ...weights, frame };
    const shapes = Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]));
    const executable = await engine.compile(program, shapes);
    const { code } = await executable.run(values);
    await executable.dispose();
    const plain = plainEncoder(weights, mapsOf(frame), { strides: [3, 2], blocks: 2 });
    expect(encoder.parameter).toBe('embeddings');
    expect(code.shape).toEqual([1, 2, 2, 4]);
    code.data.forEach((value, i) => {
      expect(value).toBeCloseTo(plain.values[i], 5);
    });
  });

  test('is found where the state dict lies deeper, with names as beside the decoder', () => {
    const deeper = Object.fromEntries(
      Object.entries(stateDict()).map(([name, shape]) => [`state_dict.${name}`, shape]),
    );
    const encoder = hnerv.encoder!(deeper)!;
    expect(Object.keys(encoder.weights)).toEqual(Object.keys(stateDict()).filter((name) => /^encoder/.test(name)));
  });

  test.each<[string, (shapes: Record<string, Shape>) => void]>([
    ['a weight that is missing', (shapes) => delete shapes['encoder.stages.1.0.pwconv2.bias']],
    [
      'a weight that it does not have',
      (shapes) => {
        shapes['encoder.stages.0.0.extra.weight'] = [4];
      },
    ],
    [
      'stages that do not follow one another',
      (shapes) => {
        shapes['encoder.downsample_layers.1.1.weight'] = [2, 5, 2, 2];
      },
    ],
    [
      'kernels that are not square',
      (shapes) => {
        shapes['encoder.downsample_layers.1.1.weight'] = [2, 4, 2, 3];
      },
    ],
  ])('is not taken for one with %s', (_, change) => {
    const shapes = stateDict();
    change(shapes);
    expect(hnerv.encoder!(shapes)).toBeUndefined();
  });
});
