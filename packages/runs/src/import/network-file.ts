import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { open, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { type Arrays, type InrPlugin, type NetworkFile, ndarray, type SignalShape, XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { ioError, type RegisteredPlugin, type Registry } from '@xinc/core/node';
import { parseConfig } from '../settings.js';
import { type RecognisedNetwork, unshownSettings } from './recognise-network.js';

/** Bytes of a file that holds a network whole; what a protobuf can be. */
const LARGEST = 2 ** 31 - 1;
/** Bytes that are looked at before a file is read. */
const BEGINNING = 4096;

/** The model whose files end as this one does: `.onnx`. */
export function modelOfFile(registry: Registry, path: string): RegisteredPlugin<'inr'> | undefined {
  const ending = extname(path).toLowerCase();
  return registry.all('inr').find(({ plugin }) => plugin.files?.endings.includes(ending));
}

/** What is read of a network's file before the signal is known. */
export interface ReadNetworkFile {
  /** One line for people. */
  readonly description: string;
  /** It, and those beside it that hold its weights. */
  readonly files: readonly string[];
  /** The network for a signal. @throws XincError `invalid-option`, `unsupported` */
  network(given: Readonly<Record<string, unknown>>, signal: SignalShape): RecognisedNetwork;
}

/** What a user says of a network's file. */
interface NetworkFileOptions {
  /** An .npz file of what the network is fed. */
  readonly inputs?: string;
  /** Which of its outputs is the picture. */
  readonly output?: string;
}

/**
 * @throws XincError `not-found`, `io`, `invalid-file`, `unsupported`
 */
export async function readNetworkFile(
  path: string,
  plugin: InrPlugin,
  { inputs, output }: NetworkFileOptions,
  abort: AbortSignal | undefined,
): Promise<ReadNetworkFile> {
  const files = new Set([path]);
  const read = plugin.files!.read({
    name: basename(path),
    bytes: await readBytes(path, plugin),
    beside: await besideFile(path, files),
    arrays: inputs === undefined ? {} : await readArrays(inputs, abort),
    ...(output !== undefined && { output }),
  });
  return {
    description: read.description,
    files: [...files],
    network(given, signal) {
      const config = parseConfig(plugin.config, { ...read.config, ...given }, `model '${plugin.name}'`);
      const assumed = unshownSettings(plugin, signal).filter((key) => !(key in given) && !read.settled.includes(key));
      return {
        key: '',
        inr: plugin.build(config, signal),
        config: config as Record<string, unknown>,
        inferred: {},
        assumed: Object.fromEntries(assumed.map((key) => [key, (config as Record<string, unknown>)[key]])),
        absent: [],
        tensors: new Set(Object.keys(read.weights)),
        weights: () => read.weights,
      };
    },
  };
}

async function readBytes(path: string, { files }: InrPlugin): Promise<Uint8Array> {
  try {
    // Asked before opening: opening a pipe would wait for somebody to write to it.
    const stats = await stat(path);
    if (!stats.isFile()) throw notRegular(path);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(BEGINNING), position: 0 });
      files!.checkBeginning?.(buffer.subarray(0, bytesRead), basename(path));
    } finally {
      await file.close();
    }
    if (stats.size > LARGEST) {
      throw new XincError('unsupported', `${path} has ${formatBytes(stats.size)}; ${formatBytes(LARGEST)} are read`, {
        subject: path,
        hint: 'Export the network with its weights in a file beside it (external data).',
      });
    }
    return await readFile(path);
  } catch (error) {
    throw ioError(error, path, 'read');
  }
}

/** Files that a network's file names: in its folder or below it, regular ones, as far as they hold what is asked for. */
async function besideFile(path: string, read: Set<string>): Promise<NetworkFile['beside']> {
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  return (location, offset, length) => {
    const parts = location.split(/[\\/]/);
    const inside =
      location !== '' && !isAbsolute(location) && !parts.includes('..') && !parts.some((part) => part.includes('\0'));
    if (!inside) throw outside(path, location);
    const file = join(folder, ...parts);
    try {
      if (!lstatSync(file).isFile()) throw notRegular(file, 'Put the file itself there: links are not followed.');
      const real = relative(folder, realpathSync(file));
      if (isAbsolute(real) || real.split(sep).includes('..')) throw outside(path, location);
      const descriptor = openSync(file, 'r');
      try {
        read.add(file);
        const { size } = fstatSync(descriptor);
        const end = length === undefined ? size : offset + length;
        if (
          !(offset >= 0 && Number.isSafeInteger(offset) && Number.isSafeInteger(end) && end >= offset && end <= size)
        ) {
          throw new XincError(
            'invalid-file',
            `${file} has ${size} bytes, and ${basename(path)} asks for those up to ${end}`,
            {
              subject: file,
              hint: 'Copy both files again.',
            },
          );
        }
        const bytes = new Uint8Array(end - offset);
        for (let done = 0; done < bytes.length; ) {
          const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
          if (count === 0) throw new XincError('invalid-file', `${file} ends before it should`, { subject: file });
          done += count;
        }
        return bytes;
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(error, file, 'read');
      throw new XincError('not-found', `${file} is missing: ${basename(path)} keeps its weights in it`, {
        subject: file,
        hint: 'Put both files into one folder.',
      });
    }
  };
}

function outside(path: string, location: string): XincError {
  return new XincError('invalid-file', `${basename(path)} names the file '${location}', which is not in its folder`, {
    subject: path,
    hint: 'Weights are read from the folder of the network alone.',
  });
}

function notRegular(path: string, hint?: string): XincError {
  return new XincError('invalid-file', `${path} is no regular file`, { subject: path, ...(hint && { hint }) });
}

async function readArrays(path: string, abort: AbortSignal | undefined): Promise<Arrays> {
  const { readCheckpoint } = await import('@xinc/checkpoints');
  const { tensors } = await readCheckpoint(path, { abort });
  return Object.fromEntries([...tensors].map(([name, tensor]) => [name, ndarray(tensor.shape, tensor.float32())]));
}
