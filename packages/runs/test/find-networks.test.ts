import { decodeCheckpoint } from '@xinc/checkpoints';
import { type InrPlugin, ndarray, type Shape, type SignalShape, sizeOf } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import { expect, test } from 'vitest';
import { findNetworks } from '../src/import/find-networks.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 8, width: 8 };
const all = [ffn, nerv, ...coordinateNetworks] as InrPlugin[];

/** What is said of a file of these tensors where a model is looked for. */
function refusal(shapes: Readonly<Record<string, Shape>>, plugin: InrPlugin, models = all) {
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, ndarray(shape, new Float32Array(sizeOf(shape)))]),
  );
  const checkpoint = decodeCheckpoint(encodeSafetensors({ tensors, metadata: {} }), 'x.safetensors');
  try {
    findNetworks(checkpoint, { plugin, given: {}, signal: image, models });
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

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
