import { expect, test } from 'vitest';
import { toldLayout } from './told-layout.js';

const dense = (names: readonly string[], widths: readonly number[]) =>
  Object.fromEntries(
    names.flatMap((name, i) => [
      [`${name}.weight`, [widths[i + 1], widths[i]]],
      [`${name}.bias`, [widths[i + 1]]],
    ]),
  );
const weightsOf = (shapes: Record<string, number[]>) =>
  Object.entries(toldLayout(shapes)?.names ?? {})
    .filter(([own]) => own.endsWith('weight'))
    .map(([, name]) => name.replace(/\.weight$/, ''));

test.each([
  [['0', '2', '4', '6']],
  [['fc1', 'fc2', 'fc3', 'fc4']],
  [['layers.0', 'layers.1', 'layers.2', 'layers.3']],
  [['first', 'hidden.9', 'hidden.10', 'out']],
])('layers called %j are told from their shapes and numbers', (names) => {
  const shapes = dense(names, [2, 8, 8, 8, 3]);
  expect(weightsOf(shapes)).toEqual(names);
  expect(toldLayout(shapes)!.names).toMatchObject({
    'layer1.bias': `${names[0]}.bias`,
    'layer4.bias': `${names[3]}.bias`,
  });
});

test('whatever the order in the file, the layer that reads the features is the first', () => {
  const { 'in.weight': first, 'in.bias': bias, ...others } = dense(['in', 'a.1', 'a.2', 'b'], [2, 8, 8, 8, 3]);
  expect(weightsOf({ ...others, 'in.weight': first, 'in.bias': bias })).toEqual(['in', 'a.1', 'a.2', 'b']);
});

test('layers of one shape whose names differ in more than numbers have no certain order', () => {
  expect(toldLayout(dense(['in', 'early', 'late', 'out'], [2, 8, 8, 8, 3]))).toBeUndefined();
});

test('a layer without bias is told without one', () => {
  expect(toldLayout({ 'a.weight': [8, 2], 'b.weight': [3, 8] })).toEqual({
    name: 'shapes',
    names: { 'layer1.weight': 'a.weight', 'layer2.weight': 'b.weight' },
  });
});

test('what is no chain of layers to three channels is not told', () => {
  expect(toldLayout(dense(['fc1', 'fc2'], [784, 100, 10]))).toBeUndefined();
});
