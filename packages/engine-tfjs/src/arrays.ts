import type { Arrays, NdArray, Shapes } from '@xinc/core';
import { mapValues } from '@xinc/core/graph';
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

/** The arrays named in `wanted` as tensors. */
export function uploadNamed(tf: TensorFlow, arrays: Arrays, wanted: Shapes): Record<string, Tensor> {
  return mapValues(wanted, (_, name) => upload(tf, arrays[name]));
}
