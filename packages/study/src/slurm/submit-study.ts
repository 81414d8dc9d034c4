import { basename, resolve } from 'node:path';
import { invalidSetting, throwIfAborted, XincError } from '@xinc/core';
import { ioError, makeFolder } from '@xinc/core/node';
import type { Work } from '@xinc/runs';
import { STUDY_FILES } from '../files.js';
import type { Study } from '../open-study.js';
import { countStates, studyStatus } from '../tasks/status.js';
import { optionWords, reportScript, type ScriptWord, shellQuoted, taskScript } from './batch-script.js';
import { type JobArray, jobArrays } from './job-arrays.js';
import { maxArraySize, sbatch } from './sbatch.js';

/** MaxArraySize of a Slurm whose configuration does not say otherwise. */
const USUAL_ARRAY_SIZE = 1001;
/** The least with which there is an index: they begin at 1. */
const LEAST_ARRAY_SIZE = 2;

/** How a study is submitted. */
export interface SlurmWishes {
  /** The command that does one task; it runs in the folder where the study is submitted. */
  readonly task: readonly ScriptWord[];
  /** The command that writes the report. */
  readonly report: readonly ScriptWord[];
  /** Tasks at a time; as many as Slurm lets run, unless given. */
  readonly jobs?: number;
  /** Processors of each task; 1, unless given here or among the options. */
  readonly threads?: number;
  /** Options of sbatch, for tasks and report: `['--partition=long']`. They count where the study's own say otherwise. */
  readonly options?: readonly string[];
  /** The cluster's MaxArraySize; what `scontrol` says, else Slurm's usual 1001. */
  readonly arraySize?: number;
}

/** What a study is submitted as. */
export interface SlurmPlan {
  /** The arrays do the tasks that are neither done nor being done. */
  readonly arrays: readonly JobArray[];
  readonly counts: ReturnType<typeof countStates>;
  /** Texts of the scripts, by their names in the study. */
  readonly scripts: Readonly<Record<string, string>>;
  /** The same as a shell script that would submit it. */
  readonly asShell: string;
  /** Calls of sbatch, in their order: one for each array, then the report's. */
  readonly submissions: readonly Submission[];
}

/** One call of sbatch. */
interface Submission {
  readonly words: readonly string[];
  /** Submissions before it, after whose end it begins, however they end. */
  readonly after: readonly number[];
  readonly script: string;
  readonly argument?: string;
}

/** The jobs that were submitted. */
export interface Submitted {
  /** By Slurm's numbers, in the order of the plan's arrays. */
  readonly arrays: readonly string[];
  readonly report: string;
}

/**
 * Plans the jobs that do what is not done of a study: its tasks as job arrays, and the report after them. Nothing is written.
 * @throws XincError `invalid-option` for options of sbatch that the study sets itself, and for a size of arrays that hold no task; `unsupported` for a path that Slurm takes for another, `io`
 */
