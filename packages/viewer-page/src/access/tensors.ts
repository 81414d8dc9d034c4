import { decodeSafetensors } from '@xinc/core/formats';
import { AccessError } from './access-error.js';

/** A float32 tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads safetensors that the server sent, whose tensors are views of `bytes`.
 * @throws AccessError `content`
 */
export function readTensors(bytes: Uint8Array<ArrayBuffer>, address: string): TensorFile {
  try {
    return decodeSafetensors(bytes, address, { inPlace: true }) as TensorFile;
  } catch (cause) {
    throw new AccessError('content', (cause as Error).message, { address, cause });
  }
}
