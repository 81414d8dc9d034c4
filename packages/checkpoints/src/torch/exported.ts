import { printable } from '@xinc/core/formats';
import type { MemoryBudget } from '../memory-budget.js';
import { malformed } from '../refusal.js';
import { LazyTensor, stridedTensor, unreadableTensor } from '../tensor.js';
import type { PickledValue } from '../value.js';
import { readDirectory, type ZipEntry } from '../zip/directory.js';
import { readEntry } from '../zip/entry.js';
import { byteOrder, readTorchArchive } from './archive.js';

/** `data/weights/<model>_weights_config.json` and `data/constants/<model>_constants_config.json`, from PyTorch 2.8 on. */
const CONFIG = /^(.*\/)?data\/(weights|constants)\/([^/]+)_(weights|constants)_config\.json$/;
/** Before, whole archives of `torch.save` under these names. */
const STATE_DICT = /^(.*\/)?serialized_(state_dict|constants)\.(json|pt)$/;

/** PyTorch's numbers of dtypes (`torch._export.serde.schema.ScalarType`). */
const DTYPES: Readonly<Record<number, string>> = {
  1: 'uint8',
  2: 'int8',
  3: 'int16',
  4: 'int32',
  5: 'int64',
  6: 'float16',
  7: 'float32',
  8: 'float64',
  9: 'complex32',
  10: 'complex64',
  11: 'complex128',
  12: 'bool',
  13: 'bfloat16',
  28: 'uint16',
  29: 'float8_e4m3fn',
  30: 'float8_e5m2',
  31: 'float8_e4m3fnuz',
  32: 'float8_e5m2fnuz',
  33: 'float8_e8m0fnu',
  34: 'uint32',
  35: 'uint64',
};

/** Whether a zip archive is one of `torch.export.save`. */
export function isExportedProgram(entries: ReadonlyMap<string, ZipEntry>): boolean {
  return [...entries.keys()].some((name) => CONFIG.test(name) || STATE_DICT.test(name));
}

/** The weights, buffers and constants of an exported program, by their names in it. The program itself is not looked at. */
export function readExportedProgram(
  archive: Uint8Array,
  entries: ReadonlyMap<string, ZipEntry>,
  budget: MemoryBudget,
): PickledValue {
  const tensors = new Map<PickledValue, PickledValue>();
  const models = new Set(
    [...entries.keys()].map((name) => CONFIG.exec(name)?.[3]).filter((model) => model !== undefined),
  );
  for (const [name, entry] of entries) {
    const [, folder = '', group, model] = CONFIG.exec(name) ?? [];
    if (model !== undefined) {
      const prefix = models.size > 1 ? `${model}.` : '';
      const context = {
        archive,
        entries,
        folder: `${folder}data/${group}/`,
        littleEndian: isLittleEndian(archive, entries, folder, budget),
        budget,
      };
      for (const [key, tensor] of configured(readEntry(archive, entry, budget), context))
        tensors.set(prefix + key, tensor);
    } else if (STATE_DICT.test(name)) {
      const content = readEntry(archive, entry, budget);
      const saved = content.length > 0 ? readTorchArchive(content, readDirectory(content), budget) : null;
      if (saved instanceof Map) for (const [key, value] of saved) tensors.set(key, value);
    }
  }
  return tensors;
}

function isLittleEndian(
  archive: Uint8Array,
  entries: ReadonlyMap<string, ZipEntry>,
  folder: string,
  budget: MemoryBudget,
): boolean {
  const entry = entries.get(`${folder}byteorder`);
  return byteOrder(entry && readEntry(archive, entry, budget)) === 'little';
}

interface ConfigContext {
  readonly archive: Uint8Array;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** What precedes the names of files in the configuration. */
  readonly folder: string;
  readonly littleEndian: boolean;
  readonly budget: MemoryBudget;
}

function* configured(
  json: Uint8Array,
  context: ConfigContext,
): Iterable<readonly [name: string, tensor: PickledValue]> {
  let config: unknown;
  try {
    config = JSON.parse(new TextDecoder().decode(json)).config;
  } catch {
    throw malformed("the exported program's list of weights is not JSON");
  }
  if (typeof config !== 'object' || config === null)
    throw malformed("the exported program's list of weights is damaged");
  const contents = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(config)) {
    const tensor = readWeight(name, value, contents, context);
    if (tensor) yield [name, tensor];
  }
}

/** `undefined` for what is no tensor: a constant object. */
function readWeight(
  name: string,
  value: unknown,
  contents: Map<string, Uint8Array>,
  { archive, entries, folder, littleEndian, budget }: ConfigContext,
): LazyTensor | undefined {
  const { path_name: file, use_pickle: pickled, tensor_meta: meta } = fields(value);
  if (typeof file !== 'string') throw malformed(`the exported program's weight '${printable(name)}' is damaged`);
  if (meta === null || meta === undefined) return undefined;
  const path = folder + file;
  let bytes = contents.get(path);
  if (!bytes) {
    const entry = entries.get(path);
    if (!entry) throw malformed(`the archive lacks the file of the weight '${printable(name)}'`);
    bytes = readEntry(archive, entry, budget);
    contents.set(path, bytes);
  }
  if (pickled === true) {
    const saved = readTorchArchive(bytes, readDirectory(bytes), budget);
    return saved instanceof LazyTensor ? saved : undefined;
  }
  const { dtype, sizes, strides, storage_offset: offset } = fields(meta);
  const [shape, steps, start] = [numbers(sizes), numbers(strides), numbers([offset])];
  if (typeof dtype !== 'number' || !shape || !steps || !start) {
    // Sizes that are symbols stand for what a program is given.
    return unreadableTensor(
      [],
      String(dtype),
      'In Python, save the weights with torch.save(program.state_dict, path).',
    );
  }
  const known = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : `dtype ${dtype}`;
  return stridedTensor(bytes, { shape, strides: steps, offset: start[0] }, { dtype: known, littleEndian }, budget);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** `[{as_int: 32}, {as_int: 48}]` → [32, 48]. */
function numbers(value: unknown): number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const counts = value.map((entry) => fields(entry).as_int);
  return counts.every((count) => typeof count === 'number') ? (counts as number[]) : undefined;
}
