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

const LENGTH_BYTES = 8;

/**
 * Reads float32 safetensors as the page's server writes them. `@xinc/core` reads files of strangers, with a validator that
 * compiles code, which the page's policy forbids; this checks extents alone.
 * @throws AccessError `content`
 */
export function readTensors(bytes: Uint8Array<ArrayBuffer>, address: string): TensorFile {
  const refuse = (what: string, cause?: unknown) =>
    new AccessError('content', `The tensors at ${address} cannot be read: ${what}`, { address, cause });
  if (bytes.length < LENGTH_BYTES) throw refuse('they are too short');
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = LENGTH_BYTES + headerBytes;
  if (start > bytes.length) throw refuse('the header is cut short');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
  } catch (cause) {
    throw refuse('the header is not JSON', cause);
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: Record<string, Tensor> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as { dtype: string; shape: number[]; data_offsets: number[] };
    const [begin, end] = offsets;
    const size = 4 * shape.reduce((product, extent) => product * extent, 1);
    if (dtype !== 'F32' || end - begin !== size || start + end > bytes.length) throw refuse(`'${name}' does not fit`);
    const at = bytes.byteOffset + start + begin;
    // Floats may be viewed in place only where they lie at a multiple of their size.
    const data =
      at % 4 === 0 ? new Float32Array(bytes.buffer, at, size / 4) : new Float32Array(bytes.buffer.slice(at, at + size));
    tensors[name] = { shape, data };
  }
  return { tensors, metadata: metadata as Record<string, string> };
}
