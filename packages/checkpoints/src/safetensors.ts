import { printable } from '@xinc/core/formats';
import { ByteReader } from './byte-reader.js';
import type { MemoryBudget } from './memory-budget.js';
import { malformed } from './refusal.js';
import { denseTensor, type LazyTensor } from './tensor.js';

const LENGTH_BYTES = 8;
/** As the format's own reader has it. */
const LONGEST_HEADER = 100e6;

/** PyTorch's names for the format's dtypes; others are passed on as they are. */
const DTYPES: Readonly<Record<string, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
  C64: 'complex64',
  F8_E4M3: 'float8_e4m3fn',
  F8_E4M3FNUZ: 'float8_e4m3fnuz',
  F8_E5M2: 'float8_e5m2',
  F8_E5M2FNUZ: 'float8_e5m2fnuz',
  F8_E8M0: 'float8_e8m0fnu',
};

/** Whether the bytes begin as a safetensors file: a header length that the file can hold, then a JSON object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length <= LENGTH_BYTES || bytes[LENGTH_BYTES] !== '{'.charCodeAt(0)) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= BigInt(bytes.length - LENGTH_BYTES);
}

/** Reads a safetensors file of any dtype; its tensors must fill the file without gaps, as the format demands. */
export function readSafetensors(
  bytes: Uint8Array,
  budget: MemoryBudget,
): { tensors: Map<string, LazyTensor>; metadata: Record<string, string> } {
  const reader = new ByteReader(bytes, 'the file');
  const headerLength = reader.u64();
  if (headerLength > LONGEST_HEADER) throw malformed(`the file declares a header of ${headerLength} bytes`);
  const header = parseHeader(reader.take(headerLength));
  const content = bytes.subarray(reader.offset);

  const tensors = new Map<string, LazyTensor>();
  const ranges: Range[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = checkMetadata(value);
      continue;
    }
    const { dtype, shape, begin, end } = checkEntry(name, value, content.length);
    ranges.push({ name, begin, end });
    const encoding = { dtype: Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : dtype, littleEndian: true };
    tensors.set(name, denseTensor(content.subarray(begin, end), shape, encoding, budget));
  }
  checkCoverage(ranges, content.length);
  return { tensors, metadata };
}

interface Range {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed("the file's header is not JSON");
  }
  if (!isObject(header)) throw malformed("the file's header is not a JSON object");
  return header;
}

function checkMetadata(value: unknown): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw malformed("the file's metadata are not texts");
}

function checkEntry(name: string, value: unknown, contentLength: number) {
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? (value as Record<string, unknown>) : {};
  if (typeof dtype !== 'string' || !isNumbers(shape) || !isNumbers(offsets) || offsets.length !== 2) {
    throw malformed(`the file's entry '${printable(name)}' is damaged`);
  }
  const [begin, end] = offsets;
  if (![begin, end].every(Number.isSafeInteger) || begin < 0 || end < begin || end > contentLength) {
    throw malformed(`the tensor '${printable(name)}' does not lie inside the file`);
  }
  return { dtype, shape, begin, end };
}

/** Gaps and overlaps would also be what an entry given twice leaves behind. */
function checkCoverage(ranges: Range[], length: number): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== position) throw malformed(`the tensor '${printable(name)}' does not begin where the one before ends`);
    position = end;
  }
  if (position !== length) throw malformed(`the file has ${length - position} bytes that belong to no tensor`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((number) => typeof number === 'number');
}