export async function planSlurm(study: Study, wishes: SlurmWishes): Promise<SlurmPlan> {
  const { task, report, jobs, threads, options = [], arraySize } = wishes;
  const own = options.find((option) => /^(-a|--(array|wrap|parsable)(=|$))/.test(option));
  if (own !== undefined) {
    throw new XincError('invalid-option', `sbatch's option ${own} cannot be given: the study sets it`, {
      subject: own,
      hint: 'Leave it out; `jobs` says how many tasks run at a time.',
    });
  }
  if (arraySize !== undefined && !(Number.isInteger(arraySize) && arraySize >= LEAST_ARRAY_SIZE)) {
    throw invalidSetting('arraySize', String(arraySize), {
      expected: `a whole number of at least ${LEAST_ARRAY_SIZE}`,
    });
  }
  const folder = resolve(study.path);
  if (folder.includes('\\')) {
    throw new XincError('unsupported', `${folder}: Slurm cannot write logs where a path has a backslash`, {
      subject: folder,
      hint: 'Give the folder another name.',
    });
  }
  const states = await studyStatus(study);
  const places = states.flatMap(({ state }, i) => (state === 'failed' || state === 'waiting' ? [i + 1] : []));
  const size = arraySize ?? (places.length > 0 ? await maxArraySize() : undefined) ?? USUAL_ARRAY_SIZE;
  const arrays = jobArrays(places, size);
  const log = (name: string) => `${folder.replaceAll('%', '%%')}/${STUDY_FILES.logs}/${name}`;
  const name = `xinc-${basename(folder).replace(/[^\w.-]+/g, '-')}`;
  const submissions: Submission[] = arrays.map(({ offset, indices }, i) => ({
    words: [
      ...optionWords({ output: log('%A_%a.log') }),
      ...options,
      ...optionWords({ array: jobs === undefined ? indices : `${indices}%${jobs}` }),
    ],
    // Slurm's limit is one of each array: so that it holds for all of them, one begins after the other.
    after: jobs === undefined || i === 0 ? [] : [i - 1],
    script: STUDY_FILES.taskScript,
    ...(offset > 0 && { argument: String(offset) }),
  }));
  if (arrays.length > 0) {
    submissions.push({
      words: [...optionWords({ output: log('%j-report.log') }), ...options],
      after: jobs === undefined ? arrays.map((_, i) => i) : [arrays.length - 1],
      script: STUDY_FILES.reportScript,
    });
  }
  const at = (script: string) => resolve(folder, ...script.split('/'));
  const asShell = submissions.map(({ words, after, script, argument }, i) => {
    const dependency =
      after.length > 0 ? [`--dependency=afterany:${after.map((j) => `\${job${j + 1}%;*}`).join(':')}`] : [];
    const quoted = [
      ...words.map(shellQuoted),
      ...dependency,
      ...[at(script), ...argumentOf(argument)].map(shellQuoted),
    ];
    return `job${i + 1}=$(sbatch --parsable ${quoted.join(' ')})`;
  });
  return {
    arrays,
    counts: countStates(states),
    scripts: {
      [STUDY_FILES.taskScript]: taskScript(name, task, threads),
      [STUDY_FILES.reportScript]: reportScript(`${name}-report`, report),
    },
    asShell: asShell.join('\n'),
    submissions,
  };
}

/**
 * Writes the scripts of a plan into the study, and submits its jobs.
 * @throws XincError `not-found` where there is no sbatch; `io` where it refuses, saying which jobs were submitted before
 */
export async function submitPlan(study: Study, plan: SlurmPlan, { progress, abort }: Work = {}): Promise<Submitted> {
  for (const [file, text] of Object.entries(plan.scripts)) await study.folder.write(file, text);
  // Slurm makes no folder for the logs: jobs without one end at once.
  const logs = study.folder.at(STUDY_FILES.logs);
  await makeFolder(logs).catch((error) => {
    throw ioError(error, logs, 'made');
  });
  const jobs: string[] = [];
  for (const { words, after, script, argument } of plan.submissions) {
    const dependency: string[] =
      after.length > 0 ? optionWords({ dependency: `afterany:${after.map((i) => jobs[i]).join(':')}` }) : [];
    try {
      throwIfAborted(abort);
      const path = resolve(study.folder.at(script));
      jobs.push(await sbatch([...words, ...dependency, path, ...argumentOf(argument)], (line) => progress?.line(line)));
    } catch (error) {
      throw jobs.length > 0 && error instanceof XincError ? withJobs(error, jobs) : error;
    }
  }
  return { arrays: jobs.slice(0, -1), report: jobs.at(-1)! };
}

const argumentOf = (argument: string | undefined): string[] => (argument === undefined ? [] : [argument]);

/** Says what was submitted before something failed. */
function withJobs({ code, message, subject, cause }: XincError, jobs: readonly string[]): XincError {
  return new XincError(code, message, {
    ...(subject !== undefined && { subject }),
    hint: `Submitted before: ${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.join(', ')}, which do their tasks; scancel takes them back.`,
    cause,
  });
}
