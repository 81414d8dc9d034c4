import { formatShape, sizeOf } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { MemoryBudget } from '../memory-budget.js';
import { unpickle } from '../pickle/unpickle.js';
import { malformed, unsupported } from '../refusal.js';
import { computedTensor, LazyTensor } from '../tensor.js';
import { InertRecord, type PickledValue } from '../value.js';
import { readDirectory } from '../zip/directory.js';
import { isTorchArchive, readTorchArchive } from './archive.js';
import { TORCH_CONSTRUCTORS } from './constructors.js';

/** The file of a folder of `torch.distributed.checkpoint` that says what lies where. */
export const DISTRIBUTED_METADATA = '.metadata';

/** Whether a pickle is what lies in a `.metadata`. */
export function isDistributedIndex(value: PickledValue): boolean {
  return value instanceof InertRecord && value.type === 'torch.distributed.checkpoint.metadata.Metadata';
}

const CONVERT_DISTRIBUTED =
  "In Python: from torch.distributed.checkpoint.format_utils import dcp_to_torch_save; dcp_to_torch_save(folder, 'model.pt'), and give that file.";

/** A part of a file that holds one tensor or a piece of one, as an archive of `torch.save`. */
interface StoredPart {
  /** The name of what is stored. */
  readonly name: string;
  /** Where the piece begins in its tensor; `undefined` for what is no tensor. */
  readonly offsets: readonly number[] | undefined;
  readonly file: string;
  readonly start: number;
  readonly length: number;
}

/** What a folder holds, by its `.metadata`. */
export interface DistributedIndex {
  readonly parts: readonly StoredPart[];
  /** The shape of each tensor by its name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The keys that lead to each entry in the dict that was saved. */
  readonly paths: ReadonlyMap<string, readonly (string | number)[]>;
}

/**
 * Reads `.metadata`, a pickle of dataclasses: `state_dict_metadata` with the shape of each tensor, `storage_data` with the
 * file, start and length of each piece, `planner_data` with the keys of each entry. Files are plain names in the folder.
 */
export function readDistributedIndex(bytes: Uint8Array, budget: MemoryBudget): DistributedIndex {
  const resolve = () => {
    throw notUnderstood();
  };
  const root = attributes(unpickle(bytes, { budget, resolve, constructors: TORCH_CONSTRUCTORS }), 'Metadata');
  const [entries, stored, planned] = ['state_dict_metadata', 'storage_data', 'planner_data'].map((key) =>
    root.get(key),
  );
  if (!(entries instanceof Map) || !(stored instanceof Map)) throw notUnderstood();
  const shapes = new Map<string, readonly number[]>();
  for (const [name, entry] of entries) {
    if (typeof name !== 'string' || !(entry instanceof InertRecord)) throw notUnderstood();
    if (!entry.type.endsWith('.TensorStorageMetadata')) continue;
    const size = attributes(entry, 'TensorStorageMetadata').get('size');
    if (!isCounts(size)) throw notUnderstood();
    shapes.set(name, [...size]);
  }
  const parts = [...stored].map(([index, place]) => storedPart(index, place, shapes));
  const paths = new Map<string, readonly (string | number)[]>();
  if (planned instanceof Map) {
    for (const [name, path] of planned) {
      const isPath = Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number');
      if (typeof name === 'string' && isPath) paths.set(name, path as (string | number)[]);
    }
  }
  return { parts, shapes, paths };
}

function storedPart(
  index: PickledValue,
  place: PickledValue,
  shapes: ReadonlyMap<string, readonly number[]>,
): StoredPart {
  const [key, at] = [attributes(index, 'MetadataIndex'), attributes(place, '_StorageInfo')];
  const [name, offsets] = [key.get('fqn'), key.get('offset')];
  const [file, start, length] = [at.get('relative_path'), at.get('offset'), at.get('length')];
  if (typeof name !== 'string' || typeof file !== 'string' || !isCount(start) || !isCount(length))
    throw notUnderstood();
  if (!/^[^/\\:\0]+$/.test(file) || /^\.+$/.test(file)) {
    throw malformed(`${DISTRIBUTED_METADATA} names '${printable(file)}', which is no file of the folder`);
  }
  const transformed = at.get('transform_descriptors') ?? null;
  if (transformed !== null && !(Array.isArray(transformed) && transformed.length === 0)) {
    throw unsupported('the files of this folder are compressed or encrypted by an extension', CONVERT_DISTRIBUTED);
  }
  const shape = shapes.get(name);
  const whole = shape?.map(() => 0);
  return { name, offsets: shape ? (isCounts(offsets) ? [...offsets] : whole) : undefined, file, start, length };
}

