import { printable } from '@xinc/core/formats';
import { ByteReader } from '../byte-reader.js';
import { elementBytes } from '../dtype.js';
import type { MemoryBudget } from '../memory-budget.js';
import { NUMPY_CONSTRUCTORS } from '../numpy/pickled.js';
import type { Constructors } from '../pickle/constructors.js';
import { unpickleAt } from '../pickle/unpickle.js';
import { malformed } from '../refusal.js';
import { BigInteger, GlobalName, type PickledValue } from '../value.js';
import { TORCH_CONSTRUCTORS } from './constructors.js';
import { storageDtype, TorchStorage } from './storage.js';

/** The first of the pickles in a file of `torch.save` before PyTorch 1.6 is this number. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

export function isLegacyMagic(value: PickledValue): boolean {
  return value instanceof BigInteger && value.value === MAGIC;
}

/**
 * Reads what `torch.save` wrote before PyTorch 1.6, and still does inside plain pickles: pickles one after the other of a
 * magic number, a version, the machine, the object and the keys of its storages; then each storage, a count of
 * elements and the elements.
 * @param start where the pickles begin that follow the magic number
 */
export function readLegacy(bytes: Uint8Array, start: number, budget: MemoryBudget): PickledValue {
  const nothing = { budget, resolve: () => null, constructors: {} };
  const version = unpickleAt(bytes, start, nothing);
  const system = unpickleAt(bytes, version.end, nothing);
  const littleEndian = !(system.value instanceof Map) || system.value.get('little_endian') !== false;
  // Read twice: how long elements are, and so where each storage begins, the object says.
  const dtypes = new Map<string, string>();
  const declared = unpickleAt(bytes, system.end, {
    ...nothing,
    resolve: (id) => {
      const storage = storageId(id);
      if (storage) dtypes.set(storage.key, storage.dtype);
      return null;
    },
  });
  const keys = unpickleAt(bytes, declared.end, nothing);
  const storages = readStorages(new ByteReader(bytes, 'the file', keys.end), keys.value, dtypes, littleEndian);
  const resolve = (id: PickledValue): PickledValue => {
    // A class whose source was saved with it: ('module', class, file, source).
    if (Array.isArray(id) && id[0] === 'module' && id.length > 1) return id[1];
    const storage = storageId(id);
    const found = storage && storages.get(storage.key);
    if (!found) throw malformed('the pickle refers to something outside it that is not a storage');
    return storage.view ? found.part(...storage.view) : found;
  };
  const constructors = { ...NUMPY_CONSTRUCTORS, ...TORCH_CONSTRUCTORS };
  return unpickleAt(bytes, system.end, { budget, resolve, constructors }).value;
}

/** `_load_from_bytes(bytes)`: how a storage lies in a plain pickle, as a file of `torch.save` in bytes. */
export const STORAGE_IN_BYTES: Constructors = {
  'torch.storage._load_from_bytes': ([content], budget) => {
    if (!(content instanceof Uint8Array)) return undefined;
    const magic = unpickleAt(content, 0, { budget, resolve: () => null, constructors: {} });
    return isLegacyMagic(magic.value) ? readLegacy(content, magic.end, budget) : undefined;
  },
};

interface StorageId {
  readonly key: string;
  readonly dtype: string;
  /** The first element and the number of elements of a part of a storage. */
  readonly view: readonly [number, number] | undefined;
}

/** The id is `('storage', type, key, device, elements, None or (key, offset, elements))`. */
function storageId(id: PickledValue): StorageId | undefined {
  const [tag, type, key, , , part] = Array.isArray(id) ? id : [];
  if (tag !== 'storage' || !(type instanceof GlobalName) || typeof key !== 'string') return undefined;
  const [, offset, elements] = Array.isArray(part) ? part : [];
  const view = typeof offset === 'number' && typeof elements === 'number' ? ([offset, elements] as const) : undefined;
  return { key, dtype: storageDtype(type.path), view };
}

function readStorages(
  reader: ByteReader,
  keys: PickledValue,
  dtypes: ReadonlyMap<string, string>,
  littleEndian: boolean,
): Map<string, TorchStorage> {
  const storages = new Map<string, TorchStorage>();
  if (!Array.isArray(keys)) throw malformed('the file does not list its storages');
  for (const key of keys) {
    const dtype = typeof key === 'string' ? dtypes.get(key) : undefined;
    const width = dtype === undefined ? undefined : elementBytes(dtype);
    if (typeof key !== 'string' || dtype === undefined || width === undefined) {
      throw malformed(`the file holds a storage of unknown elements, '${printable(String(dtype ?? key))}'`);
    }
    storages.set(key, new TorchStorage(reader.take(reader.u64() * width), dtype, littleEndian));
  }
  if (reader.offset !== reader.bytes.length) throw malformed('the file has bytes that belong to no storage');
  return storages;
}
