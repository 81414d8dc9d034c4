import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { XincError } from '@xinc/core';

/** What a command of Slurm printed, and how it ended. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @returns `undefined` where the system has no such command */
async function call(program: string, args: readonly string[]): Promise<Ended | undefined> {
  // Of the job in which this process runs, if it runs in one: jobs inherit it where they ask for no processors of their own.
  const { SLURM_CPUS_PER_TASK: _, ...env } = process.env;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { status, stdout, stderr };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new XincError('io', `${program} could not be started: ${(error as Error).message}`, {
      subject: program,
      cause: error,
    });
  }
}

/**
 * Submits a job.
 * @returns its number
 * @throws XincError `not-found` where there is no sbatch, `io` with what it said where it refused
 */
export async function sbatch(args: readonly string[], onWarning?: (line: string) => void): Promise<string> {
  const ended = await call('sbatch', ['--parsable', ...args]);
  if (!ended) {
    throw new XincError('not-found', 'There is no sbatch on this machine', {
      subject: 'sbatch',
      hint: "Repeat this where Slurm's commands are on PATH, as on a login node of the cluster.",
    });
  }
  const said = ended.stderr.split('\n').filter((line) => line.trim() !== '');
  // `JOB`, or `JOB;CLUSTER`.
  const job = /^(\d+)(;.*)?$/m.exec(ended.stdout)?.[1];
  if (ended.status === 0 && job !== undefined) {
    for (const line of said) onWarning?.(line);
    return job;
  }
  const why = said.join(' ') || `it ended with ${ended.status} and gave no job`;
  throw new XincError('io', `sbatch submitted nothing: ${why}`, { subject: 'sbatch' });
}

/** The cluster's MaxArraySize; `undefined` where Slurm is not there, or does not say. */
export async function maxArraySize(): Promise<number | undefined> {
  const ended = await call('scontrol', ['show', 'config']).catch(() => undefined);
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(ended?.stdout ?? '')?.[1]);
  return size >= 2 ? size : undefined;
}
