import { readFile } from 'node:fs/promises';
import type { SignalShape } from '@xinc/core';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { expect, test } from 'vitest';
import { type KeptNetwork, numbersOf } from './hand-written-hooks.js';

/*
 * Layers that are read off the programs of FFN and NeRV are those that these models once described by hand, to the last bit:
 * snapshots/hand-written-hooks.json holds what commit 0625327, the last one with such descriptions, computed of these networks.
 */
const image: SignalShape = { kind: 'image', frames: 1, height: 12, width: 18 };
const video = (height: number, width: number): SignalShape => ({ kind: 'video', frames: 3, height, width });

const NETWORKS: Readonly<Record<string, KeptNetwork>> = {
  'the paper’s FFN': { plugin: ffn, settings: {}, signal: image },
  'an FFN of two layers': { plugin: ffn, settings: { width: 7, layers: 2, fourierFeatures: 3 }, signal: image },
  'an FFN of uneven widths': { plugin: ffn, settings: { widths: [9, 4, 6], fourierFeatures: 5 }, signal: image },
  'an FFN of one layer': { plugin: ffn, settings: { layers: 1, fourierFeatures: 4 }, signal: image },
  'a NeRV with the paper’s strides': { plugin: nerv, settings: { parameters: 12_000 }, signal: video(32, 48) },
  'a NeRV with kernels of three sizes': {
    plugin: nerv,
    settings: { parameters: 9000, strides: [2, 2], kernelSize: [1, 3, 5], output: 'sigmoid' },
    signal: video(16, 24),
  },
  'a NeRV with ReLU and a stride of one': {
    plugin: nerv,
    settings: { parameters: 6000, strides: [2, 1], activation: 'relu', output: 0 },
    signal: video(12, 8),
  },
};

const kept = readFile(new URL('snapshots/hand-written-hooks.json', import.meta.url), 'utf8').then(
  (text) => JSON.parse(text) as Record<string, Record<string, object>>,
);

test.each(Object.entries(NETWORKS))(
  '%s has the layers, maps and statistics that its hand-written hooks had',
  async (title, network) => {
    expect(await numbersOf(network)).toEqual((await kept)[title]);
  },
);
