import { readdir, readFile, stat } from 'node:fs/promises';
import {
  createNetwork,
  createTracer,
  type Engine,
  isXincError,
  type KernelPool,
  type Network,
  type Tracer,
} from '@xinc/core';
import { Run, type TrainingLogEntry } from '@xinc/core/node';
import type { AnalysisView, RunView, StoredAnalysis } from '../../api.js';
import type { RunModel, RunSource } from '../run-source.js';
import { networkAt } from './network-at.js';
import { byStamp, stampOf } from './stamp.js';
import { WeightsHistory, type WeightsVersion } from './weights-history.js';

/** Training that has written nothing for so long has been stopped; milliseconds. */
export const STILL = 30_000;

/** A run as it is on disk. */
export interface OpenRun {
  readonly run: Run;
  readonly model: RunModel;
  /** Names the network and its signal: what is made from nothing else stays true while it is the same. */
  readonly modelKey: string;
}

export interface TrainingProgress {
  readonly curve: readonly TrainingLogEntry[];
  /** Whether it goes on right now. */
  readonly live: boolean;
}

/**
 * A run that is shown. Everything is read from disk when it is asked for, and again only when it has changed there: a run may be
 * trained, analysed, broken or removed while it is open.
 */
export class ServedRun {
  readonly id: string;
  readonly source: RunSource;
  readonly #weights = new WeightsHistory();
  readonly #run: (stamp: string) => Promise<Run>;
  readonly #model: (key: string, run: Run) => Promise<RunModel>;
  readonly #curve: (stamp: string, run: Run) => Promise<TrainingLogEntry[]>;
  readonly #analyses = new Map<string, (stamp: string, run: Run) => Promise<StoredAnalysis>>();
  #compiled: { readonly model: RunModel; readonly network: Network } | undefined;
  #current: { readonly model: RunModel; readonly weights: WeightsVersion; readonly network: Network } | undefined;
  #tracer: Tracer | undefined;

  constructor(id: string, source: RunSource) {
    this.id = id;
    this.source = source;
    const opened = byStamp(() => Run.open(source.folder));
    this.#run = (stamp) => opened(stamp, undefined);
    this.#model = byStamp(async (run: Run) => source.model(run));
    this.#curve = byStamp((run: Run) => run.trainingLog());
  }

