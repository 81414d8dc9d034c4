/** The bytes behind tensors: a file of a PyTorch archive. Several tensors may share one. */
export class TorchStorage {
  constructor(
    readonly bytes: Uint8Array,
    /** In PyTorch's names; `uint8` for a storage without a type of its own. */
    readonly dtype: string,
    readonly littleEndian: boolean,
  ) {}
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
