import { lstat, readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Arrays, type Inr, isXincError, type Shape, sizeOf, XincError } from '@xinc/core';
import { decodeSafetensors, encodeSafetensors, formatJson, jsonNumber, MOST_TENSOR_BYTES } from '@xinc/core/formats';
import { ioError, isLeftover, makeFolder, removeLeftovers } from '@xinc/core/node';
import { type TrainingState, trainingMemory } from '@xinc/core/trace';
import { z } from 'zod';
import { RUN_FILES } from './files.js';
import { RunFolder } from './folder.js';
import { type Lock, takeLock } from './lock.js';
import { inPresentSchema, manifestSchema, RUN_SCHEMA, type RunManifest } from './manifest.js';
import { parseStoredJson } from './stored-json.js';

/** Bytes that files have at most: a PSNR of each of 300,000 frames takes 6 MB, and the log has about a thousand lines. */
const MANIFEST_BYTES = 8 * 2 ** 20;
const LOG_BYTES = 8 * 2 ** 20;
/** Beside the numbers of a safetensors file, for each parameter: its name, shape and place. */
const HEADER_BYTES = 4096;
const SMALL_BYTES = 64 * 2 ** 20;

/** One line of training.jsonl. */
const logEntrySchema = z.object({
  /** Steps completed. */
  step: z.number(),
  loss: z.number(),
  /** dB; ∞ for an exact batch, the only one that was `null` in the first schema. */
  psnr: z.union([jsonNumber, z.null().transform(() => Number.POSITIVE_INFINITY)]),
  /** Seconds of training up to then. */
  seconds: z.number(),
});

export type TrainingLogEntry = Readonly<z.infer<typeof logEntrySchema>>;

/** A run directory: what every command reads and writes. Files appear as a whole or not at all. */
export class Run {
  readonly path: string;
  /** Access to its files. */
  readonly folder: RunFolder;
  #manifest: RunManifest;
  /** While work is done exclusively: it ends when the lock is lost. */
  #lock: Lock | undefined;

  private constructor(path: string, manifest: RunManifest) {
    this.path = path;
    this.folder = new RunFolder(path);
    this.#manifest = manifest;
  }

