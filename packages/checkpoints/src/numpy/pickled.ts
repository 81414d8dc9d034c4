import { elementReader, isReadable } from '../dtype.js';
import { latin1Bytes } from '../latin1.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { Constructor, Constructors } from '../pickle/constructors.js';
import { denseTensor, type Encoding, type LazyTensor } from '../tensor.js';
import { InertRecord, type PickledValue } from '../value.js';
import { encodingOf } from './descriptor.js';

const RECONSTRUCT = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;

/** `scalar(dtype, bytes)`: a NumPy number among a checkpoint's metadata. */
const scalar: Constructor = ([type, bytes]) => {
  const encoding = type instanceof InertRecord ? pickledEncoding(type) : undefined;
  if (!encoding || !isReadable(encoding.dtype)) return undefined;
  if (!(bytes instanceof Uint8Array) || bytes.length !== elementWidth(encoding)) return undefined;
  return elementReader(encoding.dtype, bytes, encoding.littleEndian)(0);
};

/** `_frombuffer(bytes, dtype, shape, order)`: how protocol 5 holds arrays. */
const fromBuffer: Constructor = ([bytes, type, shape, order], budget) =>
  arrayOf(type, shape, bytes, order === 'F', budget);

export const NUMPY_CONSTRUCTORS: Constructors = {
  'numpy.core.numeric._frombuffer': fromBuffer,
  'numpy._core.numeric._frombuffer': fromBuffer,
  'numpy.core.multiarray.scalar': scalar,
  'numpy._core.multiarray.scalar': scalar,
};

/** Whether a record is an array of numbers, as {@link pickledArray} makes it. */
export function isPickledArray({ type, state }: InertRecord): boolean {
  if (!RECONSTRUCT.test(type) || !Array.isArray(state)) return false;
  return state[2] instanceof InertRecord && pickledEncoding(state[2]) !== undefined;
}

/**
 * The array that NumPy would make of a record, whose state is (version, shape, dtype, Fortran order, bytes);
 * `undefined` if it would make none, or one that is not of numbers.
 */
export function pickledArray(record: InertRecord, budget: MemoryBudget): LazyTensor | undefined {
  if (!RECONSTRUCT.test(record.type) || !Array.isArray(record.state)) return undefined;
  const [, shape, type, fortran, bytes] = record.state;
  return arrayOf(type, shape, bytes, fortran === true, budget);
}

function arrayOf(
  type: PickledValue | undefined,
  shape: PickledValue | undefined,
  bytes: PickledValue | undefined,
  fortran: boolean,
  budget: MemoryBudget,
): LazyTensor | undefined {
  const encoding = type instanceof InertRecord ? pickledEncoding(type) : undefined;
  if (!encoding || !Array.isArray(shape)) return undefined;
  const content = bytesOf(bytes, budget);
  return content && denseTensor(content, shape as number[], encoding, budget, fortran ? 'fortran' : 'row-major');
}

/** Python 2 pickles bytes as a text of as many characters. */
function bytesOf(value: PickledValue | undefined, budget: MemoryBudget): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return undefined;
  budget.spend(value.length, 'a NumPy array');
  return latin1Bytes(value);
}

/**
 * What an array of Python objects holds, whose state is (version, shape, dtype `O`, Fortran order, list): the list, or
 * its only element where the array has no axes, as `numpy.save` makes one of a dict.
 */
export function pickledObjects({ type, state }: InertRecord): { readonly content: PickledValue } | undefined {
  if (!RECONSTRUCT.test(type) || !Array.isArray(state)) return undefined;
  const [, shape, , , elements] = state;
  if (!Array.isArray(shape) || !Array.isArray(elements)) return undefined;
  return { content: shape.length === 0 && elements.length === 1 ? elements[0] : elements };
}

/** A pickled dtype is `dtype('f4')` with the state (version, byte order, …). */
function pickledEncoding({ type, args, state }: InertRecord): Encoding | undefined {
  const name = args[0];
  const order: PickledValue = Array.isArray(state) ? state[1] : '=';
  if (type !== 'numpy.dtype' || typeof name !== 'string' || typeof order !== 'string') return undefined;
  return encodingOf(order + name);
}

function elementWidth({ dtype }: Encoding): number {
  return dtype === 'bool' ? 1 : Number(/\d+$/.exec(dtype)![0]) / 8;
}
