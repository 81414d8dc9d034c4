import { printable } from '@xinc/core/formats';
import { ByteReader } from '../byte-reader.js';
import { elementBytes } from '../dtype.js';
import type { MemoryBudget } from '../memory-budget.js';
import { NUMPY_CONSTRUCTORS } from '../numpy/pickled.js';
import { type UnpickleContext, unpickle, unpickleAt } from '../pickle/unpickle.js';
import { malformed, unsupported } from '../refusal.js';
import { readTarMembers } from '../tar/members.js';
import { type LazyTensor, stridedTensor } from '../tensor.js';
import { BigInteger, GlobalName, type PickledValue } from '../value.js';
import { TORCH_CONSTRUCTORS } from './constructors.js';
import { storageDtype, TorchStorage } from './storage.js';

/** The most axes that PyTorch gives a tensor. */
const MOST_AXES = 64;

/**
 * Reads what `torch.save` wrote before PyTorch 0.1.10 (March 2017), a tar archive of four files: `sys_info`, `storages` and
 * `tensors`, in each of which pickles of keys stand between raw numbers, and `pickle`, whose persistent ids are those keys.
 */
export function readTorchTar(bytes: Uint8Array, budget: MemoryBudget): PickledValue {
  const members = readTarMembers(bytes);
  const [system, storages, tensors, objects] = ['sys_info', 'storages', 'tensors', 'pickle'].map((name) =>
    members.get(name),
  );
  if (!storages || !tensors || !objects) {
    throw malformed(
      'the tar archive is none of torch.save',
      'Give the checkpoint itself, not an archive that contains it.',
    );
  }
  const keysOnly = { budget, resolve: () => null, constructors: {} };
  const machine = system && unpickle(system, keysOnly);
  if (machine instanceof Map && machine.get('little_endian') === false) {
    throw unsupported(
      'the tar archive was written by a computer whose numbers begin with their highest byte',
      'On such a computer, save it again in Python: torch.save(torch.load(path, weights_only=False), path).',
    );
  }
  const known = new Map<string, TorchStorage | LazyTensor>();
  readStorages(new Pickles(storages, 'storages', keysOnly), known);
  readTensors(new Pickles(tensors, 'tensors', keysOnly), known, budget);
  const resolve = (id: PickledValue): PickledValue => {
    // A class whose source was saved with it: (class, file, source).
    if (Array.isArray(id) && id.length > 0) return id[0];
    const found = known.get(keyOf(id));
    if (found === undefined) throw malformed('the pickle refers to a tensor that the tar archive does not hold');
    return found;
  };
  return unpickle(objects, { budget, resolve, constructors: { ...NUMPY_CONSTRUCTORS, ...TORCH_CONSTRUCTORS } });
}

/** Pickles one after the other, with raw numbers between them. */
class Pickles {
  readonly raw: ByteReader;

  constructor(
    readonly bytes: Uint8Array,
    readonly name: string,
    readonly context: UnpickleContext,
  ) {
    this.raw = new ByteReader(bytes, `the tar archive's '${name}'`);
  }

  next(): PickledValue {
    const { value, end } = unpickleAt(this.bytes, this.raw.offset, this.context);
    this.raw.offset = end;
    return value;
  }

  list(): PickledValue[] {
    const value = this.next();
    if (!Array.isArray(value)) throw this.wrong();
    return value;
  }

  count(): number {
    const value = this.next();
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.wrong();
    return value;
  }

  end(): void {
    if (this.raw.offset !== this.bytes.length) throw this.wrong();
  }

  wrong(): Error {
    return malformed(`the tar archive's '${this.name}' is not what torch.save writes`);
  }
}

/** A count; for each, (key, device, type), a count of elements and these; at last a list of (key, root, first, elements). */
function readStorages(pickles: Pickles, known: Map<string, TorchStorage | LazyTensor>): void {
  for (let left = pickles.count(); left > 0; left--) {
    const [key, , type] = pickles.list();
    const dtype = type instanceof GlobalName ? storageDtype(type.path) : undefined;
    const width = dtype === undefined ? undefined : elementBytes(dtype);
    if (dtype === undefined || width === undefined) {
      throw malformed(`the tar archive holds a storage of unknown elements, '${printable(String(dtype))}'`);
    }
    known.set(keyOf(key), new TorchStorage(pickles.raw.take(pickles.raw.u64() * width), dtype, true));
  }
  for (const view of pickles.list()) {
    const [key, root, first, elements] = Array.isArray(view) ? view : [];
    const whole = known.get(keyOf(root));
    if (!(whole instanceof TorchStorage) || typeof first !== 'number' || typeof elements !== 'number') {
      throw pickles.wrong();
    }
    known.set(keyOf(key), whole.part(first, elements));
  }
  pickles.end();
}

/** A count; for each, (key, storage, type), the number of axes in eight bytes, extents, strides and the first element. */
function readTensors(pickles: Pickles, known: Map<string, TorchStorage | LazyTensor>, budget: MemoryBudget): void {
  const { raw } = pickles;
  for (let left = pickles.count(); left > 0; left--) {
    const [key, storageKey] = pickles.list();
    const axes = raw.i32();
    // Eight bytes in the file, of which PyTorch reads four.
    raw.take(4);
    if (!(axes >= 0 && axes <= MOST_AXES)) throw malformed(`the tar archive holds a tensor of ${axes} axes`);
    const [shape, strides] = [0, 1].map(() => Array.from({ length: axes }, () => raw.u64()));
    const offset = raw.u64();
    // A tensor without elements may have no storage.
    const storage =
      storageKey === null ? new TorchStorage(new Uint8Array(), 'float32', true) : known.get(keyOf(storageKey));
    if (!(storage instanceof TorchStorage)) throw pickles.wrong();
    const empty = axes === 0 && storage.bytes.length === 0;
    const layout = empty ? { shape: [0], strides: [1], offset: 0 } : { shape, strides, offset };
    known.set(keyOf(key), stridedTensor(storage.bytes, layout, { dtype: storage.dtype, littleEndian: true }, budget));
  }
  pickles.end();
}

/** Keys are addresses, as numbers in one place and as their digits in another. */
function keyOf(value: PickledValue | undefined): string {
  if (typeof value === 'string' || typeof value === 'number' || value instanceof BigInteger) return String(value);
  throw malformed('the tar archive holds a key that is no number');
}
