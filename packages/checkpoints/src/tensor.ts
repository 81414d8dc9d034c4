import { formatShape, type Shape, sizeOf, XincError } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import { elementBytes, elementReader, isReadable, partDtype } from './dtype.js';
import type { MemoryBudget } from './memory-budget.js';
import { malformed } from './refusal.js';

/** An array whose elements become float32 when first asked for. */
export class LazyTensor {
  /** The same text for tensors that are the same elements of one storage; absent where that cannot be. */
  readonly elementsKey: string | undefined;
  /** What was done to make it, where it was not simply taken out of the file: "made dense (torch.sparse_coo)". */
  readonly made: string | undefined;
  /** The real and imaginary part of each of complex numbers, [..., 2], as `torch.view_as_real` has them. */
  readonly pairs: LazyTensor | undefined;
  readonly #convert: () => Float32Array;
  #values: Float32Array | undefined;

  constructor(
    readonly shape: Shape,
    readonly dtype: string,
    convert: () => Float32Array,
    {
      elementsKey,
      made,
      pairs,
    }: { readonly elementsKey?: string; readonly made?: string; readonly pairs?: LazyTensor } = {},
  ) {
    this.#convert = convert;
    this.elementsKey = elementsKey;
    this.made = made;
    this.pairs = pairs;
  }

  /** Row-major; the same array every time, never a view of the file. */
  float32(): Float32Array {
    try {
      this.#values ??= this.#convert();
      return this.#values;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Within a memory limit that the caller has raised, but more than there is.
      throw new XincError('unsupported', `A tensor of shape ${formatShape(this.shape)} does not fit into memory`, {
        cause: error,
      });
    }
  }
}

/** Where the elements of a tensor lie in its storage; strides and offset count elements. */
export interface StridedLayout {
  readonly shape: Shape;
  readonly strides: Shape;
  readonly offset: number;
}

/** What bytes mean: their dtype, their order, and whether PyTorch's lazy negation and conjugation bits are set. */
export interface Encoding {
  /** In PyTorch's names; one that is not known here makes a tensor that says so when it is asked for its elements. */
  readonly dtype: string;
  readonly littleEndian: boolean;
  readonly negated?: boolean;
  readonly conjugated?: boolean;
}

/**
 * A tensor over storage bytes. The layout comes out of an untrusted file: it must stay inside the storage, and the
 * tensor's float32 elements must be within the budget.
 */
export function stridedTensor(
  storage: Uint8Array,
  layout: StridedLayout,
  encoding: Encoding,
  budget: MemoryBudget,
): LazyTensor {
  const size = checkedSize(layout.shape);
  const width = elementBytes(encoding.dtype);
  checkReach(layout, width === undefined ? Number.POSITIVE_INFINITY : Math.floor(storage.length / width));
  budget.spend(4 * size, `a tensor of shape ${formatShape(layout.shape)}`);
  const convert = () => {
    const values = gather(storage, layout, encoding);
    return encoding.negated ? values.map((value) => -value) : values;
  };
  const part = partDtype(encoding.dtype);
  return new LazyTensor(layout.shape, encoding.dtype, convert, {
    ...(size > 0 && { elementsKey: elementsKey(storage, layout, encoding) }),
    ...(part !== undefined && { pairs: pairsOf(storage, layout, { ...encoding, dtype: part }, budget) }),
  });
}

/** A tensor of complex numbers with a last axis of their real and imaginary parts. */
function pairsOf(storage: Uint8Array, layout: StridedLayout, encoding: Encoding, budget: MemoryBudget): LazyTensor {
  const pairs = {
    shape: [...layout.shape, 2],
    strides: [...layout.strides.map((stride) => 2 * stride), 1],
    offset: 2 * layout.offset,
  };
  budget.spend(4 * checkedSize(pairs.shape), `a tensor of shape ${formatShape(layout.shape)}`);
  return new LazyTensor(pairs.shape, encoding.dtype, () => {
    const values = gather(storage, pairs, encoding);
    const [re, im] = encoding.negated ? [-1, -1] : [1, 1];
    const signs = [re, encoding.conjugated ? -im : im];
    return values.map((value, i) => value * signs[i % 2]);
  });
}

/**
 * A float32 tensor that is computed from others of a file when its values are first asked for.
 * @param made what is done: "made dense (torch.sparse_coo)"
 * @param inputs elements that are looked at; paid for like its own, since many tensors may be computed from the same
 */
export function computedTensor(
  shape: Shape,
  made: string,
  inputs: number,
  budget: MemoryBudget,
  convert: () => Float32Array,
): LazyTensor {
  budget.spend(4 * (checkedSize(shape) + inputs), `a tensor of shape ${formatShape(shape)}`);
  return new LazyTensor(shape, 'float32', convert, { made });
}

/** A tensor of which only the shape and what it is can be told. */
export function unreadableTensor(shape: Shape, dtype: string, hint: string): LazyTensor {
  checkedSize(shape);
  return new LazyTensor(shape, dtype, () => {
    throw unreadable(shape, dtype, hint);
  });
}

