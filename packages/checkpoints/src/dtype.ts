/** How one element of a dtype lies in memory and becomes a number. */
interface ElementType {
  readonly bytes: number;
  /** Absent where float32 cannot hold what the elements mean. */
  readonly read?: (view: DataView, at: number, littleEndian: boolean) => number;
}

/** Element types by PyTorch's names for them. */
const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  float64: { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  float32: { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  float16: { bytes: 2, read: (view, at, little) => fromFloat16(view.getUint16(at, little)) },
  bfloat16: { bytes: 2, read: (view, at, little) => fromBfloat16(view.getUint16(at, little)) },
  int64: { bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  int32: { bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  int16: { bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  int8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  uint64: { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  uint32: { bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  uint16: { bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  uint8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  bool: { bytes: 1, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  complex32: { bytes: 4 },
  complex64: { bytes: 8 },
  complex128: { bytes: 16 },
  float8_e4m3fn: { bytes: 1, read: (view, at) => fromFloat8(view.getUint8(at), 3, 7, 'fn') },
  float8_e4m3fnuz: { bytes: 1, read: (view, at) => fromFloat8(view.getUint8(at), 3, 8, 'fnuz') },
  // The upper half of a float16.
  float8_e5m2: { bytes: 1, read: (view, at) => fromFloat16(view.getUint8(at) << 8) },
  float8_e5m2fnuz: { bytes: 1, read: (view, at) => fromFloat8(view.getUint8(at), 2, 16, 'fnuz') },
  // A power of two without a sign.
  float8_e8m0fnu: { bytes: 1, read: (view, at) => fromFloat8Exponent(view.getUint8(at)) },
  qint8: { bytes: 1 },
  quint8: { bytes: 1 },
  qint32: { bytes: 4 },
};

/** Bytes of one element, or `undefined` for an unknown dtype. */
export function elementBytes(dtype: string): number | undefined {
  return Object.hasOwn(ELEMENT_TYPES, dtype) ? ELEMENT_TYPES[dtype].bytes : undefined;
}

/** Whether elements of this dtype become float32 values here. */
export function isReadable(dtype: string): boolean {
  return Object.hasOwn(ELEMENT_TYPES, dtype) && ELEMENT_TYPES[dtype].read !== undefined;
}

/** The dtype of the real and imaginary parts of a complex one; `undefined` of others. */
export function partDtype(dtype: string): string | undefined {
  return { complex32: 'float16', complex64: 'float32', complex128: 'float64' }[dtype];
}

/** Element index → value, over bytes of a readable dtype. */
export function elementReader(dtype: string, bytes: Uint8Array, littleEndian: boolean): (index: number) => number {
  const { bytes: size, read } = ELEMENT_TYPES[dtype];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (index) => read!(view, index * size, littleEndian);
}

/** IEEE 754 binary16: (−1)^s · 2^(e−15) · (1 + m/1024), subnormal below e = 1. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 25) * (1024 + mantissa);
}

/**
 * An 8-bit float without infinities, subnormal below e = 1 (Micikevicius et al. 2022, "FP8 Formats for Deep Learning").
 * `fn` has NaN where all other bits are ones, `fnuz` in place of −0.
 */
function fromFloat8(bits: number, mantissaBits: number, bias: number, kind: 'fn' | 'fnuz'): number {
  if (kind === 'fn' ? (bits & 0x7f) === 0x7f : bits === 0x80) return Number.NaN;
  const sign = bits & 0x80 ? -1 : 1;
  const mantissa = bits & ((1 << mantissaBits) - 1);
  const exponent = (bits & 0x7f) >> mantissaBits;
  if (exponent === 0) return sign * mantissa * 2 ** (1 - bias - mantissaBits);
  return sign * 2 ** (exponent - bias - mantissaBits) * ((1 << mantissaBits) + mantissa);
}

function fromFloat8Exponent(bits: number): number {
  return bits === 0xff ? Number.NaN : 2 ** (bits - 127);
}

const singleBits = new Uint32Array(1);
const single = new Float32Array(singleBits.buffer);

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(bits: number): number {
  singleBits[0] = bits << 16;
  return single[0];
}