/**
 * The dict that was saved, put together from its pieces.
 * @param contents the bytes of each file that the index names
 */
export function readDistributed(
  { parts, shapes, paths }: DistributedIndex,
  contents: ReadonlyMap<string, Uint8Array>,
  budget: MemoryBudget,
): PickledValue {
  const pieces = new Map<string, Piece[]>();
  const taken = new Map<string, number>();
  for (const { name, offsets, file, start, length } of parts) {
    const content = contents.get(file)!;
    // Pieces that share bytes would be read, and their checksums computed, again and again.
    taken.set(file, (taken.get(file) ?? 0) + length);
    if (taken.get(file)! > content.length) throw malformed(`${printable(file)} is said to hold more than it does`);
    if (start + length > content.length) throw malformed(`'${printable(name)}' does not lie inside ${printable(file)}`);
    const bytes = content.subarray(start, start + length);
    const archive = readDirectory(bytes);
    if (!isTorchArchive(archive))
      throw unsupported(`${printable(file)} holds what torch.save did not write`, CONVERT_DISTRIBUTED);
    const value = readTorchArchive(bytes, archive, budget);
    const known = pieces.get(name);
    if (known) known.push({ offsets, value });
    else pieces.set(name, [{ offsets, value }]);
  }
  const root = new Map<PickledValue, PickledValue>();
  for (const [name, found] of pieces) {
    const shape = shapes.get(name);
    const value = shape ? joined(name, shape, found, budget) : found[0].value;
    place(root, paths.get(name) ?? [name], value);
  }
  return root;
}

interface Piece {
  readonly offsets: readonly number[] | undefined;
  readonly value: PickledValue;
}

function joined(name: string, shape: readonly number[], pieces: readonly Piece[], budget: MemoryBudget): PickledValue {
  const [first] = pieces;
  if (
    pieces.length === 1 &&
    first.value instanceof LazyTensor &&
    formatShape(first.value.shape) === formatShape(shape)
  ) {
    return first.value;
  }
  const damaged = () =>
    malformed(`the pieces of the tensor '${printable(name)}' do not make up its shape ${formatShape(shape)}`);
  let elements = 0;
  const placed = pieces.map(({ offsets, value }) => {
    if (!(value instanceof LazyTensor) || offsets?.length !== shape.length || value.shape.length !== shape.length)
      throw damaged();
    if (!shape.every((extent, axis) => offsets[axis] + value.shape[axis] <= extent)) throw damaged();
    elements += sizeOf(value.shape);
    return { offsets, tensor: value };
  });
  if (elements !== sizeOf(shape)) throw damaged();
  return computedTensor([...shape], 'put together from its pieces (torch.distributed.checkpoint)', 0, budget, () => {
    // As many elements as there are places: where two pieces overlap, a place stays NaN, which no weight may be.
    const whole = new Float32Array(sizeOf(shape)).fill(Number.NaN);
    for (const { offsets, tensor } of placed) {
      const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
      const steps = tensor.shape.map((_, axis) => sizeOf(tensor.shape.slice(axis + 1)));
      for (const [i, value] of tensor.float32().entries()) {
        let at = 0;
        for (let axis = 0; axis < shape.length; axis++) {
          at += strides[axis] * (offsets[axis] + (Math.floor(i / steps[axis]) % tensor.shape[axis]));
        }
        whole[at] = value;
      }
    }
    return whole;
  });
}

/** Puts a value under its keys, making the dicts on the way; lists become dicts by position, which name tensors alike. */
function place(root: Map<PickledValue, PickledValue>, path: readonly (string | number)[], value: PickledValue): void {
  let dict = root;
  for (const key of path.slice(0, -1)) {
    const next = dict.get(key);
    if (next instanceof Map) dict = next;
    else {
      const made = new Map<PickledValue, PickledValue>();
      dict.set(key, made);
      dict = made;
    }
  }
  dict.set(path.at(-1) ?? '', value);
}

function attributes(value: PickledValue | undefined, type: string): ReadonlyMap<PickledValue, PickledValue> {
  const known = value instanceof InertRecord && value.type.endsWith(`.${type}`) && value.state instanceof Map;
  if (!known) throw notUnderstood();
  return value.state as ReadonlyMap<PickledValue, PickledValue>;
}

function notUnderstood(): Error {
  return unsupported(
    `the folder's ${DISTRIBUTED_METADATA} is not as torch.distributed.checkpoint of PyTorch 2 writes it`,
    CONVERT_DISTRIBUTED,
  );
}

function isCount(value: PickledValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickledValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 64 && value.every(isCount);
}
