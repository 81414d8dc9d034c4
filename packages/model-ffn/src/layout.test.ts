import type { Shape } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import { inferConfig } from './infer.js';
import { layoutOf } from './layout.js';

/** Dense layers of these names from 2·F features to three channels, each with its bias. */
function dense(names: readonly string[], widths: readonly number[]): Record<string, Shape> {
  return Object.fromEntries(
    names.flatMap((name, i) => [
      [`${name}.weight`, [widths[i + 1], widths[i]]],
      [`${name}.bias`, [widths[i + 1]]],
    ]),
  );
}

describe('a state dict of any names', () => {
  test.each<[string, Record<string, Shape>]>([
    ['before the layers', { 'encoder.B': [10, 2], ...dense(['mlp.0', 'mlp.2'], [20, 8, 3]) }],
    ['after the layers', { ...dense(['mlp.0', 'mlp.2'], [20, 8, 3]), 'encoder.B': [10, 2] }],
  ])('tells frequencies, %s, and layers from their shapes', (_, shapes) => {
    expect(inferConfig(shapes)).toEqual({ fourierFeatures: 10, layers: 2, width: 8 });
    expect(layoutOf(shapes)).toEqual({
      name: 'shapes',
      names: {
        frequencies: 'encoder.B',
        'layer1.weight': 'mlp.0.weight',
        'layer1.bias': 'mlp.0.bias',
        'layer2.weight': 'mlp.2.weight',
        'layer2.bias': 'mlp.2.bias',
      },
    });
  });

  test('may call the frequencies a weight', () => {
    const shapes = { 'fourier.weight': [10, 2], ...dense(['fc1', 'fc2', 'fc3'], [20, 8, 6, 3]) };
    expect(inferConfig(shapes)).toEqual({ fourierFeatures: 10, widths: [8, 6] });
    expect(layoutOf(shapes)!.names).toMatchObject({ frequencies: 'fourier.weight', 'layer3.weight': 'fc3.weight' });
  });

  test('may have layers without biases', () => {
    const { names } = layoutOf({ 'enc.B': [10, 2], 'a.weight': [8, 20], 'b.weight': [3, 8], 'b.bias': [3] })!;
    expect(names).toEqual({
      frequencies: 'enc.B',
      'layer1.weight': 'a.weight',
      'layer2.weight': 'b.weight',
      'layer2.bias': 'b.bias',
    });
  });

  test('that holds its frequencies twice leaves in doubt which are meant', () => {
    const shapes = { 'encoder.B': [10, 2], 'ema.B': [10, 2], ...dense(['mlp.0', 'mlp.2'], [20, 8, 3]) };
    expect(layoutOf(shapes)).toBeUndefined();
  });

  test('may have its frequencies transposed', () => {
    const shapes = { B: [2, 10], ...dense(['net.0', 'net.2'], [20, 8, 3]) };
    expect(inferConfig(shapes)).toEqual({ fourierFeatures: 10, layers: 2, width: 8 });
    expect(layoutOf(shapes)).toMatchObject({ names: { frequencies: 'B' }, transposed: ['frequencies'] });
  });

  test('is read by its numbers, and without numbers in the order of the file', () => {
    const stems = (shapes: Record<string, Shape>) =>
      Object.entries(layoutOf({ B: [10, 2], ...shapes })!.names).flatMap(([own, name]) =>
        own.endsWith('.weight') ? [name.slice(0, -'.weight'.length)] : [],
      );
    const numbered = Array.from({ length: 12 }, (_, i) => `layers.${i}`);
    const widths = [20, ...Array<number>(11).fill(20), 3];
    const sorted = Object.fromEntries(Object.entries(dense(numbered, widths)).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(stems(sorted)).toEqual(numbered);
    expect(stems(dense(['first', 'middle', 'last'], [20, 8, 8, 3]))).toEqual(['first', 'middle', 'last']);
  });
});

describe('nothing is told', () => {
  test.each<[string, Record<string, Shape>]>([
    [
      'of layers that may follow one another in two ways',
      { B: [4, 2], ...dense(['in', 'b', 'a', 'out'], [8, 8, 8, 8, 3]) },
    ],
    ['of layers that do not follow one another', { B: [10, 2], ...dense(['a', 'b'], [20, 8, 3]), 'b.weight': [3, 9] }],
    ['of layers that do not end in three channels', { B: [10, 2], ...dense(['a', 'b'], [20, 8, 4]) }],
    ['of frequencies that do not make the features', { B: [11, 2], ...dense(['a', 'b'], [20, 8, 3]) }],
    ['of a bias whose weight is not there', { B: [10, 2], ...dense(['a', 'c'], [20, 8, 3]), 'b.bias': [8] }],
    ['of a network of coordinates', dense(['net.0', 'net.1', 'net.2'], [2, 64, 64, 3])],
    ['of a network whose frequencies are not there', dense(['net.0', 'net.2'], [20, 8, 3])],
  ])('%s', (_, shapes) => {
    expect(layoutOf(shapes)).toBeUndefined();
  });
});

test('tens of thousands of matrices are looked through at once', () => {
  const matrices = (suffix: string) =>
    Object.fromEntries(Array.from({ length: 60_000 }, (_, i): [string, Shape] => [`n.${i}.${suffix}`, [2, 2]]));
  const start = performance.now();
  expect(layoutOf(matrices('weight'))).toBeUndefined();
  expect(layoutOf({ ...matrices('table'), ...dense(['a', 'b'], [20, 8, 3]) })).toBeUndefined();
  // Comparing each with each takes minutes.
  expect(performance.now() - start).toBeLessThan(5000);
});

test('without its frequencies a network still tells its configuration', () => {
  expect(inferConfig(dense(['net.0', 'net.2'], [20, 8, 3]))).toEqual({ fourierFeatures: 10, layers: 2, width: 8 });
  expect(inferConfig(dense(['net.0', 'net.1', 'net.2'], [2, 64, 64, 3]))).toEqual({});
});
