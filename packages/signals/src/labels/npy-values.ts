import { XincError } from '@xinc/core';
import { readNpyHeader } from '@xinc/core/formats';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { formatExtent } from '../size.js';
import type { LabelValues } from './label-values.js';

/**
 * The label values of a NumPy array [H, W] of any integer type (or bool), either byte order, C or Fortran layout.
 * @throws XincError `invalid-file` if the file is damaged, the array not two-dimensional, its type not integer or a
 *   value beyond ±4294967295; `unsupported` if outsized.
 */
export function readNpyValues(path: string, bytes: Buffer): LabelValues {
  const { dtype, fortran, shape, start } = readNpyHeader(bytes, (what) => wrong(path, `cannot be read: ${what}`));
  const type = /^([<>|=])([bui])([1248])$/.exec(dtype);
  if (!type) {
    const elements = dtype === '[' ? 'elements of several fields' : `elements of type ${dtype}`;
    throw wrong(path, `has ${elements}, but labels are integers`);
  }
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
