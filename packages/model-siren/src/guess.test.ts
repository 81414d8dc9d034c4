import type { InrPlugin, SignalShape } from '@xinc/core';
import { describe, expect, test, vi } from 'vitest';
import families from './index.js';

type Shapes = Record<string, number[]>;

const image: SignalShape = { kind: 'image', frames: 1, height: 3, width: 5 };
const named = (name: string) => families.find((family) => family.name === name)! as InrPlugin<unknown>;

const dense = (names: readonly string[], widths: readonly number[]): Shapes =>
  Object.fromEntries(
    names.flatMap((name, i) => [
      [`${name}.weight`, [widths[i + 1], widths[i]]],
      [`${name}.bias`, [widths[i + 1]]],
    ]),
  );
const without = (shapes: Shapes, ...names: string[]): Shapes =>
  Object.fromEntries(Object.entries(shapes).filter(([name]) => !names.includes(name)));

/** Of a network of four layers: what is wrong with its second or another. */
const MISTAKES: readonly [what: string, change: (shapes: Shapes, names: readonly string[]) => Shapes][] = [
  ['its first weight missing', (shapes, [first]) => without(shapes, `${first}.weight`)],
  ['a hidden weight missing', (shapes, [, second]) => without(shapes, `${second}.weight`)],
  ['its last weight missing', (shapes, names) => without(shapes, `${names.at(-1)}.weight`)],
  ['a column too many in its last', (shapes, names) => ({ ...shapes, [`${names.at(-1)}.weight`]: [3, 17] })],
  ['a row too many in its last', (shapes, names) => ({ ...shapes, [`${names.at(-1)}.weight`]: [4, 16] })],
  ['a row too many', (shapes, [, second]) => ({ ...shapes, [`${second}.weight`]: [17, 16] })],
  ['a column too many', (shapes, [, second]) => ({ ...shapes, [`${second}.weight`]: [16, 17] })],
  [
    'its first weight turned',
    (shapes, [first]) => ({ ...shapes, [`${first}.weight`]: [...shapes[`${first}.weight`]].reverse() }),
  ],
  ['a layer of something else', (shapes) => ({ ...shapes, 'aside.weight': [7, 7], 'aside.bias': [7] })],
];

describe('what comes nearest to a network', () => {
  test.each(MISTAKES)('with %s has its width, its depth and the names of its layers', (what, change) => {
    for (const names of [
      ['net.0.linear', 'net.1.linear', 'net.2.linear', 'net.3'],
      ['net.0.linear', 'net.1.linear', 'net.2.linear', 'last_layer.linear'],
      ['0', '2', '4', '6'],
      ['entry', 'hidden.0', 'hidden.1', 'outcome'],
    ]) {
      for (const name of ['siren', 'finer', 'gauss', 'pemlp']) {
        const features = name === 'pemlp' ? 10 : 2;
        const shapes = change(dense(names, [features, 16, 16, 16, 3]), names);
        const levels = name === 'pemlp' && what !== MISTAKES[0][0] ? { levels: 2 } : {};
        expect(named(name).infer!(shapes, image)).toEqual({ width: 16, layers: 4, ...levels });
        const told = named(name).layout!(shapes)!.names;
        expect(names.map((_, i) => told[`layer${i + 1}.weight`])).toEqual(names.map((stem) => `${stem}.weight`));
      }
    }
  });

  test('of two products for each layer, too', () => {
    const parts = ['net.0.freqs', 'net.0.scale', 'net.1.freqs', 'net.1.scale', 'net.2'];
    const widths = [2, 2, 16, 16, 16];
    const whole = Object.assign({}, ...parts.map((part, i) => dense([part], [widths[i], i === 4 ? 3 : 16]))) as Shapes;
    for (const part of parts) {
      expect(named('wire').infer!(without(whole, `${part}.weight`), image)).toEqual({
        form: 'real',
        width: 16,
        layers: 3,
      });
    }
  });

  test('of complex numbers, too', () => {
    const whole = {
      ...dense(['net.0.linear'], [2, 16]),
      'net.1.linear.weight': [16, 16, 2],
      'net.1.linear.bias': [16, 2],
      'net.2.weight': [3, 16, 2],
      'net.2.bias': [3, 2],
    };
    for (const name of ['net.0.linear.weight', 'net.1.linear.weight', 'net.2.weight']) {
      expect(named('wire').infer!(without(whole, name), image)).toEqual({ form: 'complex', width: 16, layers: 3 });
    }
  });
});

test('a number that is left out among layers without biases is that of a layer which is not there', () => {
  const shapes = {
    '0.weight': [16, 2],
    '2.weight': [16, 16],
    '6.weight': [16, 16],
    '8.weight': [16, 16],
    '10.weight': [3, 16],
  };
  expect(named('siren').layout!(shapes)).toBeUndefined();
});

test('nothing is guessed of tensors that suggest no such network', () => {
  for (const shapes of [
    dense(['fc1', 'fc2'], [784, 100, 10]),
    dense(['net.0', 'net.2'], [48, 32, 3]),
    { 'a.weight': [8, 3, 3, 3], 'b.weight': [3, 8] },
    { 'a.weight': [3, 2] },
  ]) {
    expect(named('siren').infer!(shapes, image)).toEqual({});
  }
});

test('the names of more layers than a network can have are not put into order', () => {
  const compare = vi.spyOn(Intl.Collator.prototype, 'compare', 'get');
  try {
    const names = Array.from({ length: 2000 }, (_, i) => `net.${i}`);
    const shapes = dense(names, [2, ...names.map(() => 8)]);
    for (const family of families) {
      expect(named(family.name).infer!(shapes, image)).toEqual({});
      named(family.name).layout?.(shapes);
    }
    expect(compare).not.toHaveBeenCalled();
    named('siren').infer!(dense(['b', 'a'], [2, 8, 3]), image);
    expect(compare).toHaveBeenCalled();
  } finally {
    compare.mockRestore();
  }
});