function unreadable(shape: Shape, dtype: string, hint: string): XincError {
  const name = printable(dtype);
  return new XincError('unsupported', `A tensor of dtype ${name} and shape ${formatShape(shape)} cannot be read`, {
    subject: name,
    hint,
  });
}

/** What to do about elements that are not read. */
function adviceFor(dtype: string): string {
  if (dtype.startsWith('complex')) {
    return 'It holds complex numbers, and converting them to real ones would drop their imaginary parts: only a model whose parameters are complex can use it.';
  }
  if (/^float(96|128)$/.test(dtype)) return "Convert it in Python with array.astype('float32') and save again.";
  const convert = /^qu?int/.test(dtype) ? 'dequantize' : 'float';
  return `Convert it in Python with tensor.${convert}() and save again.`;
}

const bufferNumbers = new WeakMap<ArrayBufferLike, number>();
let buffers = 0;

function elementsKey(storage: Uint8Array, { shape, strides, offset }: StridedLayout, encoding: Encoding): string {
  let number = bufferNumbers.get(storage.buffer);
  if (number === undefined) {
    number = buffers++;
    bufferNumbers.set(storage.buffer, number);
  }
  const start = storage.byteOffset + offset * (elementBytes(encoding.dtype) ?? 0);
  return [
    number,
    start,
    encoding.dtype,
    encoding.littleEndian,
    encoding.negated,
    encoding.conjugated,
    shape,
    strides,
  ].join(' ');
}

/** A tensor whose elements fill `bytes`, in row-major order or, for Fortran, with the first axis fastest. `shape` is copied. */
export function denseTensor(
  bytes: Uint8Array,
  shape: Shape,
  encoding: Encoding,
  budget: MemoryBudget,
  order: 'row-major' | 'fortran' = 'row-major',
): LazyTensor {
  const size = checkedSize(shape);
  const width = elementBytes(encoding.dtype);
  if (width !== undefined && bytes.length !== size * width) {
    throw malformed(
      `a tensor of shape ${formatShape(shape)} and dtype ${encoding.dtype} takes ${size * width} bytes and ${bytes.length} are there`,
    );
  }
  const strides = order === 'fortran' ? rowMajorStrides([...shape].reverse()).reverse() : rowMajorStrides(shape);
  return stridedTensor(bytes, { shape: [...shape], strides, offset: 0 }, encoding, budget);
}

/** The most axes that PyTorch and NumPy give an array. */
const MOST_AXES = 64;

function checkedSize(shape: Shape): number {
  if (shape.length > MOST_AXES) throw malformed(`a tensor has ${shape.length} axes (${MOST_AXES} are possible)`);
  if (!shape.every(isCount)) throw malformed("a tensor's shape holds what is not a count");
  const size = shape.includes(0) ? 0 : sizeOf(shape);
  if (!Number.isSafeInteger(size)) throw malformed(`a tensor has the impossible shape ${formatShape(shape)}`);
  return size;
}

function checkReach({ shape, strides, offset }: StridedLayout, elements: number): void {
  if (strides.length !== shape.length) {
    throw malformed(`a tensor of shape ${formatShape(shape)} has ${strides.length} strides`);
  }
  if (!isCount(offset) || !strides.every(isCount)) {
    throw malformed('a tensor has a negative or fractional stride or offset');
  }
  if (shape.includes(0)) return;
  const last = shape.reduce((index, extent, axis) => index + (extent - 1) * strides[axis], offset);
  if (last >= elements) {
    throw malformed(
      `a tensor of shape ${formatShape(shape)} reaches element ${last} of a storage that holds ${elements}`,
    );
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function gather(storage: Uint8Array, layout: StridedLayout, { dtype, littleEndian }: Encoding): Float32Array {
  const { shape, strides, offset } = layout;
  if (!isReadable(dtype)) {
    throw unreadable(shape, dtype, adviceFor(dtype));
  }
  const size = shape.includes(0) ? 0 : sizeOf(shape);
  if (dtype === 'float32' && littleEndian === HOST_IS_LITTLE_ENDIAN && isRowMajor(layout)) {
    const start = 4 * offset;
    // Copied: the file's bytes need not be aligned, and would stay in memory as long as the tensor.
    return new Float32Array(new Uint8Array(storage.subarray(start, start + 4 * size)).buffer);
  }
  const read = elementReader(dtype, storage, littleEndian);
  const values = new Float32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let element = offset;
  for (let i = 0; i < size; i++) {
    values[i] = read(element);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      element += strides[axis];
      if (++index[axis] < shape[axis]) break;
      element -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return values;
}

function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    // An axis without elements would make the strides of a zero-sized array all zero, which is as good as any.
    stride *= shape[axis];
  }
  return strides;
}

function isRowMajor({ shape, strides }: StridedLayout): boolean {
  const expected = rowMajorStrides(shape);
  return shape.every((extent, axis) => extent <= 1 || strides[axis] === expected[axis]);
}