  /**
   * Makes a run in a folder that does not exist or is empty, and fills it, while no other process writes there. Where that
   * fails, nothing of it stays, unless its lock was lost: what is there may by then be another's.
   * @throws XincError `conflict` if something is there or another process is writing, `io`, and what `fill` throws
   */
  static async create(
    path: string,
    manifest: RunManifest,
    fill: (run: Run) => Promise<void> = async () => {},
  ): Promise<Run> {
    const run = new Run(path, manifest);
    // Before the lock: nothing is written where something else is.
    const present = await run.#requireEmpty();
    await makeFolder(path).catch((error) => {
      throw ioError(error, path, 'made');
    });
    try {
      await run.#locked(async () => {
        await run.#requireEmpty();
        try {
          await removeLeftovers(path);
          await run.update({});
          await fill(run);
        } catch (error) {
          await run.#clear().catch(() => {});
          throw error;
        }
      });
    } catch (error) {
      if (!present) await rmdir(path).catch(() => {});
      throw error;
    }
    return run;
  }

  /** Whether the folder is there; there may be a lock in it, and what was left half-written. */
  async #requireEmpty(): Promise<boolean> {
    const { path } = this;
    const names = await readdir(path).catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw ioError(error, path, 'made');
    });
    if (names?.includes(RUN_FILES.manifest)) {
      throw new XincError('conflict', `${path} holds a run by now, which another process has made`, {
        subject: path,
        hint: 'Repeat the command to go on with it, or choose another folder with `out`.',
      });
    }
    if (names?.some((name) => name !== RUN_FILES.lock && !isLeftover(name))) {
      throw new XincError('conflict', `${path} is not empty and holds no run`, {
        subject: path,
        hint: 'Choose another folder with `out`.',
      });
    }
    return names !== null;
  }

  /**
   * Removes everything but the lock.
   * @throws XincError `conflict` if the lock was lost, `io`
   */
  async #clear(): Promise<void> {
    for (const name of await readdir(this.path)) {
      if (name !== RUN_FILES.lock) await this.remove(name);
    }
  }

  /** @throws XincError `not-found`, `invalid-file` or `unsupported` (a newer schema) */
  static async open(path: string): Promise<Run> {
    const file = join(path, RUN_FILES.manifest);
    const hint = 'Name the folder of a run.';
    const bytes = await new RunFolder(path).read(RUN_FILES.manifest, MANIFEST_BYTES).catch(async (error) => {
      if (!isXincError(error, 'not-found')) throw error;
      const there = await stat(path).catch(() => null);
      if (!there) throw new XincError('not-found', `${path} does not exist`, { subject: path, hint });
      throw new XincError('not-found', `${path} is not a run: it has no ${RUN_FILES.manifest}`, {
        subject: path,
        hint,
      });
    });
    return new Run(path, parseManifest(bytes, file));
  }

  /** Whether a folder holds a run. */
  static async exists(path: string): Promise<boolean> {
    return lstat(join(path, RUN_FILES.manifest)).then(
      () => true,
      () => false,
    );
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  async update(changes: Partial<RunManifest>): Promise<void> {
    const manifest = { ...this.#manifest, ...changes };
    await this.write(RUN_FILES.manifest, `${formatJson(manifest, 2)}\n`);
    this.#manifest = manifest;
  }

  /**
   * Does work that writes to the run, while no other process does. What one that was killed left half-written is removed, and
   * the manifest is what is there by then.
   * @throws XincError `conflict` if another process is writing, `io`, and what `work` throws
   */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#locked(async () => {
      await removeLeftovers(this.path);
      this.#manifest = (await Run.open(this.path)).manifest;
      return work();
    });
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = await takeLock(this.file(RUN_FILES.lock), this.path);
    this.#lock = lock;
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // The error of the work is thrown, not that of giving back its lock.
      await lock.release().catch(() => {});
      throw error;
    } finally {
      this.#lock = undefined;
    }
    await lock.release();
    return result;
  }

  /** A path inside the run, from its parts, for messages. */
  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /**
   * Writes a file of the run, named by its parts joined with `/`.
   * @throws XincError `conflict` if the lock was lost, and as `RunFolder.write` does
   */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    await this.#lock?.check();
    await this.folder.write(name, content);
  }

  /**
   * Writes a folder of the run, named by its parts joined with `/`: all of it, or what was there before stays.
   * @param fill is given what writes a file of it
   * @throws XincError `conflict` if the lock was lost, `io`, and what `fill` throws
   */
  async writeFolder(
    name: string,
    fill: (write: (file: string, content: Uint8Array | string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await this.folder.writeFolder(name, fill, async () => this.#lock?.check());
  }

  /**
   * @param limit bytes that such a file has at most
   * @throws XincError as `RunFolder.read` does
   */
  read(name: string, limit: number): Promise<Buffer> {
    return this.folder.read(name, limit);
  }

  /** @throws XincError as `RunFolder.stats` does */
  has(name: string): Promise<boolean> {
    return this.folder.has(name);
  }

  /** @throws XincError `conflict` if the lock was lost, and as `RunFolder.remove` does */
  async remove(name: string): Promise<void> {
    await this.#lock?.check();
    await this.folder.remove(name);
  }

  /**
   * @param of the network's parameters: the file is not larger than they are
   * @throws XincError `not-found` if training has not finished or the file is gone, `invalid-file`
   */
  async weights(of: readonly { readonly shape: Shape }[]): Promise<Arrays> {
    if (!(await this.has(RUN_FILES.weights))) throw this.#withoutWeights();
    const limit = bytesOf(of);
    return decodeSafetensors(await this.read(RUN_FILES.weights, limit), this.file(RUN_FILES.weights)).tensors;
  }

  #withoutWeights(): XincError {
    const { training, metrics } = this.#manifest;
    // Metrics are of the finished network.
    if (metrics) {
      return new XincError(
        'not-found',
        `${this.file(RUN_FILES.weights)} is gone: the run was finished, and has no weights`,
        {
          subject: this.path,
          hint: 'Put the file back, or run the command that made the run again, to make its weights anew.',
        },
      );
    }
    const progress = training ? `: ${training.step} of ${training.steps} steps are done` : '';
    return new XincError('not-found', `${this.path} has no weights yet${progress}`, {
      subject: this.path,
      hint: 'Run the command that made it again, to finish its training.',
    });
  }

  async writeWeights(tensors: Arrays): Promise<void> {
    await this.write(RUN_FILES.weights, encodeSafetensors({ tensors, metadata: { format: 'xinc' } }));
  }

  /**
   * What it takes to go on training, if training was under way.
   * @param of the network: the file is not larger than its parameters, and what its optimiser remembers of each
   * @throws XincError `invalid-file`
   */
  async trainingState(of: Pick<Inr, 'parameters' | 'training'>): Promise<TrainingState | null> {
    if (!(await this.has(RUN_FILES.trainingState))) return null;
    const remembered = trainingMemory(of);
    const arrays = [
      ...of.parameters,
      ...Object.values(remembered).flatMap((shapes) => Object.values(shapes).map((shape) => ({ shape }))),
    ];
    const bytes = await this.read(RUN_FILES.trainingState, bytesOf(arrays));
    const { tensors, metadata } = decodeSafetensors(bytes, this.file(RUN_FILES.trainingState));
    const part = (prefix: string) =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, array]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : [],
        ),
      );
    return {
      fixed: part('fixed/'),
      trainer: {
        step: stepOf(metadata, this.file(RUN_FILES.trainingState)),
        parameters: part('parameters/'),
        memory: Object.fromEntries(Object.keys(remembered).map((name) => [name, part(`${inKebab(name)}/`)])),
      },
    };
  }

  async writeTrainingState({ fixed, trainer }: TrainingState): Promise<void> {
    const parts = { fixed, parameters: trainer.parameters, ...trainer.memory };
    const tensors = Object.fromEntries(
      Object.entries(parts).flatMap(([part, arrays]) =>
        Object.entries(arrays).map(([name, array]) => [`${inKebab(part)}/${name}`, array]),
      ),
    );
    await this.write(RUN_FILES.trainingState, encodeSafetensors({ tensors, metadata: { step: String(trainer.step) } }));
  }

  /** Called when training has finished and its state is not needed any more. */
  async removeTrainingState(): Promise<void> {
    await this.remove(RUN_FILES.trainingState);
  }

  /** The training curve so far; a line that an interruption cut short is left out. */
  async trainingLog(): Promise<TrainingLogEntry[]> {
    if (!(await this.has(RUN_FILES.trainingLog))) return [];
    const lines = (await this.read(RUN_FILES.trainingLog, LOG_BYTES)).toString('utf8').split('\n');
    return lines.flatMap((line, i) => {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        return [];
      }
      const entry = logEntrySchema.safeParse(value);
      if (entry.success) return [entry.data];
      const file = this.file(RUN_FILES.trainingLog);
      throw new XincError(
        'invalid-file',
        `${file} is damaged: line ${i + 1} does not say how a step of training went`,
        {
          subject: file,
          hint: 'Remove the line.',
        },
      );
    });
  }

  /** Sets the log to these entries: on going on from a state, what came after it is dropped. */
  async resetTrainingLog(entries: readonly TrainingLogEntry[]): Promise<void> {
    await this.write(RUN_FILES.trainingLog, entries.map(logLine).join(''));
  }

  async appendTrainingLog(entries: readonly TrainingLogEntry[]): Promise<void> {
    await this.#lock?.check();
    await this.folder.append(RUN_FILES.trainingLog, entries.map(logLine).join(''));
  }
}

