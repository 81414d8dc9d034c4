import { decodeCheckpoint } from '@xinc/checkpoints';
import { type InrPlugin, ndarray, type Shape, type SignalShape, sizeOf, type XincError } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import { expect, test } from 'vitest';
import { findNetworks } from '../src/import/find-networks.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 8, width: 8 };
const all = [ffn, nerv, ...coordinateNetworks] as InrPlugin[];

const siren = coordinateNetworks.find(({ name }) => name === 'siren') as InrPlugin;

/** What is said of a file of these tensors where a model is looked for. */
function refused(shapes: Readonly<Record<string, Shape>>, plugin: InrPlugin, models = all) {
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, ndarray(shape, new Float32Array(sizeOf(shape)))]),
  );
  const checkpoint = decodeCheckpoint(encodeSafetensors({ tensors, metadata: {} }), 'x.safetensors');
  try {
    findNetworks(checkpoint, { plugin, given: {}, signal: image, models });
  } catch (error) {
    return error as XincError;
  }
  return undefined;
}
const refusal = (...about: Parameters<typeof refused>) => refused(...about)?.message;

test('a vector of tiny-cuda-nn is named with what to do, whichever model is looked for', () => {
  for (const plugin of [ffn, { ...ffn, name: 'hashgrid' }] as InrPlugin[]) {
    expect(refusal({ params: [4096] }, plugin)).toMatch(
      /looks like a hash grid \(Instant-NGP\) of tiny-cuda-nn: .* Where each part of it begins depends on a configuration/,
    );
  }
});

test('what no installed model is of says so', () => {
  expect(refusal({ 'pts_linears.0.weight': [64, 63] }, ffn as InrPlugin)).toContain(
    'No installed model is of this kind; a plugin can add one',
  );
});

test('a model of the kind that does not draw such signals, or does not recognise the file, is named', () => {
  const convolutions = { 'decoder.0.conv.downconv.weight': [128, 160, 1, 1] };
  const ofVideos = [ffn, { ...nerv, signals: ['video'] }] as InrPlugin[];
  expect(refusal(convolutions, ffn as InrPlugin, ofVideos)).toContain(
    "The model 'nerv' is of this kind, and draws no image.",
  );
  const scales = { 'net.0.freqs.weight': [20, 2], 'net.0.scale.weight': [21, 2] };
  expect(refusal(scales, ffn as InrPlugin)).toContain(
    "The model 'wire' is of this kind, and does not recognise it: `model: wire` tells why.",
  );
});

test('the table of a network under names of its own compares with what its tensors suggest', () => {
  const shapes = {
    'in.weight': [8, 2],
    'in.bias': [8],
    'mid.0.bias': [8],
    'mid.1.weight': [9, 8],
    'mid.1.bias': [8],
    'out.weight': [3, 8],
  };
  expect(refused(shapes, siren)).toMatchObject({
    message: 'x.safetensors does not fit the model: 1 of 8 parameters is missing, 1 has another shape',
    details: [
      'parameter      in the checkpoint  expected  found',
      'layer1.weight  in.weight          8×2       8×2',
      'layer1.bias    in.bias            8         8',
      'layer2.weight  mid.0.weight       8×8       missing',
      'layer2.bias    mid.0.bias         8         8',
      'layer3.weight  mid.1.weight       8×8       9×8  ← another shape',
      'layer3.bias    mid.1.bias         8         8',
      'layer4.weight  out.weight         3×8       3×8',
      'layer4.bias    out.bias           3         none, so zero',
    ].join('\n'),
  });
});

test('a COIN that is not whole is compared with the model that reads COINs', () => {
  const shapes = {
    'net.0.linear.weight': [8, 2],
    'net.1.linear.bias': [8],
    'last_layer.linear.weight': [3, 8],
    'last_layer.linear.bias': [3],
  };
  expect(refusal(shapes, siren)).toBe('x.safetensors does not fit the model: 1 of 6 parameters is missing');
  expect(refusal(shapes, ffn as InrPlugin)).toContain("The model 'siren' is of this kind, and does not recognise it");
});

test('what is of the kind of the model, in a form that it does not read, is named by the model itself', () => {
  const field = { 'encoder.embeddings': [100, 2], 'sigma_net.0.weight': [16, 4], 'color_net.0.weight': [3, 31] };
  const hashgrid = { ...ffn, name: 'hashgrid' } as InrPlugin;
  expect(refused(field, hashgrid)).toMatchObject({
    message:
      "x.safetensors looks like a hash grid (Instant-NGP): it holds a table of features ('encoder.embeddings', 100×2), in a form that the model 'hashgrid' does not read. docs/interoperability.md lists what it reads; a plugin can add another (docs/plugins.md).",
    details: expect.stringContaining('encoder.embeddings  100×2'),
  });
});

test('a file of tensors without names says how to give them some', () => {
  const listed = { 'shadow_params.0': [8, 2], 'shadow_params.1': [8], 'shadow_params.2': [3, 8] };
  expect(refusal(listed, siren)).toContain('Its tensors have numbers for names: save them by the names of the model');
  const state = { 'state.0.exp_avg': [8, 2], 'state.0.exp_avg_sq': [8, 2], 'state.0.step': [1] };
  expect(refusal(state, siren)).toContain('It holds the state of an optimizer and no weights that belong together');
});

test('a layer beside a table of features does not make it a network of frequencies', () => {
  const grid = { 'encoder.embeddings': [21720, 2], 'sigma_net.0.weight': [16, 4], 'color_net.0.weight': [3, 31] };
  expect(refusal(grid, ffn as InrPlugin)).toContain('x.safetensors looks like a hash grid (Instant-NGP)');
});
