import { describe, expect, test } from 'vitest';
import { dict } from '../../test/pickle-writer.js';
import { stateDict, tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';
import { knownArchitecture } from './known-architecture.js';

const known = (shapes: Record<string, number[]>) => {
  const { content, storages } = stateDict(shapes);
  return knownArchitecture(decodeCheckpoint(torchFile({ content, storages }), 'x.pt'));
};
const layers = (names: readonly string[], widths: readonly number[]) =>
  Object.fromEntries(
    names.flatMap((name, i) => [
      [`${name}.weight`, [widths[i + 1], widths[i]]],
      [`${name}.bias`, [widths[i + 1]]],
    ]),
  );
const decoder = {
  'decoder.0.conv.downconv.weight': [16, 4, 1, 1],
  'decoder.1.conv.upconv.0.weight': [224, 16, 3, 3],
  'head_layer.weight': [3, 10, 3, 3],
};
const prefixed = (prefix: string, shapes: Record<string, number[]>, suffix = '') =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name + suffix, shape]));

describe('names and shapes tell the family', () => {
  test.each<[string, Record<string, number[]>, string]>([
    [
      'SIREN',
      layers(['net.0.linear', 'net.1.linear', 'net.2'], [2, 32, 32, 3]),
      'dense layers 2 → 32 → 32 → 3 on the coordinates themselves (or a FINER or Gauss network, of the same shapes)',
    ],
    [
      'SIREN',
      layers(['0', '2', '4'], [3, 8, 8, 3]),
      'dense layers 3 → 8 → 8 → 3 on the coordinates themselves (or a FINER, Gauss or ReLU network, of the same shapes)',
    ],
    ['ffn', layers(['net.0', 'net.2'], [20, 8, 3]), 'dense layers 20 → 8 → 3'],
    [
      'FFNeRV',
      {
        'video_field.0': [64, 8, 2, 4],
        'layers.0.conv.conv1.weight': [32, 16, 3, 3],
        'head_layers.4.weight': [5, 8, 1, 1],
      },
      'it holds grids of features over time',
    ],
    [
      'SIREN',
      { ...layers(['a.0.linear', 'a.1'], [2, 8, 3]), ...layers(['b.0', 'b.1'], [3, 8, 1]) },
      'dense layers 2 → 8 → 3 on the coordinates themselves (or a FINER or Gauss network, of the same shapes)',
    ],
    [
      'COIN',
      layers(['net.0.linear', 'net.1.linear', 'last_layer.linear'], [2, 28, 28, 3]),
      'dense layers 2 → 28 → 28 → 3 on the coordinates themselves',
    ],
    [
      'WIRE',
      {
        ...layers(['net.0.freqs', 'net.1.freqs'], [2, 20, 20]),
        ...layers(['net.0.scale', 'net.1.scale'], [2, 20, 20]),
      },
      "its layers have scales and frequencies of their own ('net.0.freqs.weight')",
    ],
    [
      'HNeRV',
      { ...prefixed('state_dict.', decoder), embed: [4, 4, 2, 4] },
      "it draws each frame from an embedding of that frame ('embed', 4×4×2×4)",
    ],
    [
      'HNeRV',
      { ...prefixed('model.', decoder, '.quant'), 'embed.quant': [4, 4, 2, 4] },
      "it draws each frame from an embedding of that frame ('embed', 4×4×2×4)",
    ],
    [
      'HNeRV',
      { ...decoder, 'encoder.stages.0.weight': [8, 3, 5, 5] },
      'it draws each frame from what its encoder makes of that frame',
    ],
    ['HNeRV', decoder, 'its decoder begins at an embedding of a frame, not at the encoded index of one'],
    [
      'NeRV',
      { ...decoder, 'decoder.0.conv.downconv.weight': [128, 160, 1, 1] },
      'it holds convolutions that enlarge a frame block by block',
    ],
    ['E-NeRV', { 'stem_t.0.weight': [8, 8] }, 'it holds a branch for time and one for coordinates'],
    ['NeRF', { 'pts_linears.0.weight': [64, 63] }, 'it holds layers for points and viewing directions'],
    ['hashgrid', { 'encoder.embeddings': [5000, 2] }, "it holds a table of features ('encoder.embeddings', 5000×2)"],
    ['hashgrid', { 'encoder.params': [4096] }, "it holds all its parameters in one vector ('encoder.params', 4096)"],
    [
      'multiplicative filter network',
      { 'filters.0.linear.weight': [8, 2] },
      'it holds filters that multiply its layers',
    ],
  ])('%s %#', (name, shapes, evidence) => {
    expect(known(shapes)).toMatchObject({ name, evidence });
  });

  test('complex tensors are those of a WIRE', () => {
    const content = dict({ B: tensor({ key: '0', shape: [2], type: 'ComplexFloatStorage' }) });
    const found = decodeCheckpoint(torchFile({ content, storages: { 0: new Float32Array(4) } }), 'x.pt');
    expect(knownArchitecture(found)).toEqual({
      name: 'WIRE',
      phrase: 'a network of complex numbers, such as a WIRE',
      evidence: "'B' is complex",
      mistakable: true,
      alike: [],
    });
  });
});

test.each<[string, Record<string, number[]>]>([
  ['of a Fourier feature network', { B: [10, 2], ...layers(['net.0', 'net.2'], [20, 8, 3]) }],
  ['of one whose first layer is not there', { 'net.0.bias': [20], ...layers(['net.1', 'net.2'], [20, 8, 3]) }],
  ['of a network that classifies', { 'conv1.weight': [16, 3, 3, 3], 'fc.weight': [10, 16] }],
  ['of an autoencoder of other code', { 'encoder.0.weight': [8, 3, 5, 5], 'decoder.0.weight': [3, 8, 5, 5] }],
  ['of a language model', { 'encoder.embeddings.word_embeddings.weight': [30522, 768] }],
])('nothing is told %s', (_, shapes) => {
  expect(known(shapes)).toBeUndefined();
});
