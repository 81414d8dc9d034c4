import { latin1Text } from '../latin1.js';
import type { MemoryBudget } from '../memory-budget.js';
import { unpickle } from '../pickle/unpickle.js';
import { printable } from '../printable.js';
import { malformed } from '../refusal.js';
import { denseTensor } from '../tensor.js';
import { InertRecord, type PickledValue } from '../value.js';
import { encodingOf } from './descriptor.js';
import { NUMPY_CONSTRUCTORS, pickledObjects } from './pickled.js';

/** `\x93NUMPY`. */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
const LONGEST_HEADER = 0xffff;
const LAST_CODE_POINT = 0x10ffff;
/** Stands for what is no character. */
const REPLACEMENT = '\ufffd';

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a `.npy` file, versions 1 to 3, either byte order, C or Fortran order.
 * @returns a tensor; where it is not numbers, the text that it is (a NumPy array without axes), what its pickle holds (an
 *   array of Python objects, a dict), or a text saying what is in it
 */
export function readNpy(bytes: Uint8Array, budget: MemoryBudget): PickledValue {
  const { text, end } = header(bytes);
  const descriptor = /'descr':\s*('[^']*'|\[)/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const extents = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descriptor === undefined || fortran === undefined || extents === undefined) {
    throw malformed('the header of a NumPy array is damaged');
  }
  const [, order, characters] = /^'([<>])U(\d{1,9})'$/.exec(descriptor) ?? [];
  if (characters !== undefined && extents.trim() === '') {
    return readText(bytes.subarray(end), Number(characters), order === '<', budget);
  }
  if (descriptor === "'|O'") return readObjects(bytes.subarray(end), budget);
  const encoding = encodingOf(descriptor.slice(1, -1));
  if (!encoding) {
    const elements = descriptor === '[' ? 'records' : `dtype ${printable(descriptor.slice(1, -1))}`;
    return `a NumPy array of ${elements}, not read`;
  }
  const shape = extents.split(',').flatMap((extent) => (extent.trim() === '' ? [] : [Number(extent)]));
  return denseTensor(bytes.subarray(end), shape, encoding, budget, fortran === 'True' ? 'fortran' : 'row-major');
}

function readObjects(bytes: Uint8Array, budget: MemoryBudget): PickledValue {
  const resolve = () => {
    throw malformed('the pickle of a NumPy array refers to something outside it');
  };
  const array = unpickle(bytes, { budget, resolve, constructors: NUMPY_CONSTRUCTORS });
  const objects = array instanceof InertRecord ? pickledObjects(array) : undefined;
  return objects ? objects.content : array;
}

/** Code points in UTF-32, zeros at the end left out. */
function readText(bytes: Uint8Array, characters: number, littleEndian: boolean, budget: MemoryBudget): string {
  if (bytes.length !== 4 * characters) {
    throw malformed(
      `a NumPy array that is a text of ${characters} characters takes ${4 * characters} bytes and ${bytes.length} are there`,
    );
  }
  budget.spend(4 * characters, `a text of ${characters} characters`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let i = 0; i < characters; i++) {
    const point = view.getUint32(4 * i, littleEndian);
    text += point > LAST_CODE_POINT ? REPLACEMENT : String.fromCodePoint(point);
  }
  return text.replace(/\0+$/, '');
}

function header(bytes: Uint8Array): { text: string; end: number } {
  const cutShort = () => malformed('a NumPy array ends inside its header');
  if (!isNpy(bytes)) throw malformed('a NumPy array does not begin as one');
  if (bytes.length < 12) throw cutShort();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw malformed(`a NumPy array is of the unknown version ${version}`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) throw malformed(`a NumPy array has a header of ${length} bytes`);
  const end = start + length;
  if (end > bytes.length) throw cutShort();
  return { text: latin1Text(bytes.subarray(start, end)), end };
}