  /** @throws XincError if the run is gone, broken, or of a model that is not at hand */
  async open(): Promise<OpenRun> {
    const run = await this.#run(await stampOf(this.#path('run.json')));
    const { model, signal } = run.manifest;
    const modelKey = JSON.stringify([model, signal]);
    return { run, model: await this.#model(modelKey, run), modelKey };
  }

  /** Why the run cannot be shown; `undefined` if it can. */
  async problem(): Promise<string | undefined> {
    try {
      const { run, model } = await this.open();
      await this.#weights.newest(run, model.inr);
      return undefined;
    } catch (error) {
      if (isXincError(error)) return error.message;
      throw error;
    }
  }

  /** `null` before the first weights. */
  newestWeights({ run, model }: OpenRun): Promise<WeightsVersion | null> {
    return this.#weights.newest(run, model.inr);
  }

  /** @param version `undefined` for the newest */
  weights(version: number | undefined, { run, model }: OpenRun): Promise<WeightsVersion> {
    return this.#weights.get(version, run, model.inr);
  }

  async training({ run }: OpenRun): Promise<TrainingProgress> {
    const names = ['training.jsonl', 'training-state.safetensors', 'run.json'];
    const [finished, ...changes] = await Promise.all(
      ['weights.safetensors', ...names].map(async (name) => changed(run.file(name))),
    );
    const curve = await this.#curve(await stampOf(run.file('training.jsonl')), run);
    return { curve, live: finished === 0 && Date.now() - Math.max(...changes) < STILL };
  }

  /** Groupings with stored label maps, and their frames. */
  async groupings({ run }: OpenRun): Promise<RunView['groupings']> {
    const found = await Promise.all(
      (await foldersIn(run.file('signal', 'labels'))).map(async (name) => {
        const files = await readdir(run.file('signal', 'labels', name));
        const frames = files.flatMap((file) => {
          const [, frame] = /^frame-(\d+)\.json$/.exec(file) ?? [];
          return frame === undefined ? [] : [Number(frame)];
        });
        const title = await titleIn(run.file('signal', 'labels', name, 'grouping.json'));
        return { name, title: title ?? name, frames: frames.sort((a, b) => a - b) };
      }),
    );
    const shown = found.filter(({ frames }) => frames.length > 0);
    // One that is called like another has its folder's name beside.
    return shown.map(({ name, title, frames }) => {
      const alone = shown.every((other) => other.name === name || other.title !== title);
      return { name, title: alone ? title : `${title} (${name})`, frames };
    });
  }

  /** Results by name; one that cannot be read says why. */
  async analyses({ run }: OpenRun): Promise<AnalysisView[]> {
    const names = await foldersIn(run.file('analysis'));
    const views = await Promise.all(
      names.map(async (name) => {
        const stamp = await stampOf(run.file('analysis', name, 'result.json'));
        if (stamp === '') return [];
        const read = this.#analyses.get(name) ?? byStamp((asked: Run) => readAnalysis(this.source, asked, name));
        this.#analyses.set(name, read);
        return [{ ...(await read(stamp, run)), version: stamp }];
      }),
    );
    return views.flat();
  }

  /** The network on the engine, with these weights. Only the last one asked for is kept: call it in turn. */
  async network({ model }: OpenRun, weights: WeightsVersion, engine: () => Promise<Engine>): Promise<Network> {
    if (this.#compiled?.model !== model) {
      const outdated = this.#compiled;
      this.#compiled = undefined;
      await outdated?.network.dispose();
      this.#compiled = { model, network: createNetwork(model.inr, weights.parameters, await engine()) };
    }
    if (this.#current?.weights !== weights || this.#current.model !== model) {
      const network = networkAt(this.#compiled.network, weights);
      this.#current = { model, weights, network };
    }
    return this.#current.network;
  }

  /** The tracer of a network that `network` gave. */
  tracer(network: Network, pool: KernelPool): Tracer {
    if (this.#tracer?.network !== network) this.#tracer = createTracer(network, pool);
    return this.#tracer;
  }

  async dispose(): Promise<void> {
    await this.#compiled?.network.dispose();
  }

  /** Stamps of what a page shows, by what it is told of their change. */
  async stamps(): Promise<Readonly<Record<'manifest' | 'training' | 'weights' | 'analyses', string>>> {
    const stamp = (...parts: readonly string[]) => stampOf(this.#path(...parts));
    const analyses = await foldersIn(this.#path('analysis'));
    const results = analyses.map((name) => stamp('analysis', name, 'result.json'));
    const labels = await foldersIn(this.#path('signal', 'labels'));
    const maps = labels.map((name) => stamp('signal', 'labels', name));
    const training = await stamp('training.jsonl');
    return {
      manifest: await stamp('run.json'),
      training,
      weights: (await stamp('weights.safetensors')) || (await stamp('training-state.safetensors')),
      analyses: JSON.stringify([analyses, await Promise.all(results), labels, await Promise.all(maps)]),
    };
  }

  #path(...parts: readonly string[]): string {
    return [this.source.folder, ...parts].join('/');
  }
}

async function readAnalysis(source: RunSource, run: Run, name: string): Promise<StoredAnalysis> {
  try {
    return await source.analysis(run, name);
  } catch (error) {
    if (!isXincError(error)) throw error;
    const nothing = { findings: [], notes: [], omissions: [], figures: [], tables: [], arrays: [] };
    return { name, title: name, description: '', problem: error.message, ...nothing };
  }
}

/** What a grouping was called when it was asked for; `undefined` where that is not known. */
async function titleIn(path: string): Promise<string | undefined> {
  try {
    const { title } = JSON.parse(await readFile(path, 'utf8'));
    return typeof title === 'string' ? title : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since 1970 of the last change; 0 for what is not there. */
async function changed(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Names of the folders in a folder, hidden ones left out, in order; none if it is not there. */
async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}
