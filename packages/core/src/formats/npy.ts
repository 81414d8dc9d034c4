import { XincError } from '../errors.js';
import { formatShape, type Shape, sizeOf } from '../ndarray.js';

/** Arrays as NumPy's `.npy` files, version 1.0: little-endian, C order. */
const DTYPES = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<u2': Uint16Array,
  '|u1': Uint8Array,
} as const;

type Dtype = keyof typeof DTYPES;
export type NpyValues = Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

export interface NpyArray {
  readonly shape: Shape;
  readonly data: NpyValues;
}

const MAGIC = '\x93NUMPY';
const PREAMBLE = MAGIC.length + 4;

/**
 * An array, or a text, which NumPy has as an array without axes: `str(array)`.
 * @throws XincError `shape` if `data` does not hold exactly the elements of `shape`.
 */
export function encodeNpy(content: NpyArray | string): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') {
    // Code points in UTF-32; a text takes one at least.
    const points = Uint32Array.from(content === '' ? '\0' : content, (character) => character.codePointAt(0)!);
    return npyFile(`<U${points.length}`, [], points);
  }
  const { shape, data } = content;
  if (data.length !== sizeOf(shape)) {
    throw new XincError('shape', `An array of shape ${formatShape(shape)} does not have ${data.length} elements`);
  }
  return npyFile((Object.keys(DTYPES) as Dtype[]).find((name) => data instanceof DTYPES[name])!, shape, data);
}

/** What a file of float32 begins with; its elements follow, little-endian and in C order. */
export function npyHeader(shape: Shape): Uint8Array<ArrayBuffer> {
  return headerOf('<f4', shape);
}

function npyFile(dtype: string, shape: Shape, data: NpyValues): Uint8Array<ArrayBuffer> {
  const header = headerOf(dtype, shape);
  const bytes = new Uint8Array(header.length + data.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header.length);
  return bytes;
}

function headerOf(dtype: string, shape: Shape): Uint8Array<ArrayBuffer> {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${extents}), }`;
  const length = 64 * Math.ceil((PREAMBLE + dictionary.length + 1) / 64);
  const header = `${dictionary.padEnd(length - PREAMBLE - 1)}\n`;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), PREAMBLE);
  return bytes;
}

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** NumPy's name of the element type (`<f4`, `>U5`); `[` for records of several fields. */
  readonly dtype: string;
  /** Whether the first axis varies fastest: Fortran order. */
  readonly fortran: boolean;
  readonly shape: Shape;
  /** Where the elements begin, in bytes. */
  readonly start: number;
}

/** Bytes of a header that are read at most; NumPy's own have 118. */
const LONGEST_HEADER = 0xffff;

/** Whether a file begins as a `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/**
 * The header of a `.npy` file of version 1 to 3 (NumPy's NEP 1: magic, version, header length, a Python dict literal, raw elements).
 * Nothing of it is believed: its shape may be any numbers, and the elements may be missing.
 * @param refuse makes the error that is thrown, of words that follow what the file is called
 */
export function readNpyHeader(bytes: Uint8Array, refuse: (what: string) => Error): NpyHeader {
  if (!isNpy(bytes)) throw refuse('no .npy header');
  if (bytes.length < PREAMBLE + 2) throw refuse('it ends inside its header');
  const version = bytes[MAGIC.length];
  if (version < 1 || version > 3) throw refuse(`its version ${version} is not known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [from, length] = version === 1 ? [PREAMBLE, view.getUint16(8, true)] : [PREAMBLE + 2, view.getUint32(8, true)];
  if (length > LONGEST_HEADER) throw refuse(`its header has ${length} bytes`);
  const start = from + length;
  if (start > bytes.length) throw refuse('it ends inside its header');
  // Only the header's ASCII is looked at. It is Latin-1 before version 3, which no TextDecoder decodes the same everywhere.
  const header = new TextDecoder().decode(bytes.subarray(from, start));
  const [, quoted, records] = /'descr':\s*(?:'([^']*)'|(\[))/.exec(header) ?? [];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const extents = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const dtype = quoted ?? records;
  if (dtype === undefined || order === undefined || extents === undefined) throw refuse('its header is damaged');
  const shape = extents.split(',').flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent)]));
  return { dtype, fortran: order === 'True', shape, start };
}

/**
 * Reads what `encodeNpy` writes, and version 1 to 3 files of those element types by others.
 * @param name what to call the file in messages
 * @throws XincError `invalid-file` for anything else, before memory is taken for the elements.
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (what: string) =>
    new XincError('invalid-file', `${name} is not a NumPy array that can be read: ${what}`, { subject: name });
  const { dtype, fortran, shape, start } = readNpyHeader(bytes, refuse);
  if (fortran) throw refuse('it is in Fortran order');
  const Values = DTYPES[(dtype === '<u1' ? '|u1' : dtype) as Dtype];
  if (!Values) throw refuse(`its elements are ${dtype}; ${Object.keys(DTYPES).join(', ')} can be read`);
  const size = sizeOf(shape) * Values.BYTES_PER_ELEMENT;
  if (bytes.length - start !== size) {
    throw refuse(`shape ${formatShape(shape)} takes ${size} bytes and ${bytes.length - start} are there`);
  }
  // Copied, since the elements may not lie at a multiple of their size, and a Buffer's slice shares its memory.
  return { shape, data: new Values(new Uint8Array(bytes.subarray(start)).buffer) };
}
