import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { type Engine, isXincError } from '@xinc/core';
import { createNetwork, createTracer, type KernelPool, type Network, type Tracer } from '@xinc/core/trace';
import {
  changeStar,
  labelledFrame,
  lockHolder,
  parseStoredJson,
  RUN_FILES,
  Run,
  RunFolder,
  type RunModel,
  type RunSource,
  type StarChange,
  storedNumbers,
  storedStars,
  type TrainingLogEntry,
} from '@xinc/runs';
import type { AnalysisView, RunView, StarsView, StoredAnalysis } from '@xinc/viewer-page';
import { tagOf } from '../http/answer.js';
import { networkAt } from './network-at.js';
import { byStamp, stampOf } from './stamp.js';
import { WeightsHistory, type WeightsVersion } from './weights-history.js';

/** Training that has written nothing for so long has been stopped; milliseconds. */
export const STILL = 30_000;
/** Bytes of the results of all analyses of a run, which the page is told of together; and of the title of a grouping. */
const RESULTS_BYTES = 256 * 2 ** 20;
const TITLE_BYTES = 65_536;

const FAITHFULNESS = 'faithfulness';

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
  readonly #word: (text: string) => string;
  /** Access to its files. */
  readonly folder: RunFolder;
  readonly #weights = new WeightsHistory();
  readonly #run: (stamp: string) => Promise<Run>;
  readonly #model: (key: string, run: Run) => Promise<RunModel>;
  readonly #curve: (stamp: string, run: Run) => Promise<TrainingLogEntry[]>;
  readonly #analyses = new Map<string, (stamp: string, run: Run) => Promise<StoredAnalysis>>();
  readonly #faithfulness = byStamp(rankCorrelations);
  readonly #stars = byStamp(storedStars);
  #changing: Promise<unknown> = Promise.resolve();
  #compiled: { readonly model: RunModel; readonly network: Network } | undefined;
  #current: { readonly model: RunModel; readonly weights: WeightsVersion; readonly network: Network } | undefined;
  #tracer: Tracer | undefined;

  /** @param word how the page's reader calls what texts name in backticks */
  constructor(id: string, source: RunSource, word: (text: string) => string) {
    this.id = id;
    this.source = source;
    this.#word = word;
    this.folder = new RunFolder(source.folder);
    const opened = byStamp(() => Run.open(source.folder));
    this.#run = (stamp) => opened(stamp, undefined);
    this.#model = byStamp(async (run: Run) => source.model(run));
    this.#curve = byStamp((run: Run) => run.trainingLog());
  }

  /** @throws XincError if the run is gone, broken, or of a model that is not at hand */
  async open(): Promise<OpenRun> {
    const run = await this.#run(await stampOf(this.folder, RUN_FILES.manifest));
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
    const names = [RUN_FILES.trainingLog, RUN_FILES.trainingState, RUN_FILES.manifest];
    const [finished, ...changes] = await Promise.all(
      [RUN_FILES.weights, ...names].map(async (name) => (await run.folder.stats(name))?.mtimeMs ?? 0),
    );
    const curve = await this.#curve(await stampOf(run.folder, RUN_FILES.trainingLog), run);
    return { curve, live: finished === 0 && Date.now() - Math.max(...changes) < STILL };
  }

  /** Groupings with stored label maps, and their frames. */
  async groupings({ run }: OpenRun): Promise<RunView['groupings']> {
    const found = await Promise.all(
      (await run.folder.list(RUN_FILES.labels, 'folders')).map(async (name) => {
        const files = await run.folder.list(RUN_FILES.labelsOf(name), 'files').catch(() => []);
        const frames = files.map(labelledFrame).filter((frame) => frame !== undefined);
        const title = await titleIn(run.folder, RUN_FILES.groupingNote(name));
        const byFrame = await this.source.byFrame(run, name);
        return { name, title: title ?? name, frames: frames.sort((a, b) => a - b), byFrame };
      }),
    );
    const shown = found.filter(({ frames }) => frames.length > 0);
    // One that is called like another has its folder's name beside.
    return shown.map(({ name, title, ...rest }) => {
      const alone = shown.every((other) => other.name === name || other.title !== title);
      return { name, title: alone ? title : `${title} (${name})`, ...rest };
    });
  }

  /** Results by name; one that cannot be read says why. */
  async analyses({ run }: OpenRun): Promise<AnalysisView[]> {
    const views: AnalysisView[] = [];
    let left = RESULTS_BYTES;
    // One by one: how many there are, and how large, is not for the run to say.
    for (const name of await run.folder.list(RUN_FILES.analyses, 'folders')) {
      const file = RUN_FILES.result(name);
      const stats = await run.folder.stats(file).catch((error: Error) => error);
      if (stats === null) continue;
      if (stats instanceof Error) {
        views.push({ ...unreadable(name, this.#word(stats.message)), version: '' });
        continue;
      }
      const stamp = await stampOf(run.folder, file);
      left -= stats.size;
      if (left < 0) {
        const problem = `${run.folder.at(file)} is left out: the results of this run are larger than ${RESULTS_BYTES / 2 ** 20} MiB`;
        views.push({ ...unreadable(name, problem), version: stamp });
        continue;
      }
      const read = this.#analyses.get(name) ?? byStamp((asked: Run) => this.#readAnalysis(asked, name));
      this.#analyses.set(name, read);
      views.push({ ...(await read(stamp, run)), version: stamp });
    }
    return views;
  }

  /** What the run's analysis `faithfulness` found of each layer that it tested; empty where it was not made or cannot be read. */
  async faithfulness({ run }: OpenRun): Promise<Readonly<Record<string, number>>> {
    const stamp = await stampOf(run.folder, RUN_FILES.result(FAITHFULNESS));
    return stamp ? this.#faithfulness(stamp, run) : {};
  }

  /** Neurons that were marked; where that cannot be read or written, why. */
  async stars({ run: { manifest } }: OpenRun): Promise<StarsView> {
    const { created, seed, model, signal } = manifest;
    const network = tagOf(JSON.stringify([created, seed, model, signal.source.sha256]));
    try {
      const list = await this.#stars(await stampOf(this.folder, RUN_FILES.stars), this.folder);
      const readOnly = await access(this.folder.path, constants.W_OK).then(
        () => undefined,
        () => 'The folder of this run cannot be written.',
      );
      return { list, network, ...(readOnly !== undefined && { readOnly }) };
    } catch (error) {
      if (!isXincError(error)) throw error;
      return { list: [], network, readOnly: `${this.#word(error.message)}.` };
    }
  }

  /** Changes a star; one change after the other. @throws XincError as `changeStar` of @xinc/runs */
  async changeStar(change: StarChange): Promise<void> {
    const before = this.#changing;
    const made = before.then(() => changeStar(this.folder, change));
    this.#changing = made.catch(() => {});
    await made;
  }

  /** Whether a process writes to the run. */
  async atWork(): Promise<boolean> {
    const holder = await lockHolder(this.folder.at(RUN_FILES.lock)).catch(() => undefined);
    return holder?.atWork ?? false;
  }

  async #readAnalysis(run: Run, name: string): Promise<StoredAnalysis> {
    try {
      const stored = await this.source.analysis(run, name);
      return { ...stored, omissions: stored.omissions.map(({ why, ...rest }) => ({ ...rest, why: this.#word(why) })) };
    } catch (error) {
      if (!isXincError(error)) throw error;
      return unreadable(name, this.#word(error.message));
    }
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
  async stamps(): Promise<Readonly<Record<'manifest' | 'training' | 'weights' | 'analyses' | 'stars', string>>> {
    const stamp = (name: string) => stampOf(this.folder, name);
    const foldersIn = (name: string) => this.folder.list(name, 'folders').catch(() => []);
    const analyses = await foldersIn(RUN_FILES.analyses);
    const results = analyses.map((name) => stamp(RUN_FILES.result(name)));
    const labels = await foldersIn(RUN_FILES.labels);
    const maps = labels.map((name) => stamp(RUN_FILES.labelsOf(name)));
    const training = await stamp(RUN_FILES.trainingLog);
    return {
      manifest: await stamp(RUN_FILES.manifest),
      training,
      stars: await stamp(RUN_FILES.stars),
      weights: (await stamp(RUN_FILES.weights)) || (await stamp(RUN_FILES.trainingState)),
      analyses: JSON.stringify([
        await this.atWork(),
        analyses,
        await Promise.all(results),
        labels,
        await Promise.all(maps),
      ]),
    };
  }
}

/** Mean rank correlations by layer, as the result of `faithfulness` gives them among its values. */
async function rankCorrelations(run: Run): Promise<Readonly<Record<string, number>>> {
  const { values } = await storedNumbers(run, FAITHFULNESS).catch(() => ({ values: undefined }));
  const found = Object.entries(values?.rankCorrelation ?? {});
  return Object.fromEntries(found.filter(([, value]) => Number.isFinite(value)));
}

function unreadable(name: string, problem: string): StoredAnalysis {
  const nothing = { findings: [], notes: [], omissions: [], figures: [], tables: [], arrays: [] };
  return { name, title: name, description: '', problem, ...nothing };
}

/** What a grouping was called when it was asked for; `undefined` where that is not known. */
async function titleIn(folder: RunFolder, file: string): Promise<string | undefined> {
  try {
    const { title } = parseStoredJson(await folder.read(file, TITLE_BYTES)) as { title?: unknown };
    return typeof title === 'string' ? title : undefined;
  } catch {
    return undefined;
  }
}
