import { type Arrays, formatShape, type NdArray, type Shapes, sameShape, sizeOf, XincError } from '@xinc/core';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** A tensor with a copy of the array: the plain JavaScript backend would go on using the caller's memory. */
export function upload(tf: TensorFlow, { shape, data }: NdArray): Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}

/** The tensor's values in memory of their own: the plain JavaScript backend would hand out the tensor's. */
async function download(tensor: Tensor): Promise<NdArray> {
  return { shape: [...tensor.shape], data: new Float32Array(await tensor.data()) };
}

export async function downloadAll(tensors: Readonly<Record<string, Tensor>>): Promise<Record<string, NdArray>> {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, await download(tensor)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Checks that `arrays` hold what a program was compiled for; others may be among them.
 * @throws XincError `shape` naming the first array that is missing or of another shape, after `what` it is.
 */
export function checkArrays(what: string, arrays: Arrays, expected: Shapes): void {
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

/** The arrays named in `wanted` as tensors. */
export function uploadNamed(tf: TensorFlow, arrays: Arrays, wanted: Shapes): Record<string, Tensor> {
  return mapValues(wanted, (_, name) => upload(tf, arrays[name]));
}

export const shapesOf = (arrays: Arrays): Shapes => mapValues(arrays, (array) => array.shape);

export function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A, name: string) => B) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)])) as Record<
    string,
    B
  >;
}
