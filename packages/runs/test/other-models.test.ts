import { decodeCheckpoint } from '@xinc/checkpoints';
import { type InrPlugin, ndarray, type Shape, type SignalShape, sizeOf } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import { expect, test } from 'vitest';
import { findNetworks } from '../src/import/find-networks.js';
import { leavesWeights, otherModels } from '../src/import/other-models.js';

const signal: SignalShape = { kind: 'image', frames: 1, height: 8, width: 8 };
const models = [ffn, nerv, ...coordinateNetworks] as InrPlugin[];

const siren = { 'net.0.linear.weight': [8, 2], 'net.1.linear.weight': [8, 8], 'net.2.weight': [3, 8] };
const fourier = { B: [4, 2], 'net.0.weight': [8, 8], 'net.2.weight': [3, 8] };
const below = (key: string, shapes: Readonly<Record<string, Shape>>) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`${key}.${name}`, shape]));

/** Other models of a file than the first that is named. */
function others(shapes: Readonly<Record<string, Shape>>, name: string) {
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([key, shape], i) => [key, ndarray(shape, new Float32Array(sizeOf(shape)).fill(i + 1))]),
  );
  const checkpoint = decodeCheckpoint(encodeSafetensors({ tensors, metadata: {} }), 'x.safetensors');
  const plugin = models.find((model) => model.name === name)!;
  const found = findNetworks(checkpoint, { plugin, given: {}, signal, models });
  return otherModels(checkpoint, found, { plugin, signal, models });
}

test('models whose networks have the same names and shapes', () => {
  expect(others(siren, 'finer')).toEqual([
    { model: 'siren', apart: [], same: true },
    { model: 'gauss', apart: [], same: true },
  ]);
  expect(others(fourier, 'ffn')).toEqual([]);
});

test('networks of other models, by their keys', () => {
  const both = { ...below('a', fourier), ...below('b', siren) };
  expect(others(both, 'ffn')).toEqual(
    ['siren', 'finer', 'gauss'].map((model) => ({ model, apart: ['b'], same: false })),
  );
  expect(others(both, 'siren')).toEqual([
    { model: 'ffn', apart: ['a'], same: false },
    { model: 'finer', apart: [], same: true },
    { model: 'gauss', apart: [], same: true },
  ]);
});

test('weights that are of no network that was found, but for those of an optimizer', () => {
  const leaves = (shapes: Readonly<Record<string, Shape>>) => {
    const found = [{ tensors: new Set(['net.weight']) }];
    const tensors = new Map(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { shape, dtype: 'float32', parent: '', float32: () => new Float32Array() },
      ]),
    );
    return leavesWeights({ format: 'pytorch', source: 'x', tensors, metadata: {}, foreign: [], notes: [] }, found);
  };
  expect(leaves({ 'module.net.weight': [3, 2], 'net.bias': [3], 'state.0.exp_avg': [3, 2] })).toBe(false);
  expect(leaves({ 'net.weight': [3, 2], 'other.weight': [3, 2] })).toBe(true);
});
