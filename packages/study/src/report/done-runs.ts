import { parseStoredJson, Run } from '@xinc/runs';
import { z } from 'zod';
import { doneMark } from '../files.js';
import { runPath, type Study } from '../open-study.js';
import type { TaskStatus } from '../tasks/status.js';
import type { Task } from '../tasks/tasks.js';

/** A run that is whole, with its task. */
export interface DoneRun {
  readonly task: Task;
  readonly run: Run;
  /** Structural similarity, the mean over its frames; `null` where it is not known. */
  readonly ssim: number | null;
}

const markSchema = z.object({ ssim: z.number().nullable().optional() });
const MARK_BYTES = 65_536;

/** The runs of tasks that are done, in the study's order. @throws XincError as `Run.open` does */
export async function doneRuns(study: Study, states: readonly TaskStatus[]): Promise<DoneRun[]> {
  const runs: DoneRun[] = [];
  for (const { task, state } of states) {
    if (state !== 'done') continue;
    const run = await Run.open(runPath(study, task));
    const mark = markSchema.safeParse(parseStoredJson(await run.read(doneMark(task.digest), MARK_BYTES)));
    runs.push({ task, run, ssim: (mark.success ? mark.data.ssim : undefined) ?? null });
  }
  return runs;
}
