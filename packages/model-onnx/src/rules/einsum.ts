import { sizeOf } from '@xinc/core';
import { type NodeReader, type Rule, tensor } from '../values.js';

/** An operand with the letters of its axes. */
interface Lettered<T> {
  readonly value: T;
  readonly letters: readonly string[];
}

/** Sums of products of one or two operands: `bhid,bhjd->bhij`. */
export const einsum: Rule = (node) => {
  const equation = node.text('equation', '').replaceAll(' ', '');
  const [left, right] = equation.split('->');
  const parts = left.split(',');
  const valid = /^[A-Za-z,]*(->[A-Za-z]*)?$/.test(equation) && parts.length === node.values.length;
  const distinct = (letters: string) => new Set(letters).size === letters.length;
  if (!valid || parts.length > 2 || ![...parts, right ?? ''].every(distinct)) {
    throw node.refuse(`'${equation}' is no product of one or two operands with axes of one letter each`);
  }
  const operands = parts.map((letters, i) => ({ value: node.tensor(i), letters: [...letters] }));
  const given = node.values.map((_, i) => node.shape(i).length);
  if (operands.some(({ letters }, i) => letters.length !== given[i])) {
    throw node.refuse(`'${equation}' does not fit arrays of ${given.join(' and ')} axes`);
  }
  const all = parts.join('');
  const wanted = right === undefined ? [...all].filter((c) => all.split(c).length === 2).sort() : [...right];
  if (wanted.some((letter) => !all.includes(letter))) throw node.refuse(`'${equation}' gives an axis that nothing has`);
  const result = operands.length === 1 ? operands[0] : product(node, operands[0], operands[1], wanted);
  return [tensor(arranged(node, result, wanted))];
};

/** Axes added up that are not wanted, and the others in the order in which they are. */
function arranged<T>({ ops }: NodeReader<T>, { value, letters }: Lettered<T>, wanted: readonly string[]): T {
  const axes = letters.flatMap((letter, axis) => (wanted.includes(letter) ? [] : [axis]));
  const kept = letters.filter((letter) => wanted.includes(letter));
  const sum = axes.length > 0 ? ops.sum(value, { axes }) : value;
  const permutation = wanted.map((letter) => kept.indexOf(letter));
  return permutation.every((axis, i) => axis === i) ? sum : ops.transpose(sum, permutation);
}

function product<T>(node: NodeReader<T>, a: Lettered<T>, b: Lettered<T>, wanted: readonly string[]): Lettered<T> {
  const { ops } = node;
  const both = a.letters.filter((letter) => b.letters.includes(letter));
  const stacked = both.filter((letter) => wanted.includes(letter));
  const inner = both.filter((letter) => !wanted.includes(letter));
  const outer = ({ letters }: Lettered<T>) =>
    letters.filter((letter) => !both.includes(letter) && wanted.includes(letter));
  const extents = new Map<string, number>();
  for (const { value, letters } of [a, b]) {
    for (const [axis, letter] of letters.entries()) {
      const extent = ops.shapeOf(value)[axis];
      if ((extents.get(letter) ?? extent) !== extent)
        throw node.refuse(`its axes '${letter}' are of different extents`);
      extents.set(letter, extent);
    }
  }
  const size = (letters: readonly string[]) => sizeOf(letters.map((letter) => extents.get(letter)!));
  const lead = stacked.length > 0 ? [size(stacked)] : [];
  const rows = ops.reshape(arranged(node, a, [...stacked, ...outer(a), ...inner]), [
    ...lead,
    size(outer(a)),
    size(inner),
  ]);
  // A weight is [out, in], as it is written: it is not turned around.
  const columns = ops.reshape(arranged(node, b, [...stacked, ...outer(b), ...inner]), [
    ...lead,
    size(outer(b)),
    size(inner),
  ]);
  const letters = [...stacked, ...outer(a), ...outer(b)];
  const value = ops.matMul(rows, columns, { transposeB: true });
  return {
    value: ops.reshape(
      value,
      letters.map((letter) => extents.get(letter)!),
    ),
    letters,
  };
}
