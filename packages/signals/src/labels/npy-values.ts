import { XincError } from '@xinc/core';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { formatExtent } from '../size.js';
import type { LabelValues } from './label-values.js';

/**
 * The label values of a NumPy array [H, W] of any integer type (or bool), either byte order, C or Fortran layout
 * (NumPy's NEP 1 describes the file: magic, version, header length, a Python dict literal, raw elements).
 * @throws XincError `invalid-file` if the file is damaged, the array not two-dimensional, its type not integer or a
 *   value beyond ±4294967295; `unsupported` if outsized.
 */
export function readNpyValues(path: string, bytes: Buffer): LabelValues {
  const { descr, fortran, shape, start } = readHeader(path, bytes);
  const type = /^([<>|=])([bui])([1248])$/.exec(descr);
  if (!type) throw wrong(path, `has elements of type ${descr}, but labels are integers`);
  if (shape.length !== 2) throw wrong(path, `has shape (${shape.join(', ')}), but labels have shape (height, width)`);
  const [height, width] = shape;
  if (!(height >= 1 && width >= 1)) throw wrong(path, 'is empty');
  if (height * width > MAX_FRAME_PIXELS) {
    throw new XincError(
      'unsupported',
      `${path}: ${formatExtent({ height, width })} is more than ${MAX_FRAME_PIXELS / 1e6} megapixels`,
      { subject: path },
    );
  }
  const size = Number(type[3]);
  if (bytes.length - start < height * width * size) throw wrong(path, 'is cut short: elements are missing');
  const read = elementReader(bytes, { bigEndian: type[1] === '>', signed: type[2] === 'i', size });
  let values: Uint32Array | Float64Array = new Uint32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = read(start + size * (fortran ? x * height + y : y * width + x));
      if (Math.abs(value) > 0xffff_ffff) {
        throw wrong(path, `holds ${value}, but labels are whole numbers from 0 to 4294967295`);
      }
      if (value < 0 && values instanceof Uint32Array) values = Float64Array.from(values);
      values[y * width + x] = value;
    }
  }
  return { height, width, values };
}

interface NpyHeader {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly start: number;
}

function readHeader(path: string, bytes: Buffer): NpyHeader {
  const damaged = wrong(path, 'cannot be read: its header is damaged');
  if (bytes.length < 12) throw damaged;
  const [from, length] = bytes[6] === 1 ? [10, bytes.readUInt16LE(8)] : [12, bytes.readUInt32LE(8)];
  if (from + length > bytes.length || length > 65_536) throw damaged;
  const text = bytes.toString('latin1', from, from + length);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (/'descr':\s*\[/.test(text)) throw wrong(path, 'has elements of several fields, but labels are integers');
  if (descr === undefined || order === undefined || shape === undefined) throw damaged;
  const extents = shape.split(',').map((extent) => extent.trim());
  return {
    descr,
    fortran: order === 'True',
    shape: extents.filter((extent) => extent !== '').map(Number),
    start: from + length,
  };
}

/** Reads the element at a byte offset. Eight-byte values beyond 2^53 lose digits, but stay out of range. */
function elementReader(bytes: Buffer, type: { bigEndian: boolean; signed: boolean; size: number }) {
  const { bigEndian, signed, size } = type;
  if (size === 8) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [high, low] = bigEndian ? [0, 4] : [4, 0];
    return (at: number) => {
      const upper = signed ? view.getInt32(at + high, !bigEndian) : view.getUint32(at + high, !bigEndian);
      return upper * 2 ** 32 + view.getUint32(at + low, !bigEndian);
    };
  }
  if (signed) return (at: number) => (bigEndian ? bytes.readIntBE(at, size) : bytes.readIntLE(at, size));
  return (at: number) => (bigEndian ? bytes.readUIntBE(at, size) : bytes.readUIntLE(at, size));
}

function wrong(path: string, problem: string): XincError {
  return new XincError('invalid-file', `${path}: the array ${problem}`, { subject: path });
}
