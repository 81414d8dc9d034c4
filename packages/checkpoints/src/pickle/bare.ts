import { latin1Text } from '../latin1.js';
import type { MemoryBudget } from '../memory-budget.js';
import { NUMPY_CONSTRUCTORS } from '../numpy/pickled.js';
import { malformed } from '../refusal.js';
import { TORCH_CONSTRUCTORS } from '../torch/constructors.js';
import { isLegacyMagic, readLegacy, STORAGE_IN_BYTES } from '../torch/legacy.js';
import type { PickledValue } from '../value.js';
import { unpickleAt } from './unpickle.js';

/**
 * Whether a file may be a pickle and nothing else: protocols 2 to 5 begin with their number, those before with an empty
 * or marked container or the name of a class; all end with a stop.
 */
export function isBarePickle(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x80) return bytes[1] >= 2 && bytes[1] <= 5;
  return (
    /^(\((d|l|i|t|c|V|S)|[}\])]q|c\w[\w.]*\n\w+\n)/.test(latin1Text(bytes.subarray(0, 80))) && bytes.at(-1) === STOP
  );
}

const STOP = '.'.charCodeAt(0);

/** Reads a plain pickle: of `pickle.dump` (NumPy arrays, PyTorch tensors), or of `torch.save` before PyTorch 1.6. */
export function readBarePickle(
  bytes: Uint8Array,
  budget: MemoryBudget,
): { readonly format: 'pickle' | 'pytorch'; readonly content: PickledValue } {
  const constructors = { ...NUMPY_CONSTRUCTORS, ...TORCH_CONSTRUCTORS, ...STORAGE_IN_BYTES };
  const resolve = () => {
    throw malformed('the pickle refers to something outside it');
  };
  const { value, end } = unpickleAt(bytes, 0, { budget, resolve, constructors });
  if (isLegacyMagic(value)) return { format: 'pytorch', content: readLegacy(bytes, end, budget) };
  if (end !== bytes.length) {
    throw malformed(
      `the pickle ends ${bytes.length - end} bytes before the file does`,
      'In Python, save one dict of arrays with numpy.savez(path, **arrays).',
    );
  }
  return { format: 'pickle', content: value };
}
