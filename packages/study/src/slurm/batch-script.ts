/** A word of a command: as it is, or what Slurm says where the command is run. */
export type ScriptWord =
  | string
  | {
      /** `place` is the task's, counted from 1; `threads` are the processors that its job was given. */
      readonly variable: 'place' | 'threads';
    };

/** Seconds before a job's time is over at which its task is asked to save what it has. Slurm may do it a minute earlier. */
const SECONDS_TO_SAVE = 60;

/** Options of sbatch, by their long names. */
export type SbatchOptions = Readonly<Record<string, string | true>>;

/** As sbatch takes them. */
export const optionWords = (options: SbatchOptions): string[] =>
  Object.entries(options).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));

/**
 * The script that does one task. The offset of its job array is its argument. It becomes the task's process, so that this one is sent the
 * signals of its job.
 * @param threads processors of each task; 1, unless given or asked of sbatch
 */
export function taskScript(name: string, command: readonly ScriptWord[], threads: number | undefined): string {
  const options: SbatchOptions = {
    'job-name': name,
    ...(threads !== undefined && { 'cpus-per-task': String(threads) }),
    // After a node failed, or another job took its place, the task goes on from what is stored.
    requeue: true,
    'open-mode': 'append',
    signal: `B:TERM@${SECONDS_TO_SAVE}`,
  };
  return scriptOf('One task of a study: that at the place of its index in the array, plus $1.', options, [
    `place=$((SLURM_ARRAY_TASK_ID + \${1:-0}))`,
    `threads=\${SLURM_CPUS_PER_TASK:-1}`,
    `echo "task $place, job $SLURM_JOB_ID, start \${SLURM_RESTART_COUNT:-0}, $(hostname), $(date)"`,
    `exec ${command.map(scriptWord).join(' ')}`,
  ]);
}

/** The script that writes the report. */
export function reportScript(name: string, command: readonly ScriptWord[]): string {
  const options: SbatchOptions = { 'job-name': name, requeue: true, 'open-mode': 'append' };
  return scriptOf('The report of a study.', options, [`exec ${command.map(scriptWord).join(' ')}`]);
}

function scriptOf(about: string, options: SbatchOptions, lines: readonly string[]): string {
  const head = optionWords(options).map((word) => `#SBATCH ${word}`);
  return `${['#!/bin/bash', `# ${about}`, ...head, '', ...lines].join('\n')}\n`;
}

const scriptWord = (word: ScriptWord): string => (typeof word === 'string' ? shellQuoted(word) : `"$${word.variable}"`);

/** One word of a POSIX shell, whatever is in it. */
export const shellQuoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
