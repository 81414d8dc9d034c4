import { elementReader } from '../dtype.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { Constructor, Constructors } from '../pickle/constructors.js';
import { denseTensor, type Encoding, type LazyTensor } from '../tensor.js';
import { InertRecord, type PickledValue } from '../value.js';
import { encodingOf } from './descriptor.js';

const RECONSTRUCT = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;

/** `scalar(dtype, bytes)`: a NumPy number among a checkpoint's metadata. */
const scalar: Constructor = ([type, bytes]) => {
  const encoding = type instanceof InertRecord ? pickledEncoding(type) : undefined;
  if (!encoding || !(bytes instanceof Uint8Array) || bytes.length !== elementWidth(encoding)) return undefined;
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
  if (!encoding || !Array.isArray(shape) || !(bytes instanceof Uint8Array)) return undefined;
  return denseTensor(bytes, shape as number[], encoding, budget, fortran ? 'fortran' : 'row-major');
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
