import { type Arrays, formatShape, type NdArray, type Shapes, sameShape, sizeOf, XincError } from '@xinc/core';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** A tensor with a copy of the array: the plain JavaScript backend would go on using the caller's memory. */
export function upload(tf: TensorFlow, { shape, data }: NdArray): Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}

export function uploadAll(tf: TensorFlow, arrays: Arrays): Record<string, Tensor> {
  return mapValues(arrays, (array) => upload(tf, array));
}

/** The tensor's values in memory of their own: the plain JavaScript backend would hand out the tensor's. */
export async function download(tensor: Tensor): Promise<NdArray> {
  return { shape: [...tensor.shape], data: new Float32Array(await tensor.data()) };
}

export async function downloadAll(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, NdArray>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await download(tensor)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Checks that `arrays` are exactly the ones expected.
 * @throws XincError `shape` naming the first that is missing, unexpected or of another shape.
 */
export function checkArrays(what: string, arrays: Arrays, expected: Shapes): void {
  for (const [name, shape] of Object.entries(expected)) {
    const array = arrays[name];
    if (!array) throw new XincError('shape', `${what} '${name}' (${formatShape(shape)}) is missing`, { subject: name });
    if (!sameShape(array.shape, shape)) {
      throw new XincError('shape', `${what} '${name}' is ${formatShape(array.shape)}, not ${formatShape(shape)}`, {
        subject: name,
      });
    }
    if (array.data.length !== sizeOf(shape)) {
      throw new XincError(
        'shape',
        `${what} '${name}' is ${formatShape(shape)} but holds ${array.data.length} values, not ${sizeOf(shape)}`,
        { subject: name },
      );
    }
  }
  const unexpected = Object.keys(arrays).find((name) => !Object.hasOwn(expected, name));
  if (unexpected !== undefined) {
    const names = Object.keys(expected).join(', ') || 'none';
    throw new XincError('shape', `${what} '${unexpected}' is not one that was compiled for`, {
      subject: unexpected,
      hint: `Expected: ${names}.`,
    });
  }
}

export const shapesOf = (arrays: Arrays): Shapes => mapValues(arrays, (array) => array.shape);

export function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, name: string) => B) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)])) as Record<
    string,
    B
  >;
}
