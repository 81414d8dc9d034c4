import { elementBytes } from '../dtype.js';
import { malformed } from '../refusal.js';

/** The bytes behind tensors: a file of a PyTorch archive. Several tensors may share one. */
export class TorchStorage {
  constructor(
    readonly bytes: Uint8Array,
    /** In PyTorch's names; `uint8` for a storage without a type of its own. */
    readonly dtype: string,
    readonly littleEndian: boolean,
  ) {}

  /** A view of some of its elements, from the one at `offset` on. */
  part(offset: number, elements: number): TorchStorage {
    const width = elementBytes(this.dtype) ?? 1;
    const [start, end] = [offset * width, (offset + elements) * width];
    if (!(start >= 0 && start <= end && end <= this.bytes.length)) {
      throw malformed('a part of a storage lies outside it');
    }
    return new TorchStorage(this.bytes.subarray(start, end), this.dtype, this.littleEndian);
  }
}

const DTYPES: Readonly<Record<string, string>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  ComplexFloatStorage: 'complex64',
  ComplexDoubleStorage: 'complex128',
  UntypedStorage: 'uint8',
  QInt8Storage: 'qint8',
  QUInt8Storage: 'quint8',
  QInt32Storage: 'qint32',
};

/** `torch.cuda.HalfStorage` → `float16`; an unknown type (quantized ones of 4 bits) stands for itself. */
export function storageDtype(typePath: string): string {
  const type = typePath.slice(typePath.lastIndexOf('.') + 1);
  return Object.hasOwn(DTYPES, type) ? DTYPES[type] : type;
}
