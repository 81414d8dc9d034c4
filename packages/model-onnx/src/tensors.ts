import { type Shape, sizeOf, XincError } from '@xinc/core';
import type onnxProto from 'onnx-proto';
import { messages } from './messages.js';

type ITensor = onnxProto.onnx.ITensorProto;

/** Types of whole numbers, by their number in TensorProto.DataType. */
export const INTEGERS: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 12, 13]);

/** A tensor of a file, as numbers. */
export interface FileTensor {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
  readonly integers: boolean;
}

/** Bytes of a tensor that lie in another file. */
export type ExternalData = (location: string, offset: number, length: number | undefined, tensor: string) => Uint8Array;

/**
 * @throws XincError `invalid-file` for bytes that are not those of the shape; `unsupported` for other types of numbers
 */
export function readTensor(tensor: ITensor, external: ExternalData): FileTensor {
  const name = tensor.name ?? '';
  const shape = (tensor.dims ?? []).map(Number);
  const size = sizeOf(shape);
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0) || !Number.isSafeInteger(size)) {
    throw broken(name, `its shape is ${shape.join('×')}`);
  }
  const type = tensor.dataType ?? 0;
  const raw = rawBytes(tensor, external);
  const { DataType } = messages().TensorProto;
  const of = <A extends Float32Array | Float64Array>(
    array: A,
    bytes: number,
    integers: boolean,
    read: (view: DataView, at: number) => number,
  ): FileTensor => {
    if (raw!.length !== size * bytes) throw broken(name, `${raw!.length} bytes are no ${shape.join('×')} numbers`);
    const view = new DataView(raw!.buffer, raw!.byteOffset, raw!.byteLength);
    for (let i = 0; i < size; i++) array[i] = read(view, i * bytes);
    return { shape, data: array, integers };
  };
  if (raw) {
    // The bytes are there before an array is made for them.
    if (raw.length > 8 * size || raw.length < size) {
      throw broken(name, `${raw.length} bytes are no ${shape.join('×')} numbers`);
    }
    switch (type) {
      case DataType.FLOAT:
        return of(new Float32Array(size), 4, false, (view, at) => view.getFloat32(at, true));
      case DataType.DOUBLE:
        return of(new Float32Array(size), 8, false, (view, at) => view.getFloat64(at, true));
      case DataType.FLOAT16:
        return of(new Float32Array(size), 2, false, (view, at) => fromHalf(view.getUint16(at, true)));
      case DataType.BFLOAT16:
        return of(new Float32Array(size), 2, false, (view, at) => fromBrain(view.getUint16(at, true)));
      case DataType.INT64:
        return of(new Float64Array(size), 8, true, (view, at) => Number(view.getBigInt64(at, true)));
      case DataType.INT32:
        return of(new Float64Array(size), 4, true, (view, at) => view.getInt32(at, true));
      case DataType.BOOL:
      case DataType.UINT8:
        return of(new Float64Array(size), 1, true, (view, at) => view.getUint8(at));
      case DataType.INT8:
        return of(new Float64Array(size), 1, true, (view, at) => view.getInt8(at));
    }
    throw unknownType(name, type);
  }
  const listed = listedNumbers(tensor, type, name);
  if (listed.values.length !== size) throw broken(name, `${listed.values.length} numbers are no ${shape.join('×')}`);
  const data = listed.integers ? Float64Array.from(listed.values) : Float32Array.from(listed.values);
  return { shape, data, integers: listed.integers };
}

function rawBytes(tensor: ITensor, external: ExternalData): Uint8Array | undefined {
  if (tensor.dataLocation === messages().TensorProto.DataLocation.EXTERNAL) {
    const entries = Object.fromEntries((tensor.externalData ?? []).map(({ key, value }) => [key, value ?? '']));
    const count = (text: string | undefined) => (text === undefined ? undefined : Number(text));
    const [offset, length] = [count(entries.offset) ?? 0, count(entries.length)];
    return external(entries.location ?? '', offset, length, tensor.name ?? '');
  }
  return tensor.rawData && tensor.rawData.length > 0 ? tensor.rawData : undefined;
}

function listedNumbers(tensor: ITensor, type: number, name: string): { values: number[]; integers: boolean } {
  const { DataType } = messages().TensorProto;
  switch (type) {
    case DataType.FLOAT:
      return { values: tensor.floatData ?? [], integers: false };
    case DataType.DOUBLE:
      return { values: tensor.doubleData ?? [], integers: false };
    case DataType.INT64:
      return { values: (tensor.int64Data ?? []).map(Number), integers: true };
    case DataType.FLOAT16:
      return { values: (tensor.int32Data ?? []).map(fromHalf), integers: false };
    case DataType.INT32:
    case DataType.INT8:
    case DataType.UINT8:
    case DataType.BOOL:
      return { values: tensor.int32Data ?? [], integers: true };
  }
  throw unknownType(name, type);
}

function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023];
  const magnitude =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return sign ? -magnitude : magnitude;
}

const single = new Uint32Array(1);
const asFloat = new Float32Array(single.buffer);

function fromBrain(bits: number): number {
  single[0] = bits << 16;
  return asFloat[0];
}

function broken(name: string, why: string): XincError {
  return new XincError('invalid-file', `The tensor '${name}' is damaged: ${why}`, { subject: name });
}

function unknownType(name: string, type: number): XincError {
  const known = messages().TensorProto.DataType[type] ?? String(type);
  return new XincError('unsupported', `The tensor '${name}' holds numbers of type ${known}, which are not read`, {
    subject: name,
    hint: 'Export the network in float32.',
  });
}
