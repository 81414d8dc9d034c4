import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Engine, isXincError, throwIfAborted, XincError } from '@xinc/core';
import { makeFolder, type Registry } from '@xinc/core/node';
import {
  analyzeRun,
  asked,
  checkGroupings,
  checkMemory,
  checkTrainable,
  openWith,
  planRun,
  prepareRun,
  type Run,
  type RunOmission,
  reportRun,
  takeLock,
  trainRun,
  type Work,
} from '@xinc/runs';
import { doneMark, STUDY_FILES } from '../files.js';
import { inStudy } from '../in-study.js';
import { analysisPlan } from '../manifest/check-with-plugins.js';
import { runPath, type Study } from '../open-study.js';
import { removeFailure, writeFailure } from './failure.js';
import { measureSsim } from './measure-ssim.js';
import { openTaskInput } from './open-input.js';
import { taskStatus } from './status.js';
import type { Task } from './tasks.js';

/** Milliseconds between looks at a task that another process does. */
const PATIENCE = 1000;

/** What a task is done with. */
export interface TaskMeans {
  readonly registry: Registry;
  /** Starts what networks run on; called where there is something to do. */
  readonly startEngine: () => Promise<Engine>;
}

/**
 * Does a task, unless it is done: afterwards it is, whoever did it. While another process does it, it is waited for, and taken over
 * should that process be gone. A run that was begun goes on from where it was.
 * @returns whether it was done here
 * @throws XincError why it failed, which is kept in the study; `cancelled`, after which it goes on from there
 */
export async function doTask(study: Study, task: Task, means: TaskMeans, work: Work = {}): Promise<boolean> {
  const { progress, abort } = work;
  await makeFolder(study.folder.at(STUDY_FILES.locks));
  for (let told = false; ; ) {
    throwIfAborted(abort);
    const { state, holder } = await taskStatus(study, task);
    if (state === 'done') return false;
    if (state === 'running') {
      if (!told) {
        const where = holder!.host === undefined ? '' : ` on ${holder!.host}`;
        progress?.line(`${task.id} is being done by another process (${holder!.pid}${where}): waiting for it`);
        told = true;
      }
      await pause(PATIENCE, undefined, { ...(abort && { signal: abort }) }).catch(() => {});
      continue;
    }
    const lock = await takeLock(study.folder.at(STUDY_FILES.lock(task.id)), task.id).catch((error) => {
      // Another was quicker.
      if (isXincError(error, 'conflict')) return undefined;
      throw error;
    });
    if (!lock) continue;
    try {
      if ((await taskStatus(study, task)).state === 'done') return false;
      await doAlone(study, task, means, work);
      return true;
    } finally {
      await lock.release();
    }
  }
}

/** Does a task that nobody else does, and keeps why it failed. */
async function doAlone(study: Study, task: Task, means: TaskMeans, work: Work): Promise<void> {
  try {
    await makeTaskRun(study, task, means, work);
    await removeFailure(study.folder, task);
  } catch (error) {
    throwIfAborted(work.abort);
    const { word = (text: string) => text } = work;
    const told = isXincError(error)
      ? new XincError(error.code, inStudy(error.message), {
          ...(error.subject && { subject: error.subject }),
          cause: error,
        })
      : error;
    const why = isXincError(told) ? word(told.message) : `a fault of xinc itself: ${(error as Error).message}`;
    // On a full disk it cannot be kept; whoever called is told.
    await writeFailure(study.folder, task, why).catch(() => {});
    throw told;
  }
}

async function makeTaskRun(study: Study, task: Task, { registry, startEngine }: TaskMeans, given: Work): Promise<void> {
  const { word = (text: string) => text } = given;
  const work = { ...given, word: (text: string) => word(inStudy(text)) };
  const { manifest } = study;
  const { network, seed, untilPsnr } = task;
  const start = performance.now();
  const { plugin } = asked('model', () => registry.get('inr', network.model));
  const analyses = analysisPlan(manifest, registry);
  const input = await openTaskInput(study, task, plugin, work.abort);
  const steps = network.steps ?? manifest.steps;
  const plan = planRun(registry, {
    ...input,
    out: runPath(study, task),
    model: network.model,
    settings: network.settings ?? {},
    seed,
    ...(steps !== undefined && { steps }),
    ...(untilPsnr !== undefined && { untilPsnr }),
  });
  checkTrainable(plan.inr);
  await checkMemory(plan, work);
  checkGroupings(analyses.groupings, input.signal.shape, input.labels !== null);
  const engine = await startEngine();
  try {
    const run = await prepareRun(plan, engine.description, work);
    // Its frames are in the run.
    plan.input.signal.release?.();
    await trainRun(run, plan.inr, engine, work);
    const opened = await openWith(run, plan.inr, engine);
    try {
      await run.exclusively(async () => {
        const { omissions } = await analyzeRun(run, opened, analyses, work);
        await reportRun(run, registry, opened, work);
        refuseFailed(omissions);
        const ssim = await measureSsim(run, opened, work.abort);
        await markDone(run, task, { ssim, seconds: Number(((performance.now() - start) / 1000).toFixed(3)) });
      });
    } finally {
      await opened.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

/** A run that lacks what a plugin failed to give is not done. */
function refuseFailed(omissions: readonly RunOmission[]): void {
  const failed = omissions.filter(({ code }) => code === 'plugin');
  if (failed.length === 0) return;
  const [{ what, layer, why }] = failed;
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  throw new XincError('plugin', `A plugin failed: ${layer === undefined ? what : `layer ${layer}`}${more}: ${why}`);
}

/** The last file of a run that is whole; marks of other settings go. */
async function markDone(
  run: Run,
  { id, digest }: Task,
  measured: { readonly ssim: number | null; readonly seconds: number },
): Promise<void> {
  const mark = doneMark(digest);
  const isMark = (name: string) => /^task-[0-9a-f]+\.json$/.test(name);
  for (const name of (await readdir(run.path)).filter(isMark)) await run.remove(name);
  const about = { task: id, digest, ...measured, finished: new Date().toISOString() };
  await run.write(mark, `${JSON.stringify(about, undefined, 2)}\n`);
}
