import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { XincError } from '@xinc/core';
import { ioError, makeFolder, type Registry } from '@xinc/core/node';
import { callWords, RunFolder, takeLock, type Work } from '@xinc/runs';
import { STUDY_FILES } from './files.js';
import { inStudy } from './in-study.js';
import { checkWithPlugins } from './manifest/check-with-plugins.js';
import { checkManifest, type StudyManifest, type StudyNetwork, type StudySignal } from './manifest/manifest.js';
import { namesOf, type Pairing, pairLabels } from './manifest/names.js';
import { parseYaml, yamlValue } from './manifest/parse-yaml.js';
import { addToDocument, manifestText } from './manifest/write-manifest.js';
import { MANIFEST_BYTES, openStudy, type Study } from './open-study.js';
import { checkSizes } from './tasks/check-sizes.js';
import { tasksOf } from './tasks/tasks.js';

/** Signals, and labels of them, by their paths. */
export interface SignalWishes {
  readonly signals?: readonly string[];
  readonly labels?: readonly string[];
}

/** A model, with its settings. */
export interface NetworkWishes {
  readonly model: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What a study is to be. */
export interface StudyWishes extends SignalWishes, Omit<StudyManifest, 'schema' | 'signals' | 'networks'> {
  readonly signals: readonly string[];
  readonly networks: readonly NetworkWishes[];
}

/** What is to come to a study. */
export interface StudyAddition extends SignalWishes {
  readonly networks?: readonly NetworkWishes[];
  readonly seeds?: readonly number[];
}

/** A study that was made or added to. */
export interface Made {
  readonly study: Study;
  /** By what it was told which labels are whose; `undefined` where none were given. */
  readonly pairing: Pairing | undefined;
}

/**
 * Makes a study: a folder with a study.yaml. Nothing is computed.
 * @throws XincError `conflict` where something is there, `invalid-option`, also for a signal whose size a network refuses, `not-found` for a signal that is
 *   not there, `io`, `cancelled`
 */
export async function newStudy(
  path: string,
  wishes: StudyWishes,
  registry: Registry,
  work: Pick<Work, 'abort'> = {},
): Promise<Made> {
  const there = await readdir(path).catch((error): string[] => {
    if (error.code === 'ENOENT') return [];
    throw ioError(error, path, 'read');
  });
  if (there.length > 0) {
    const isStudy = there.includes(STUDY_FILES.manifest);
    throw new XincError('conflict', `${path} ${isStudy ? 'holds a study' : 'is not empty'}`, {
      subject: path,
      hint: isStudy ? `Choose another folder, or add to it by ${callWords('addToStudy')}.` : 'Choose another folder.',
    });
  }
  const { signals, labels, networks, ...common } = wishes;
  const found = await describeSignals(path, { signals, ...(labels && { labels }) }, []);
  const manifest = { ...common, signals: found.signals, networks: describeNetworks(networks, []) };
  const text = manifestText(manifest);
  const file = join(path, STUDY_FILES.manifest);
  const checked = checkManifest(yamlValue(parseYaml(text, file), file), file);
  checkWithPlugins(checked, registry);
  await checkSizes({ path, manifest: checked }, tasksOf(checked, file), registry, work);
  await makeFolder(path).catch((error) => {
    throw ioError(error, path, 'made');
  });
  await new RunFolder(path).write(STUDY_FILES.manifest, text);
  return { study: await openStudy(path), pairing: found.pairing };
}

/**
 * Adds signals, networks and seeds to a study; its tasks keep their names and runs, and study.yaml its comments.
 * @throws XincError as `newStudy` and `openStudy` do; `conflict` where another process adds to it
 */
export async function addToStudy(
  path: string,
  wishes: StudyAddition,
  registry: Registry,
  work: Pick<Work, 'abort'> = {},
): Promise<Made> {
  const { folder } = await openStudy(path);
  const lock = await takeLock(join(path, `${STUDY_FILES.manifest}.lock`), path);
  try {
    const file = join(path, STUDY_FILES.manifest);
    const document = parseYaml((await folder.read(STUDY_FILES.manifest, MANIFEST_BYTES)).toString('utf8'), file);
    const before = checkManifest(yamlValue(document, file), file);
    const { signals = [], labels, networks = [], seeds = [] } = wishes;
    const found = await describeSignals(path, { signals, ...(labels && { labels }) }, before.signals);
    const added = {
      signals: found.signals,
      networks: describeNetworks(networks, before.networks),
      seeds: seeds.filter((seed) => !before.seeds.includes(seed)),
    };
    if (Object.values(added).every(({ length }) => length === 0)) {
      throw new XincError('invalid-option', `${path} has all of this already`, { subject: path });
    }
    addToDocument(document, added);
    const checked = checkManifest(yamlValue(document, file), file);
    checkWithPlugins(checked, registry);
    const there = new Set(tasksOf(before, file).map(({ id }) => id));
    const tasks = tasksOf(checked, file).filter(({ id }) => !there.has(id));
    await checkSizes({ path, manifest: checked }, tasks, registry, { ...work, word: inStudy });
    await lock.check();
    await folder.write(STUDY_FILES.manifest, document.toString({ lineWidth: 0 }));
    return { study: await openStudy(path), pairing: found.pairing };
  } finally {
    await lock.release();
  }
}

async function describeSignals(
  study: string,
  { signals = [], labels = [] }: SignalWishes,
  before: readonly StudySignal[],
): Promise<{ signals: StudySignal[]; pairing: Pairing | undefined }> {
  for (const path of [...signals, ...labels]) {
    await stat(path).catch((error) => {
      throw ioError(error, path, 'read');
    });
  }
  const there = before.map(({ path }) => resolve(study, path));
  const twice = signals.find((path, i) => there.includes(resolve(path)) || signals.indexOf(path) < i);
  if (twice !== undefined) {
    throw new XincError('invalid-option', `${twice} is in the study already`, {
      subject: twice,
      hint: 'Name each signal once.',
    });
  }
  const paired = labels.length > 0 ? pairLabels(signals, labels) : undefined;
  const names = namesOf(
    signals,
    before.map(({ name }, i) => ({ name, path: there[i] })),
  );
  const described = signals.map((path, i) => {
    const of = paired?.labels[i];
    return { name: names[i], path: fromStudy(study, path), ...(of !== undefined && { labels: fromStudy(study, of) }) };
  });
  return { signals: described, pairing: paired?.by };
}

/** A path as study.yaml has it, the same on all systems; absolute where it lies on another disk. */
function fromStudy(study: string, path: string): string {
  const way = relative(resolve(study), resolve(path));
  return isAbsolute(way) ? way : way.split(sep).join('/') || '.';
}

/** Networks are called as their models are, and numbered where there are several of one. */
function describeNetworks(networks: readonly NetworkWishes[], before: readonly StudyNetwork[]): StudyNetwork[] {
  const taken = new Set(before.map(({ name }) => name));
  return networks.map(({ model, settings = {} }) => {
    let name = model;
    for (let n = 2; taken.has(name); n++) name = `${model}-${n}`;
    taken.add(name);
    return { name, model, ...(Object.keys(settings).length > 0 && { settings }) };
  });
}
