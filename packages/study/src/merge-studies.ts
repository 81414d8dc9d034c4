import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted, XincError } from '@xinc/core';
import { ioError, isLeftover, makeFolder, temporaryName } from '@xinc/core/node';
import { RUN_FILES, Run, type RunManifest, takeLock, type Work } from '@xinc/runs';
import { STUDY_FILES } from './files.js';
import { networkDifferences, trainingDifferences } from './made-alike.js';
import { runPath, type Study } from './open-study.js';
import { removeFailure } from './tasks/failure.js';
import { studyStatus } from './tasks/status.js';
import type { Task } from './tasks/tasks.js';

/** What became of the runs of the parts, by the names of their tasks. */
export interface Merged {
  /** They are in the study now. */
  readonly taken: readonly string[];
  /** The study had them. */
  readonly there: readonly string[];
  /** The study has no such task, or one with other settings. */
  readonly foreign: readonly string[];
}

/**
 * Copies runs that were done elsewhere into a study: those whose task it has, with the same settings, and has not done itself. The
 * parts stay as they are. Runs of one signal and network that were made by other versions are told to `work.progress`.
 * @param parts studies, such as copies of this one that other machines worked on
 * @throws XincError `conflict` where runs of one signal and network are of pictures that differ, or have other settings, before
 *   anything is copied, or where a task is being done; `invalid-file` for a run that holds a link, say; `io`; `cancelled`
 */
export async function mergeStudies(study: Study, parts: readonly Study[], work: Work = {}): Promise<Merged> {
  const { progress, abort } = work;
  const own = await studyStatus(study);
  const wanted = new Map(own.filter(({ state }) => state !== 'done').map(({ task }) => [task.digest, task]));
  const done = new Set(own.filter(({ state }) => state === 'done').map(({ task }) => task.digest));
  const [there, foreign] = [new Set<string>(), new Set<string>()];
  const taken = new Map<Task, string>();
  for (const part of parts) {
    for (const { task, state } of await studyStatus(part)) {
      if (state !== 'done') continue;
      const here = wanted.get(task.digest);
      if (here) {
        if (!taken.has(here)) taken.set(here, runPath(part, task));
      } else (done.has(task.digest) ? there : foreign).add(task.id);
    }
  }
  const ownDone = own.flatMap(({ task, state }) => (state === 'done' ? [task] : []));
  for (const told of await checkAlike(study, ownDone, taken)) progress?.line(told);
  await makeFolder(study.folder.at(STUDY_FILES.locks));
  if (taken.size > 0) progress?.begin('Copying runs', 'runs');
  let copied = 0;
  for (const [task, from] of taken) {
    throwIfAborted(abort);
    await takeRun(study, task, from);
    progress?.update({ done: ++copied, total: taken.size });
  }
  if (taken.size > 0) progress?.end(`Runs copied: ${copied}`);
  return { taken: [...taken.keys()].map(({ id }) => id), there: [...there], foreign: [...foreign] };
}

/**
 * Refuses runs of one signal and network that are not of the same pictures, or of other networks: names say nothing of what a part, or
 * the version of XINC there, called so.
 * @returns what may make them others, once for all runs
 * @throws XincError `conflict`
 */
async function checkAlike(
  study: Study,
  done: readonly Task[],
  taken: ReadonlyMap<Task, string>,
): Promise<ReadonlySet<string>> {
  const known = new Map<string, { readonly path: string; readonly manifest: RunManifest }>();
  const runs = [...done.map((task) => [task, runPath(study, task)] as const), ...taken];
  const incoming = new Set([...taken.keys()].map(keyOf));
  const told = new Set<string>();
  for (const [task, path] of runs) {
    if (!incoming.has(keyOf(task))) continue;
    const { manifest } = await Run.open(path);
    const before = known.get(keyOf(task));
    if (before === undefined) {
      known.set(keyOf(task), { path, manifest });
      continue;
    }
    if (before.manifest.signal.source.sha256 !== manifest.signal.source.sha256) {
      throw new XincError('conflict', `'${task.signal.name}' is another signal in ${path} than in ${before.path}`, {
        subject: path,
        hint: 'Runs of one study are of the same pictures: leave that part out.',
      });
    }
    const pair = [manifest, before.manifest] as const;
    for (const { what, values, certain } of [...networkDifferences(...pair), ...trainingDifferences(...pair)]) {
      if (certain) {
        const difference = `${what} is ${values[0]} in ${path}, ${values[1]} in ${before.path}`;
        throw new XincError('conflict', `'${task.network.name}' is another network in a part: ${difference}`, {
          subject: path,
          hint: "Leave that part out, or make its runs anew with the version of XINC and of the model's plugin that made the others.",
        });
      }
      told.add(
        `runs of '${task.network.name}' were not made alike: ${what} is ${values[0]} in one, ${values[1]} in another`,
      );
    }
  }
  return told;
}

const keyOf = ({ signal, network }: Task): string => `${signal.name} ${network.name}`;

/** Puts a copy of a run in the place of a task's, whole or not at all. */
async function takeRun(study: Study, task: Task, from: string): Promise<void> {
  const lock = await takeLock(study.folder.at(STUDY_FILES.lock(task.id)), task.id);
  const to = runPath(study, task);
  const copy = join(study.folder.at(STUDY_FILES.runs), temporaryName(`.${task.id}`));
  try {
    await makeFolder(study.folder.at(STUDY_FILES.runs));
    await copyRun(from, copy);
    await lock.check();
    await study.folder.remove(STUDY_FILES.run(task.id));
    await rename(copy, to).catch((error) => {
      throw ioError(error, to, 'written');
    });
    await removeFailure(study.folder, task);
  } finally {
    await rm(copy, { recursive: true, force: true });
    await lock.release();
  }
}

/** @throws XincError `invalid-file` for anything but files and folders, `io` */
async function copyRun(from: string, to: string): Promise<void> {
  const refuse = (error: unknown) => {
    throw ioError(error, to, 'written');
  };
  await mkdir(to).catch(refuse);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name === RUN_FILES.lock || isLeftover(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyRun(source, target);
    else if (entry.isFile()) await copyFile(source, target).catch(refuse);
    else {
      throw new XincError('invalid-file', `${source} is neither a file nor a folder`, {
        subject: source,
        hint: 'Only these belong to a run: remove it.',
      });
    }
  }
}
