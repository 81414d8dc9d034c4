import type { Shape, SignalShape } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import hnerv from './index.js';

const signal: SignalShape = { kind: 'video', frames: 4, height: 32, width: 64 };
const shown = {
  embeddingChannels: 4,
  widths: [16, 14, 12, 10],
  strides: [4, 2, 2],
  kernelSizes: [3, 3, 5, 3],
};
const decoder: Record<string, Shape> = {
  'decoder.0.conv.downconv.weight': [16, 4, 1, 1],
  'decoder.0.conv.downconv.bias': [16],
  'decoder.1.conv.upconv.0.weight': [224, 16, 3, 3],
  'decoder.2.conv.upconv.0.weight': [48, 14, 3, 3],
  'decoder.3.conv.upconv.0.weight': [40, 12, 5, 5],
  'head_layer.weight': [3, 10, 3, 3],
};
const below = (prefix: string, shapes: Record<string, Shape>) =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]));
const infer = (shapes: Record<string, Shape>, of = signal) => hnerv.infer!(shapes, of);

describe('settings that shapes show', () => {
  test('decoder and embeddings side by side, the decoder deeper, or both', () => {
    const embed: Shape = [4, 4, 2, 4];
    expect(infer({ embed, ...decoder })).toEqual(shown);
    expect(infer({ embed, ...below('model.', decoder) })).toEqual(shown);
    expect(infer({ 'run.embed': embed, ...below('run.state_dict.', decoder) })).toEqual(shown);
  });

  test('how many embeddings there are, where the signal has another number of frames', () => {
    expect(infer({ embed: [132, 4, 2, 4], ...decoder })).toEqual({ ...shown, embeddings: 132 });
  });

  test('a stem that enlarges the embedding', () => {
    const larger = { ...decoder, 'decoder.0.conv.downconv.weight': [64, 4, 1, 1] };
    expect(infer({ embed: [4, 4, 1, 2], ...larger })).toEqual({ ...shown, stemScale: 2 });
  });

  test('a decoder whose embeddings its encoder makes, or that may lie around it', () => {
    expect(infer(decoder)).toEqual(shown);
    expect(infer({ ...decoder, 'encoder.downsample_layers.0.0.weight': [4, 3, 4, 4] })).toEqual(shown);
  });

  test('a network of our own names', () => {
    const inr = hnerv.build(hnerv.config.parse({ widths: [5, 4, 3], strides: [2, 2] }), signal);
    const shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
    expect(infer(shapes)).toEqual({
      embeddingChannels: 16,
      widths: [5, 4, 3],
      strides: [2, 2],
      kernelSizes: [1, 3, 3],
    });
  });
});

describe('of what is no HNeRV nothing is taken', () => {
  test.each<[string, Record<string, Shape>]>([
    [
      'a NeRV of the same code, whose stem makes many cells of one vector',
      { ...decoder, 'decoder.0.conv.downconv.weight': [128, 160, 1, 1] },
    ],
    ['a decoder without a head', Object.fromEntries(Object.entries(decoder).filter(([name]) => !/head/.test(name)))],
    ['a decoder deeper in the file than what is looked at', below('model.', decoder)],
    ['tensors of nothing', { ...decoder, 'decoder.1.conv.upconv.0.weight': [0, 16, 3, 3] }],
  ])('%s', (_, shapes) => {
    expect(infer(shapes)).toEqual({});
  });
});

/** With one kernel wrong or missing, the others and the embeddings tell what it should be. */
describe('the network that comes nearest is told of one with', () => {
  const whole = { embed: [4, 4, 2, 4], ...decoder };
  test.each<[string, Record<string, Shape>, string]>([
    ['blocks that do not follow one another', { 'decoder.2.conv.upconv.0.weight': [50, 14, 3, 3] }, ''],
    [
      'inputs that the block before does not give',
      { 'decoder.1.conv.upconv.0.bias': [224], 'decoder.2.conv.upconv.0.weight': [48, 13, 3, 3] },
      '',
    ],
    ['kernels of even sides', { 'decoder.2.conv.upconv.0.weight': [48, 14, 4, 4] }, ''],
    ['a stem that contradicts its bias', { 'decoder.0.conv.downconv.weight': [64, 4, 1, 1] }, ''],
    ['a stem that is turned', { 'decoder.0.conv.downconv.weight': [4, 16, 1, 1] }, ''],
    ['no stem', {}, 'decoder.0.conv.downconv.weight'],
    ['no second block', { 'decoder.2.conv.upconv.0.bias': [48] }, 'decoder.2.conv.upconv.0.weight'],
    ['no head', {}, 'head_layer.weight'],
  ])('%s', (_, changed, missing) => {
    for (const prefix of ['', 'model.']) {
      const { [prefix + missing]: __, ...shapes } = below(prefix, { ...whole, ...changed });
      expect(infer(shapes)).toEqual(shown);
    }
  });

  test('embeddings of other channels', () => {
    expect(infer({ ...whole, embed: [4, 5, 2, 4] })).toEqual({ ...shown, embeddingChannels: 5 });
  });
});

describe('an HNeRV that does not draw the signal is refused in one line', () => {
  test('another size than its embeddings make', () => {
    expect(() => infer({ embed: [4, 4, 2, 4], ...decoder }, { ...signal, height: 64 })).toThrow(
      "hnerv: the checkpoint's network makes pictures of 32×64 from embeddings of 4×2×4, and the signal is 64×64. Give that size: `size: 32x64`.",
    );
  });

  test('a size that it makes of no embedding', () => {
    expect(() => infer(decoder, { ...signal, height: 40 })).toThrow(
      "hnerv: the checkpoint's network makes pictures whose sides are multiples of 16, and the signal is 40×64. Give the size it was trained at, such as `size: 48x64`.",
    );
  });

  test('normalised blocks', () => {
    expect(() => infer({ ...decoder, 'decoder.1.norm.weight': [14] })).toThrow(
      "hnerv: the checkpoint's blocks are normalised ('decoder.1.norm.weight'), which is not computed",
    );
  });
});
