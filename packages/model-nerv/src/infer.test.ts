import type { Shape, SignalShape } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildNerv } from './build.js';
import { nervConfig } from './config.js';
import { inferConfig } from './infer.js';

const signal: SignalShape = { kind: 'video', frames: 30, height: 128, width: 256 };

/** The published state dict of the paper's network. */
const published: Record<string, Shape> = {
  'decoder.0.conv.downconv.weight': [4736, 160, 1, 1],
  'decoder.0.conv.downconv.bias': [4736],
  'decoder.1.conv.upconv.0.weight': [496, 37, 3, 3],
  'decoder.1.conv.upconv.0.bias': [496],
  'decoder.2.conv.upconv.0.weight': [104, 31, 3, 3],
  'decoder.2.conv.upconv.0.bias': [104],
  'decoder.3.conv.upconv.0.weight': [88, 26, 3, 3],
  'decoder.3.conv.upconv.0.bias': [88],
  'head_layer.weight': [3, 22, 3, 3],
  'head_layer.bias': [3],
};

describe('a published state dict', () => {
  test('is named by a checkpoint layout: each parameter once, each tensor once', () => {
    const { checkpoints, parameters } = buildNerv(nervConfig.parse({}), signal);
    const [{ names }] = checkpoints!;
    expect(Object.keys(names).sort()).toEqual(parameters.map(({ name }) => name).sort());
    expect(Object.values(names).sort()).toEqual(Object.keys(published).sort());
    for (const { name, shape } of parameters) {
      expect(published[names[name]].filter((extent) => extent > 1)).toEqual(shape);
    }
  });

  test('tells its widths, strides, kernel sizes and encoding levels', () => {
    expect(inferConfig(published, signal)).toEqual({
      widths: [37, 31, 26, 22],
      strides: [4, 2, 2],
      kernelSize: [3, 3, 3, 3],
      encodingLevels: 80,
      encodingOrder: 'halves',
    });
  });

  test('of the first NeRV code tells its stem and the order of its encoding too', () => {
    const shapes = {
      'stem.0.weight': [512, 80],
      'stem.0.bias': [512],
      'stem.2.weight': [9 * 16 * 26, 512],
      'stem.2.bias': [9 * 16 * 26],
      'layers.0.conv.conv.weight': [26 * 25, 26, 3, 3],
      'layers.1.conv.conv.weight': [96 * 4, 26, 3, 3],
      'layers.2.conv.conv.weight': [96 * 4, 96, 3, 3],
      'head_layers.2.weight': [3, 96, 1, 1],
    };
    const config = inferConfig(shapes, { ...signal, height: 180, width: 320 });
    expect(config).toEqual({
      widths: [26, 26, 96, 96],
      strides: [5, 2, 2],
      kernelSize: [3, 3, 3, 1],
      encodingLevels: 40,
      stemWidths: [512],
      encodingOrder: 'pairs',
    });
    const inr = buildNerv(nervConfig.parse(config), { ...signal, height: 180, width: 320 });
    const { names } = inr.checkpoints!.find(({ name }) => name === 'nerv')!;
    expect(names).toMatchObject({ 'stem.hidden1.weight': 'stem.0.weight', 'stem.weight': 'stem.2.weight' });
    for (const { name, shape } of inr.parameters) {
      const published = (shapes as Record<string, Shape>)[names[name]];
      if (published) expect(published).toEqual(shape);
    }
  });

  test('of an HNeRV is refused: its frames are drawn from embeddings', () => {
    expect(() => inferConfig({ ...published, 'encoder.0.weight': [16, 3, 5, 5] }, signal)).toThrow(
      'nerv: the checkpoint is of an HNeRV, which draws a frame from what its encoder makes of that frame, not from its index.',
    );
  });

  test('that begins at one cell is an HNeRV’s decoder, whose embeddings may lie elsewhere', () => {
    const decoder = {
      'decoder.0.conv.downconv.weight': [16, 4, 1, 1],
      'decoder.1.conv.upconv.0.weight': [56, 16, 3, 3],
      'decoder.2.conv.upconv.0.weight': [40, 14, 3, 3],
      'head_layer.weight': [3, 10, 3, 3],
    };
    expect(() => inferConfig(decoder, { ...signal, height: 32, width: 64 })).toThrow('the checkpoint is of an HNeRV');
    expect(inferConfig(decoder, { ...signal, height: 4, width: 4 })).toMatchObject({ strides: [2, 2] });
  });

  test('of another size than the signal’s is refused with its size', () => {
    const expected = (size: string, signalSize: string) =>
      expect.objectContaining({
        code: 'invalid-option',
        message: `nerv: the checkpoint's network makes pictures of 32768 pixels with sides that are multiples of 16, and the signal is ${signalSize}. Give the size it was trained at, such as \`size: ${size}\`.`,
      });
    expect(() => inferConfig(published, { ...signal, height: 192, width: 384 })).toThrow(
      expected('128x256', '192×384'),
    );
    expect(() => inferConfig(published, { ...signal, height: 720, width: 1280 })).toThrow(
      expected('128x256', '720×1280'),
    );
    expect(() => inferConfig(published, { ...signal, height: 8, width: 4096 })).toThrow(expected('16x2048', '8×4096'));
    expect(() => inferConfig(published, { ...signal, height: 250, width: 120 })).toThrow(
      expected('256x128', '250×120'),
    );
  });
});

