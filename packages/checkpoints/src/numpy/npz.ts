import type { MemoryBudget } from '../memory-budget.js';
import type { PickledValue } from '../value.js';
import type { ZipEntry } from '../zip/directory.js';
import { readEntry } from '../zip/entry.js';
import { readNpy } from './npy.js';

const EXTENSION = '.npy';

/** Whether a zip archive is one of `numpy.savez`. */
export function isNpz(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return [...entries.keys()].some((name) => name.endsWith(EXTENSION));
}

/** The arrays of an `.npz`, by the names they were saved under; texts as they are, what else is not numbers described by one. */
export function readNpz(
  archive: Uint8Array,
  entries: ReadonlyMap<string, ZipEntry>,
  budget: MemoryBudget,
): Map<PickledValue, PickledValue> {
  const arrays = new Map<PickledValue, PickledValue>();
  for (const [name, entry] of entries) {
    if (!name.endsWith(EXTENSION)) continue;
    arrays.set(name.slice(0, -EXTENSION.length), readNpy(readEntry(archive, entry, budget), budget));
  }
  return arrays;
}