/** Steps completed, of the metadata of a training state. */
function stepOf({ step }: Readonly<Record<string, string>>, file: string): number {
  if (/^\d{1,15}$/.test(step ?? '')) return Number(step);
  throw new XincError('invalid-file', `${file} is damaged: it does not say after how many steps it was saved`, {
    subject: file,
    hint: 'Remove it, to train from the beginning.',
  });
}

function logLine(entry: TrainingLogEntry): string {
  return `${formatJson(entry)}\n`;
}

/** `firstMoment` as a folder of the file's names: `first-moment`. */
function inKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Bytes of a file that holds these arrays; more, where it is small, so that another network's is told by its shapes. */
function bytesOf(arrays: readonly { readonly shape: Shape }[]): number {
  const bytes = arrays.reduce((sum, { shape }) => sum + 4 * sizeOf(shape) + HEADER_BYTES, HEADER_BYTES);
  return Math.min(Math.max(bytes, SMALL_BYTES), MOST_TENSOR_BYTES + HEADER_BYTES * (1 + arrays.length));
}

function parseManifest(bytes: Uint8Array, file: string): RunManifest {
  const refuse = (what: string, cause?: unknown) =>
    new XincError('invalid-file', `${file} is not the description of a run: ${what}`, { subject: file, cause });
  let value: unknown;
  try {
    value = parseStoredJson(bytes);
  } catch (error) {
    throw refuse((error as Error).message, error);
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === 'number' && schema > RUN_SCHEMA) {
    throw new XincError('unsupported', `${file} has schema ${schema}, and this version of XINC knows ${RUN_SCHEMA}`, {
      subject: file,
      hint: 'Use a newer version of XINC for this run.',
    });
  }
  const parsed = manifestSchema.safeParse(isObject(value) ? inPresentSchema(value) : value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue.path.join('.') || 'it'}: ${issue.message}`);
  }
  const { signal, metrics } = parsed.data;
  if (metrics && metrics.framePsnr.length !== signal.frames) {
    throw refuse(`metrics.framePsnr: of ${signal.frames} frames it has ${metrics.framePsnr.length} values`);
  }
  if (metrics?.nanPixels && metrics.nanPixels.length !== signal.frames) {
    throw refuse(`metrics.nanPixels: of ${signal.frames} frames it has ${metrics.nanPixels.length} values`);
  }
  return parsed.data;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