test('whatever network is built, its shapes tell its configuration', () => {
  const network = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((strides) => {
    const n = strides.length + 1;
    return fc.record({
      strides: fc.constant(strides),
      widths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: n, maxLength: n }),
      kernelSize: fc.array(fc.constantFrom(1 as const, 3 as const, 5 as const), { minLength: n, maxLength: n }),
      encodingLevels: fc.integer({ min: 1, max: 100 }),
      stemWidths: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
      rows: fc.integer({ min: 1, max: 9 }),
      columns: fc.integer({ min: 1, max: 9 }),
    });
  });
  fc.assert(
    fc.property(network, ({ rows, columns, ...config }) => {
      const factor = config.strides.reduce((a, b) => a * b, 1);
      const size = { ...signal, height: rows * factor, width: columns * factor };
      const { parameters, checkpoints } = buildNerv(nervConfig.parse(config), size);
      const own = Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]));
      const { stemWidths, ...others } = config;
      const expected = stemWidths.length > 0 ? config : others;
      expect(inferConfig(own, size)).toEqual(expected);
      expect(checkpoints!.map(({ name }) => name)).toEqual(stemWidths.length > 0 ? ['nerv'] : ['hnerv', 'nerv']);
      for (const { name: code, names } of checkpoints!) {
        const renamed = Object.fromEntries(parameters.map(({ name, shape }) => [names[name], shape]));
        expect(inferConfig(renamed, size)).toEqual({
          ...expected,
          encodingOrder: code === 'nerv' ? 'pairs' : 'halves',
        });
      }
    }),
  );
});

test('tells nothing of another model', () => {
  expect(inferConfig({ 'net.0.weight': [104, 208] }, signal)).toEqual({});
  expect(inferConfig({ 'layers.0.conv.conv.weight': [8, 8, 3, 3] }, signal)).toEqual({});
});

/** With one weight wrong or missing, the others tell what it should be. */
describe('tells the network that comes nearest, where it has', () => {
  test.each([
    ['no head', {}, 'head_layer.weight'],
    ['no stem', {}, 'decoder.0.conv.downconv.weight'],
    ['no first block', {}, 'decoder.1.conv.upconv.0.weight'],
    ['no second block', {}, 'decoder.2.conv.upconv.0.weight'],
    ['no last block', {}, 'decoder.3.conv.upconv.0.weight'],
    ['channels that no stride explains', { 'decoder.2.conv.upconv.0.weight': [105, 31, 3, 3] }, ''],
    ['inputs that the block before does not give', { 'decoder.2.conv.upconv.0.weight': [104, 30, 3, 3] }, ''],
    ['kernels that are not square', { 'decoder.2.conv.upconv.0.weight': [104, 31, 3, 1] }, ''],
    ['kernels of a size NeRV does not take', { 'head_layer.weight': [3, 22, 4, 4] }, ''],
    ['a stem that does not fill its maps', { 'decoder.0.conv.downconv.weight': [4737, 160, 1, 1] }, ''],
    ['a stem that is not pointwise', { 'decoder.0.conv.downconv.weight': [4736, 160, 3, 3] }, ''],
    ['a stem that is turned', { 'decoder.0.conv.downconv.weight': [160, 4736, 1, 1] }, ''],
    ['a block without outputs', { 'decoder.2.conv.upconv.0.weight': [0, 31, 3, 3] }, ''],
    ['an encoding without pairs', { 'decoder.0.conv.downconv.weight': [4736, 161, 1, 1] }, ''],
  ] as [string, Record<string, Shape>, string][])('%s', (_, changed, missing) => {
    const { [missing]: __, ...shapes } = { ...published, ...changed };
    expect(inferConfig(shapes, signal)).toEqual(inferConfig(published, signal));
  });
});
