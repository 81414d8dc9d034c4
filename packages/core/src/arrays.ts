import type { Arrays, Shapes } from './engine.js';
import { XincError } from './errors.js';
import { formatShape, sameShape, sizeOf } from './ndarray.js';

/** The same names, each with what is made of its value. */
export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}

export const shapesOf = (arrays: Arrays): Shapes => mapValues(arrays, ({ shape }) => shape);

/**
 * Checks that `arrays` hold what a program was compiled for; others may be among them.
 * @param what they are, as it is said before their names
 * @throws XincError `shape` naming the first array that is missing, of another shape, or without all of its elements
 */
export function checkArrays(arrays: Arrays, expected: Shapes, what = 'The input'): void {
  for (const [name, shape] of Object.entries(expected)) {
    const array = arrays[name];
    const refuse = (problem: string) => new XincError('shape', `${what} '${name}' ${problem}`, { subject: name });
    if (!array) throw refuse(`(${formatShape(shape)}) is missing`);
    if (!sameShape(array.shape, shape)) throw refuse(`is ${formatShape(array.shape)}, not ${formatShape(shape)}`);
    if (array.data.length !== sizeOf(shape)) {
      throw refuse(`is ${formatShape(shape)} but holds ${array.data.length} values, not ${sizeOf(shape)}`);
    }
  }
}
