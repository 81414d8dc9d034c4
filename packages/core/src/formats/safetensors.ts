import type { Arrays } from '../engine.js';
import { XincError } from '../errors.js';
import { formatShape, sizeOf } from '../ndarray.js';
import { formatBytes } from './amounts.js';

/** Float32 tensors by name, as Hugging Face's safetensors files: a JSON header, then the numbers. */
export interface Safetensors {
  readonly tensors: Arrays;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** Bytes; of a network with 10,000 parameters it takes one million. */
const MAX_HEADER = 8e6;

/** Bytes of tensors that one file can have, as it is made in memory as a whole. */
export const MOST_TENSOR_BYTES = 2 ** 32 - 2 ** 27;

/**
 * Tensors are laid out in the order of `tensors`.
 * @throws XincError `unsupported` for more than `MOST_TENSOR_BYTES`
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  if (offset > MOST_TENSOR_BYTES) {
    throw new XincError('unsupported', `Tensors of ${formatBytes(offset)} do not fit in one file`, {
      hint: `At most ${formatBytes(MOST_TENSOR_BYTES)} do.`,
    });
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = LENGTH_BYTES + 8 * Math.ceil(json.length / 8);
  const bytes = new Uint8Array(start + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  // The format wants the header padded with spaces.
  bytes.fill(0x20, LENGTH_BYTES, start);
  bytes.set(json, LENGTH_BYTES);
  let position = start;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * Reads float32 safetensors: the files of a run, and what the viewer's server says to its page, whose policy forbids validators that compile
 * code.
 * @param name what to call the file in messages
 * @param inPlace tensors are views of `bytes` where they lie at a multiple of four bytes, so that nothing is copied
 * @throws XincError `invalid-file`, never trusting a size in the header.
 */
export function decodeSafetensors(bytes: Uint8Array, name: string, { inPlace = false } = {}): Safetensors {
  const refuse = (what: string, cause?: unknown) =>
    new XincError('invalid-file', `${name} is not a safetensors file that can be read: ${what}`, {
      subject: name,
      cause,
    });
  if (bytes.length < LENGTH_BYTES) throw refuse('it is too short');
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerLength > MAX_HEADER || headerLength > bytes.length - LENGTH_BYTES) throw refuse('its header is cut short');
  const start = LENGTH_BYTES + Number(headerLength);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
  } catch (error) {
    throw refuse('its header is not JSON', error);
  }
  if (!isRecord(header)) throw refuse('its header is no JSON object');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw refuse('its metadata are not texts');
  }
  const tensors: [string, Arrays[string]][] = [];
  let total = 0;
  for (const [tensor, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw refuse(`its entry '${tensor}' is malformed`);
    const { dtype, shape, data_offsets } = entry;
    const [begin, end] = data_offsets;
    if (dtype !== 'F32') throw refuse(`'${tensor}' is ${dtype}, not F32`);
    if (end > bytes.length - start || end - begin !== 4 * sizeOf(shape)) {
      throw refuse(`'${tensor}' (${formatShape(shape)}) does not have its bytes in the file`);
    }
    // Tensors that share their bytes would take more memory than the file has.
    total += end - begin;
    if (total > bytes.length - start) throw refuse('its tensors overlap');
    const own = bytes.subarray(start + begin, start + end);
    const data =
      inPlace && own.byteOffset % 4 === 0
        ? new Float32Array(own.buffer, own.byteOffset, own.length / 4)
        : new Float32Array(new Uint8Array(own).buffer);
    tensors.push([tensor, { shape, data }]);
  }
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  return typeof dtype === 'string' && areExtents(shape) && areExtents(offsets) && offsets.length === 2;
}

function areExtents(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
