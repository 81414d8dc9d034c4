import { appendFile, mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Arrays } from '../../engine.js';
import { XincError } from '../../errors.js';
import { formatJson, type JsonNumber } from '../../formats/json.js';
import { decodeSafetensors, encodeSafetensors } from '../../formats/safetensors.js';
import type { TrainingState } from '../../train/train.js';
import { ioError, isLeftover, makeFolder, removeLeftovers, temporaryName, writeFileAtomic } from '../atomic-file.js';
import { type Lock, takeLock } from './lock.js';
import { inPresentSchema, manifestSchema, RUN_SCHEMA, type RunManifest } from './manifest.js';

const MANIFEST = 'run.json';
export const WEIGHTS = 'weights.safetensors';
const LOCK = 'xinc.lock';
const TRAINING_LOG = 'training.jsonl';
export const TRAINING_STATE = 'training-state.safetensors';

/** One line of training.jsonl. */
export interface TrainingLogEntry {
  /** Steps completed. */
  readonly step: number;
  readonly loss: number;
  /** dB; ∞ for an exact batch. */
  readonly psnr: number;
  /** Seconds of training up to then. */
  readonly seconds: number;
}

/** A run directory: what every command reads and writes. Files appear as a whole or not at all. */
export class Run {
  readonly path: string;
  #manifest: RunManifest;
  /** While work is done exclusively: it ends when the lock is lost. */
  #lock: Lock | undefined;

