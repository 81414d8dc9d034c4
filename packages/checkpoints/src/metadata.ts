import type { MetadataValue } from './checkpoint.js';
import { isPickledArray, pickledObjects } from './numpy/pickled.js';
import { LazyTensor } from './tensor.js';
import { TorchStorage } from './torch/storage.js';
import { BigInteger, GlobalName, InertRecord, type PickledValue } from './value.js';

const DEEPEST = 24;
const MOST_VALUES = 100_000;
const LONGEST_TEXT = 10_000;
/** Characters of all texts together: one text may have a hundred thousand names. */
const MOST_CHARACTERS = 4_000_000;
const CUT = '…';

/**
 * What a pickle holds besides tensors, as bounded plain JSON (see {@link MetadataValue}). Containers that held nothing
 * but tensors are left out with them.
 */
export function metadataOf(root: PickledValue): { [key: string]: MetadataValue } {
  let values = 0;
  let characters = 0;

  const cut = (text: string): string => {
    const kept = Math.max(0, Math.min(LONGEST_TEXT, MOST_CHARACTERS - characters));
    characters += Math.min(text.length, kept);
    return text.length > kept ? text.slice(0, kept) + CUT : text;
  };

  const keyText = (key: PickledValue): string => {
    if (key instanceof BigInteger) return cut(String(key));
    if (typeof key === 'object' && key !== null) return key instanceof GlobalName ? cut(key.path) : CUT;
    return cut(String(key));
  };

  /** `undefined` for what is left out. */
  const describe = (value: PickledValue, depth: number): MetadataValue | undefined => {
    if (++values > MOST_VALUES) return CUT;
    if (value instanceof LazyTensor || value instanceof TorchStorage) return undefined;
    switch (typeof value) {
      case 'string':
        return cut(value);
      case 'number':
      case 'boolean':
        return value;
    }
    if (value === null) return null;
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    if (value instanceof GlobalName) return cut(value.path);
    if (value instanceof BigInteger) return cut(String(value));
    if (depth >= DEEPEST) return CUT;
    if (value instanceof InertRecord) return isPickledArray(value) ? undefined : describeRecord(value, depth);
    return value instanceof Map ? describeDict(value, depth) : describeList(value, depth);
  };

  const describeDict = (dict: ReadonlyMap<PickledValue, PickledValue>, depth: number): MetadataValue | undefined => {
    const entries: [string, MetadataValue][] = [];
    for (const [key, entry] of dict) {
      if (values > MOST_VALUES) break;
      const described = describe(entry, depth + 1);
      if (described !== undefined) entries.push([keyText(key), described]);
    }
    return dict.size > 0 && entries.length === 0 ? undefined : Object.fromEntries(entries);
  };

  const describeList = (list: Iterable<PickledValue>, depth: number): MetadataValue | undefined => {
    const described: MetadataValue[] = [];
    let omitted = false;
    for (const element of list) {
      if (values > MOST_VALUES) break;
      const text = describe(element, depth + 1);
      if (text === undefined) omitted = true;
      else described.push(text);
    }
    return omitted && described.length === 0 ? undefined : described;
  };

  const describeRecord = (record: InertRecord, depth: number): MetadataValue | undefined => {
    const objects = pickledObjects(record);
    if (objects) return describe(objects.content, depth + 1);
    const contained = omegaconfContent(record);
    if (contained !== undefined) return describe(contained, depth + 1);
    const parts: Record<string, MetadataValue | undefined> = {
      args: record.args.length > 0 ? describeList(record.args, depth + 1) : undefined,
      state: record.state === null ? undefined : describe(record.state, depth + 1),
      items: record.items.size > 0 ? describeDict(record.items, depth + 1) : undefined,
      elements: record.elements.length > 0 ? describeList(record.elements, depth + 1) : undefined,
    };
    const described = Object.entries(parts).filter((part): part is [string, MetadataValue] => part[1] !== undefined);
    return Object.fromEntries([['type', cut(record.type)], ...described]);
  };

  const described = describe(root, 0);
  if (described === undefined) return {};
  const isObject = typeof described === 'object' && described !== null && !Array.isArray(described);
  return isObject ? (described as { [key: string]: MetadataValue }) : { value: described };
}

/** Lightning keeps hyper-parameters as OmegaConf containers and nodes, whose state is mostly about themselves. */
function omegaconfContent({ type, state }: InertRecord): PickledValue | undefined {
  if (!type.startsWith('omegaconf.') || !(state instanceof Map)) return undefined;
  return state.get('_content') ?? state.get('_val');
}
