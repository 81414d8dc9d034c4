import { XincError } from '@xinc/core';
import { isNpy } from '@xinc/core/formats';
import type { Checkpoint, CheckpointFormat } from './checkpoint.js';
import { reparametrised } from './derived/reparametrised.js';
import { foreignNames } from './foreign-names.js';
import { latin1Text } from './latin1.js';
import { defaultMemoryLimit, MemoryBudget } from './memory-budget.js';
import { metadataOf } from './metadata.js';
import { namedTensors } from './named-tensors.js';
import { Notes } from './notes.js';
import { readNpy } from './numpy/npy.js';
import { isNpz, readNpz } from './numpy/npz.js';
import { isBarePickle, readBarePickle } from './pickle/bare.js';
import { isFolder, readDistributedFolder } from './read-distributed-folder.js';
import { readRegularFile } from './read-file.js';
import { inFile, malformed, unsupported } from './refusal.js';
import { isSafetensors, readSafetensors } from './safetensors.js';
import { isTar } from './tar/members.js';
import { isTorchArchive, isTorchScript, readTorchArchive } from './torch/archive.js';
import { isDistributedIndex, readDistributed } from './torch/distributed.js';
import { isExportedProgram, readExportedProgram } from './torch/exported.js';
import { readTorchTar } from './torch/tar.js';
import type { PickledValue } from './value.js';
import { readDirectory } from './zip/directory.js';

export interface ReadCheckpointOptions {
  /** Cancels the reading; taking the file apart is not interrupted. */
  readonly abort?: AbortSignal;
  /** The most bytes that the file's contents may take in memory; 64 MiB and 16 times its size unless given. */
  readonly memoryLimit?: number;
}

/**
 * Reads a checkpoint file: what PyTorch saves (state dicts, whole modules, Lightning checkpoints, the weights of
 * TorchScript and exported programs), safetensors, NumPy's `.npz` and `.npy`, plain pickles of arrays, and folders of
 * `torch.distributed.checkpoint`. What a file is, its first bytes say, not its name. Nothing in it is executed and no
 * size in it is trusted.
 *
 * @throws XincError `not-found` if there is no such file; `invalid-file` if it contradicts its format, or would take
 *   more than the memory limit; `unsupported`, with advice, for formats that are known but not read (encrypted
 *   archives, HDF5); `io` if reading fails; `cancelled` if `abort` was.
 *
 * @example
 * const checkpoint = await readCheckpoint('best_model.ckpt')
 * checkpoint.tensors.get('state_dict.model.net.0.linear.weight')?.shape // [104, 208]
 */
export async function readCheckpoint(path: string, options: ReadCheckpointOptions = {}): Promise<Checkpoint> {
  const memoryLimit = checkMemoryLimit(options.memoryLimit);
  const files = { abort: options.abort, largest: memoryLimit };
  if (!(await isFolder(path))) return decodeCheckpoint(await readRegularFile(path, files), path, options);
  const { index, contents, bytes } = await readDistributedFolder(path, files);
  return inFile(path, () => {
    const budget = new MemoryBudget(memoryLimit ?? defaultMemoryLimit(bytes));
    return checkpointOf({ format: 'pytorch', content: readDistributed(index, contents, budget) }, path, budget);
  });
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
    return checkpointOf(readContent(bytes, source, budget), source, budget);
  });
}

interface Content {
  readonly format: CheckpointFormat;
  readonly content: PickledValue;
  readonly metadata?: Record<string, string>;
  /** What is to be said of the file beside its tensors. */
  readonly note?: string;
}

function checkpointOf({ format, content, metadata, note }: Content, source: string, budget: MemoryBudget): Checkpoint {
  const notes = new Notes();
  if (note !== undefined) notes.add(note);
  const tensors = reparametrised(namedTensors(content, budget), notes, budget);
  for (const [name, { made, parent }] of tensors) {
    if (made !== undefined) notes.add(made, name);
    if (parent === name) notes.add('kept as plain attributes of modules, in no state dict', name);
  }
  return {
    format,
    source,
    tensors,
    metadata: metadata ?? metadataOf(content),
    foreign: foreignNames(content),
    notes: notes.lines(),
  };
}

function readContent(bytes: Uint8Array, source: string, budget: MemoryBudget): Content {
  if (bytes.length === 0) throw malformed('the file is empty');
  if (isSafetensors(bytes)) {
    const { tensors, metadata } = readSafetensors(bytes, budget);
    return { format: 'safetensors', content: new Map<PickledValue, PickledValue>(tensors), metadata };
  }
  if (isNpy(bytes)) {
    const content = readNpy(bytes, budget);
    return { format: 'npy', content: content instanceof Map ? content : new Map([['arr_0', content]]) };
  }
  if (beginsWith(bytes, 0x50, 0x4b)) {
    // Archives of torch.save one after the other, which are no archive together.
    if (source.endsWith('.distcp')) throw partOfFolder();
    const entries = readDirectory(bytes);
    if (isTorchArchive(entries)) {
      const content = readTorchArchive(bytes, entries, budget);
      return {
        format: 'pytorch',
        content,
        ...(isTorchScript(entries) && { note: programNote('TorchScript program') }),
      };
    }
    if (isExportedProgram(entries)) {
      const content = readExportedProgram(bytes, entries, budget);
      return { format: 'pytorch', content, note: programNote('program of torch.export') };
    }
    if (isNpz(entries)) return { format: 'npz', content: readNpz(bytes, entries, budget) };
    throw malformed(
      'the archive is neither of torch.save nor of numpy.savez',
      'Give the checkpoint itself, not an archive that contains it.',
    );
  }
  if (isTar(bytes)) return { format: 'pytorch', content: readTorchTar(bytes, budget) };
  if (isBarePickle(bytes)) {
    const { format, content } = readBarePickle(bytes, budget);
    if (isDistributedIndex(content)) throw partOfFolder();
    return { format, content };
  }
  throw refusalOf(bytes);
}

function partOfFolder(): Error {
  return unsupported('this is one file of a folder of torch.distributed.checkpoint', 'Give the folder.');
}

const programNote = (kind: string) => `the file is a ${kind}: its weights are read, and nothing of it is run`;

/** Formats that people have and that are not read, told by their first bytes. */
function refusalOf(bytes: Uint8Array): Error {
  if (beginsWith(bytes, 0x89, 0x48, 0x44, 0x46)) {
    return unsupported('this is an HDF5 file', 'In Python, save its arrays with numpy.savez.');
  }
  if (beginsWith(bytes, 0x1f, 0x8b)) {
    return unsupported('this is a gzip-compressed file', 'Decompress it and give what comes out.');
  }
  const start = latin1Text(bytes.subarray(0, 64)).trimStart();
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
