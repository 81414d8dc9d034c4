import { readFile, stat } from 'node:fs/promises';
import { ioError, throwIfAborted, XincError } from '@xinc/core';
import type { Checkpoint, CheckpointFormat } from './checkpoint.js';
import { foreignNames } from './foreign-names.js';
import { defaultMemoryLimit, MemoryBudget } from './memory-budget.js';
import { metadataOf } from './metadata.js';
import { namedTensors } from './named-tensors.js';
import { isNpy, readNpy } from './numpy/npy.js';
import { isNpz, readNpz } from './numpy/npz.js';
import { formatBytes } from './printable.js';
import { inFile, malformed, unsupported } from './refusal.js';
import { isSafetensors, readSafetensors } from './safetensors.js';
import { isTorchArchive, readTorchArchive } from './torch/archive.js';
import type { PickledValue } from './value.js';
import { readDirectory } from './zip/directory.js';

export interface ReadCheckpointOptions {
  /** Cancels the reading; taking the file apart is not interrupted. */
  readonly abort?: AbortSignal;
  /** The most bytes that the file's contents may take in memory; 64 MiB and 16 times its size unless given. */
  readonly memoryLimit?: number;
}

/** The most that one Node.js read can take. */
const LARGEST_FILE = 2 ** 31 - 1;

/**
 * Reads a checkpoint file: what PyTorch ≥ 1.6 saves (state dicts, whole modules, Lightning checkpoints), safetensors,
 * and NumPy's `.npz` and `.npy`. What a file is, its first bytes say, not its name. Nothing in it is executed and no
 * size in it is trusted.
 *
 * @throws XincError `not-found` if there is no such file; `invalid-file` if it contradicts its format, or would take
 *   more than the memory limit; `unsupported`, with advice, for formats that are known but not read (PyTorch before
 *   1.6, TorchScript, encrypted archives, HDF5); `io` if reading fails; `cancelled` if `abort` was.
 *
 * @example
 * const checkpoint = await readCheckpoint('best_model.ckpt')
 * checkpoint.tensors.get('state_dict.model.net.0.linear.weight')?.shape // [104, 208]
 */
export async function readCheckpoint(path: string, options: ReadCheckpointOptions = {}): Promise<Checkpoint> {
  return decodeCheckpoint(await readWhole(path, options), path, options);
}

/**
 * {@link readCheckpoint} of bytes in memory. They are not copied, and must not change while tensors are yet to be
 * converted.
 * @param source what to call them in messages
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  source: string,
  options: Pick<ReadCheckpointOptions, 'memoryLimit'> = {},
): Checkpoint {
  const memoryLimit = checkMemoryLimit(options.memoryLimit) ?? defaultMemoryLimit(bytes.length);
  return inFile(source, () => {
    const budget = new MemoryBudget(memoryLimit);
    const { format, content, metadata } = readContent(bytes, budget);
    const tensors = namedTensors(content, budget);
    return { format, source, tensors, metadata: metadata ?? metadataOf(content), foreign: foreignNames(content) };
  });
}

interface Content {
  readonly format: CheckpointFormat;
  readonly content: PickledValue;
  readonly metadata?: Record<string, string>;
}

function readContent(bytes: Uint8Array, budget: MemoryBudget): Content {
  if (bytes.length === 0) throw malformed('the file is empty');
  if (isSafetensors(bytes)) {
    const { tensors, metadata } = readSafetensors(bytes, budget);
    return { format: 'safetensors', content: new Map<PickledValue, PickledValue>(tensors), metadata };
  }
  if (isNpy(bytes)) return { format: 'npy', content: new Map([['arr_0', readNpy(bytes, budget)]]) };
  if (beginsWith(bytes, 0x50, 0x4b)) {
    const entries = readDirectory(bytes);
    if (isTorchArchive(entries)) return { format: 'pytorch', content: readTorchArchive(bytes, entries, budget) };
    if (isNpz(entries)) return { format: 'npz', content: readNpz(bytes, entries, budget) };
    throw malformed(
      'the archive is neither of torch.save nor of numpy.savez',
      'Give the checkpoint itself, not an archive that contains it.',
    );
  }
  throw refusalOf(bytes);
}

/** Formats that people have and that are not read, told by their first bytes. */
function refusalOf(bytes: Uint8Array): Error {
  // A pickle: protocol 2 and later say so; torch.save before 1.6 began with such a pickle of its magic number.
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) {
    return unsupported(
      'this is a bare pickle, as torch.save wrote before PyTorch 1.6',
      'In Python, save it again: torch.save(torch.load(path), path, _use_new_zipfile_serialization=True).',
    );
  }
  if (new TextDecoder('latin1').decode(bytes.subarray(257, 262)) === 'ustar') {
    return unsupported(
      'this is a tar archive, as torch.save wrote before PyTorch 0.1.10',
      'In Python, save it again: torch.save(torch.load(path), path, _use_new_zipfile_serialization=True).',
    );
  }
  if (beginsWith(bytes, 0x89, 0x48, 0x44, 0x46)) {
    return unsupported('this is an HDF5 file', 'In Python, save its arrays with numpy.savez.');
  }
  if (beginsWith(bytes, 0x1f, 0x8b)) {
    return unsupported('this is a gzip-compressed file', 'Decompress it and give what comes out.');
  }
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith('version https://git-lfs')) {
    return malformed('this is a Git LFS pointer, not the checkpoint it stands for', 'Fetch that with git lfs pull.');
  }
  if (/^<(!doctype|html|\?xml)/i.test(start)) {
    return malformed('this is a web page, as a failed download leaves behind', 'Download the checkpoint again.');
  }
  return malformed(
    'this is no checkpoint of a known kind',
    'PyTorch (.pt, .pth, .ckpt), safetensors and NumPy (.npz, .npy) can be read.',
  );
}

function beginsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function checkMemoryLimit(limit: number | undefined): number | undefined {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit > 0)) return limit;
  throw new XincError('invalid-option', `The memory limit is ${limit}, not a positive number of bytes`, {
    subject: 'memoryLimit',
  });
}

async function readWhole(path: string, { abort, memoryLimit }: ReadCheckpointOptions): Promise<Uint8Array> {
  const largest = Math.min(checkMemoryLimit(memoryLimit) ?? LARGEST_FILE, LARGEST_FILE);
  try {
    // Asked before opening: opening a pipe would wait for somebody to write to it.
    const status = await stat(path);
    inFile(path, () => {
      if (!status.isFile()) {
        throw malformed(`this is ${status.isDirectory() ? 'a folder' : 'no regular file'}`, 'Give a checkpoint file.');
      }
      if (status.size > largest) {
        throw unsupported(
          `the file has ${formatBytes(status.size)} and at most ${formatBytes(largest)} can be read`,
          'Save the state dict alone, without the optimizer.',
        );
      }
    });
    return await readFile(path, { signal: abort });
  } catch (error) {
    throwIfAborted(abort);
    if (error instanceof XincError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new XincError('not-found', `There is no checkpoint at ${path}`, { subject: path, cause: error });
    }
    throw ioError(error, `${path} could not be read`, path, 'read');
  }
}