  private constructor(path: string, manifest: RunManifest) {
    this.path = path;
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
      throw ioError(error, `${path} cannot be made`, path);
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
      throw ioError(error, `${path} cannot be a run`, path);
    });
    if (names?.includes(MANIFEST)) {
      throw new XincError('conflict', `${path} holds a run by now, which another process has made`, {
        subject: path,
        hint: 'Repeat the command to go on with it, or choose another folder with --out.',
      });
    }
    if (names?.some((name) => name !== LOCK && !isLeftover(name))) {
      throw new XincError('conflict', `${path} is not empty and holds no run`, {
        subject: path,
        hint: 'Choose another folder with --out.',
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
      if (name !== LOCK) await this.remove(name);
    }
  }

  /** @throws XincError `not-found`, `invalid-file` or `unsupported` (a newer schema) */
  static async open(path: string): Promise<Run> {
    const file = join(path, MANIFEST);
    const hint = 'Name a folder that xinc explain, train or import made.';
    const text = await readFile(file, 'utf8').catch(async (error) => {
      const there = await stat(path).catch(() => null);
      if (!there) throw new XincError('not-found', `${path} does not exist`, { subject: path, hint });
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
        throw new XincError('not-found', `${path} is not a run: it has no ${MANIFEST}`, { subject: path, hint });
      }
      throw ioError(error, `${file} cannot be read`, file);
    });
    return new Run(path, parseManifest(text, file));
  }

  /** Whether a folder holds a run. */
  static async exists(path: string): Promise<boolean> {
    return stat(join(path, MANIFEST)).then(
      () => true,
      () => false,
    );
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  async update(changes: Partial<RunManifest>): Promise<void> {
    const manifest = { ...this.#manifest, ...changes };
    await this.write(MANIFEST, `${formatJson(manifest, 2)}\n`);
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
    const lock = await takeLock(this.file(LOCK), this.path);
    this.#lock = lock;
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // Why the work failed matters more than whether its lock could be given back.
      await lock.release().catch(() => {});
      throw error;
    } finally {
      this.#lock = undefined;
    }
    await lock.release();
    return result;
  }

  /** A path inside the run, from its parts. */
  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes a file of the run, named by its parts joined with `/`. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    await this.#lock?.check();
    await writeFileAtomic(this.file(...name.split('/')), content);
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
    const path = this.file(...name.split('/'));
    // With a dot: it is not among the folders that are listed.
    const fresh = temporaryName(join(dirname(path), `.${basename(path)}`));
    try {
      await fill(async (file, content) => {
        await this.#lock?.check();
        await writeFileAtomic(join(fresh, ...file.split('/')), content);
      });
      await this.remove(name);
      await this.#lock?.check();
      await rename(fresh, path).catch((error) => {
        throw ioError(error, `${path} cannot be written`, path);
      });
    } catch (error) {
      // It is nobody else's, whoever has the lock by now.
      await rm(fresh, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
  }

  /** @throws XincError `not-found`, `io` */
  async read(name: string): Promise<Buffer> {
    const path = this.file(...name.split('/'));
    return readFile(path).catch((error) => {
      throw ioError(error, `${path} cannot be read`, path);
    });
  }

  async has(name: string): Promise<boolean> {
    return stat(this.file(...name.split('/'))).then(
      () => true,
      () => false,
    );
  }

  async remove(name: string): Promise<void> {
    await this.#lock?.check();
    const path = this.file(...name.split('/'));
    await rm(path, { recursive: true, force: true }).catch((error) => {
      throw ioError(error, `${path} cannot be removed`, path);
    });
  }

  /** @throws XincError `not-found` if training has not finished or the file is gone, `invalid-file` */
  async weights(): Promise<Arrays> {
    if (!(await this.has(WEIGHTS))) throw this.#withoutWeights();
    return decodeSafetensors(await this.read(WEIGHTS), this.file(WEIGHTS)).tensors;
  }

  #withoutWeights(): XincError {
    const { training, metrics } = this.#manifest;
    // Metrics are of the finished network.
    if (metrics) {
      return new XincError('not-found', `${this.file(WEIGHTS)} is gone: the run was finished, and has no weights`, {
        subject: this.path,
        hint: 'Put the file back, or run the command that made the run again, to make its weights anew.',
      });
    }
    const progress = training ? `: ${training.step} of ${training.steps} steps are done` : '';
    return new XincError('not-found', `${this.path} has no weights yet${progress}`, {
      subject: this.path,
      hint: 'Run the command that made it again, to finish its training.',
    });
  }

  async writeWeights(tensors: Arrays): Promise<void> {
    await this.write(WEIGHTS, encodeSafetensors({ tensors, metadata: { format: 'xinc' } }));
  }

  /** What it takes to go on training, if training was under way. */
  async trainingState(): Promise<TrainingState | null> {
    if (!(await this.has(TRAINING_STATE))) return null;
    const { tensors, metadata } = decodeSafetensors(await this.read(TRAINING_STATE), this.file(TRAINING_STATE));
    const part = (prefix: string) =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, array]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), array] as const] : [],
        ),
      );
    return {
      fixed: part('fixed/'),
      trainer: {
        step: Number(metadata.step),
        parameters: part('parameters/'),
        firstMoment: part('first-moment/'),
        secondMoment: part('second-moment/'),
      },
    };
  }

  async writeTrainingState({ fixed, trainer }: TrainingState): Promise<void> {
    const prefixed = (prefix: string, arrays: Arrays) =>
      Object.entries(arrays).map(([name, array]) => [`${prefix}/${name}`, array]);
    const tensors: Arrays = Object.fromEntries([
      ...prefixed('fixed', fixed),
      ...prefixed('parameters', trainer.parameters),
      ...prefixed('first-moment', trainer.firstMoment),
      ...prefixed('second-moment', trainer.secondMoment),
    ]);
    await this.write(TRAINING_STATE, encodeSafetensors({ tensors, metadata: { step: String(trainer.step) } }));
  }

  /** Called when training has finished: its state is of no more use. */
  async removeTrainingState(): Promise<void> {
    await this.remove(TRAINING_STATE);
  }

  /** The training curve so far; a line that an interruption cut short is left out. */
  async trainingLog(): Promise<TrainingLogEntry[]> {
    if (!(await this.has(TRAINING_LOG))) return [];
    const lines = (await this.read(TRAINING_LOG)).toString('utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        return line === '' ? [] : [logEntry(JSON.parse(line))];
      } catch {
        return [];
      }
    });
  }

  /** Sets the log to these entries: on going on from a state, what came after it is dropped. */
  async resetTrainingLog(entries: readonly TrainingLogEntry[]): Promise<void> {
    await this.write(TRAINING_LOG, entries.map(logLine).join(''));
  }

  async appendTrainingLog(entries: readonly TrainingLogEntry[]): Promise<void> {
    await this.#lock?.check();
    const path = this.file(TRAINING_LOG);
    try {
      await mkdir(this.path, { recursive: true });
      await appendFile(path, entries.map(logLine).join(''));
    } catch (error) {
      throw ioError(error, `${path} cannot be written`, path);
    }
  }
}

function logLine(entry: TrainingLogEntry): string {
  return `${formatJson(entry)}\n`;
}

/** An exact batch, the only one of which a PSNR was not finite, was `null` in the first schema. */
function logEntry(line: Omit<TrainingLogEntry, 'psnr'> & { readonly psnr: JsonNumber | null }): TrainingLogEntry {
  return { ...line, psnr: Number(line.psnr ?? Number.POSITIVE_INFINITY) };
}

function parseManifest(text: string, file: string): RunManifest {
  const refuse = (what: string, cause?: unknown) =>
    new XincError('invalid-file', `${file} is not the description of a run: ${what}`, { subject: file, cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse('it is not JSON', error);
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
  return parsed.data;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
