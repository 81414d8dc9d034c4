import { printable } from '@xinc/core/formats';
import { elementBytes } from '../dtype.js';
import type { MemoryBudget } from '../memory-budget.js';
import { NUMPY_CONSTRUCTORS } from '../numpy/pickled.js';
import { unpickle } from '../pickle/unpickle.js';
import { malformed } from '../refusal.js';
import { LazyTensor } from '../tensor.js';
import { GlobalName, InertRecord, type PickledValue } from '../value.js';
import type { ZipEntry } from '../zip/directory.js';
import { readEntry } from '../zip/entry.js';
import { TORCH_CONSTRUCTORS } from './constructors.js';
import { storageDtype, TorchStorage } from './storage.js';

const PICKLE = 'data.pkl';
const CONSTANTS = 'constants.pkl';

/** Whether a zip archive is one of `torch.save`: a folder that holds a `data.pkl`. */
export function isTorchArchive(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return pickleNames(entries).length > 0;
}

/** Whether it is one of `torch.jit.save`, whose classes are programs. */
export function isTorchScript(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return [...entries.keys()].some((name) => /^([^/]+\/)?constants\.pkl$/.test(name));
}

/**
 * Reads what `torch.save` has written since PyTorch 1.6: `<name>/data.pkl`, whose persistent ids are the storages
 * `<name>/data/<key>`, and `<name>/byteorder` where it is not little-endian.
 */
export function readTorchArchive(
  archive: Uint8Array,
  entries: ReadonlyMap<string, ZipEntry>,
  budget: MemoryBudget,
): PickledValue {
  const names = pickleNames(entries);
  if (names.length > 1) throw malformed(`the archive holds ${names.length} pickles named ${PICKLE}`);
  const folder = names[0].slice(0, -PICKLE.length);
  const content = readPickle({ archive, entries, folder, budget }, PICKLE, 'data');
  if (!entries.has(folder + CONSTANTS)) return content;
  return withConstants(content, readPickle({ archive, entries, folder, budget }, CONSTANTS, 'constants'));
}

/**
 * The tensors that a TorchScript program has written into its code, under `constants` beside the module's own: what tracing met that was
 * no parameter, such as frequencies, or all weights of a frozen program.
 */
function withConstants(content: PickledValue, constants: PickledValue): PickledValue {
  const state = content instanceof InertRecord && content.state instanceof Map ? content.state : undefined;
  if (!state || !Array.isArray(constants) || !constants.some((value) => value instanceof LazyTensor)) return content;
  if (!state.has('constants')) state.set('constants', constants);
  return content;
}

interface Archive {
  readonly archive: Uint8Array;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** What the names of all its files begin with. */
  readonly folder: string;
  readonly budget: MemoryBudget;
}

/** A pickle of an archive, whose storages are the files of another folder. */
function readPickle({ archive, entries, folder, budget }: Archive, pickle: string, data: string): PickledValue {
  const content = (name: string): Uint8Array | undefined => {
    const entry = entries.get(folder + name);
    return entry && readEntry(archive, entry, budget);
  };
  const littleEndian = byteOrder(content('byteorder')) === 'little';
  const storages = new Map<string, Uint8Array>();

  const storageBytes = (key: string): Uint8Array => {
    let bytes = storages.get(key);
    if (!bytes) {
      bytes = content(`${data}/${key}`);
      if (!bytes) throw malformed(`the archive lacks the storage '${data}/${printable(key)}' that a tensor needs`);
      storages.set(key, bytes);
    }
    return bytes;
  };

  /** The id is `('storage', type, key, device, elements)`. */
  const resolve = (id: PickledValue): PickledValue => {
    const [tag, type, key, , elements] = Array.isArray(id) ? id : [];
    if (
      tag !== 'storage' ||
      !(type instanceof GlobalName) ||
      typeof key !== 'string' ||
      typeof elements !== 'number' ||
      !(elements >= 0)
    ) {
      throw malformed('the pickle refers to something outside it that is not a storage');
    }
    const dtype = storageDtype(type.path);
    const bytes = storageBytes(key);
    const size = elements * (elementBytes(dtype) ?? 0);
    if (size > bytes.length) {
      throw malformed(`the storage '${data}/${printable(key)}' declares ${size} bytes and has ${bytes.length}`);
    }
    return new TorchStorage(elementBytes(dtype) === undefined ? bytes : bytes.subarray(0, size), dtype, littleEndian);
  };

  return unpickle(content(pickle)!, {
    budget,
    resolve,
    constructors: { ...NUMPY_CONSTRUCTORS, ...TORCH_CONSTRUCTORS },
  });
}

function pickleNames(entries: ReadonlyMap<string, ZipEntry>): string[] {
  return [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name) || name === PICKLE);
}

/** What a file `byteorder` says; little where there is none. */
export function byteOrder(content: Uint8Array | undefined): 'little' | 'big' {
  const order = content === undefined ? 'little' : new TextDecoder().decode(content.subarray(0, 16)).trim();
  if (order === 'little' || order === 'big') return order;
  throw malformed(`the archive's byte order is '${printable(order)}', neither little nor big`);
}
