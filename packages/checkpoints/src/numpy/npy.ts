import { printable, readNpyHeader } from '@xinc/core/formats';
import type { MemoryBudget } from '../memory-budget.js';
import { unpickle } from '../pickle/unpickle.js';
import { malformed } from '../refusal.js';
import { denseTensor } from '../tensor.js';
import { InertRecord, type PickledValue } from '../value.js';
import { encodingOf } from './descriptor.js';
import { NUMPY_CONSTRUCTORS, pickledObjects } from './pickled.js';

const LAST_CODE_POINT = 0x10ffff;
/** Stands for what is no character. */
const REPLACEMENT = '\ufffd';

/**
 * Reads a `.npy` file, versions 1 to 3, either byte order, C or Fortran order.
 * @returns a tensor; where it is not numbers, the text that it is (a NumPy array without axes), what its pickle holds (an
 *   array of Python objects, a dict), or a text saying what is in it
 */
export function readNpy(bytes: Uint8Array, budget: MemoryBudget): PickledValue {
  const { dtype, fortran, shape, start } = readNpyHeader(bytes, (what) =>
    malformed(`a NumPy array cannot be read: ${what}`),
  );
  const content = bytes.subarray(start);
  const [, order, characters] = /^([<>])U(\d{1,9})$/.exec(dtype) ?? [];
  if (characters !== undefined && shape.length === 0) {
    return readText(content, Number(characters), order === '<', budget);
  }
  if (dtype === '|O') return readObjects(content, budget);
  const encoding = encodingOf(dtype);
  if (!encoding) {
    const elements = dtype === '[' ? 'records' : `dtype ${printable(dtype)}`;
    return `a NumPy array of ${elements}, not read`;
  }
  return denseTensor(content, shape, encoding, budget, fortran ? 'fortran' : 'row-major');
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
