import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Study } from '../src/open-study.js';
import type { Task } from '../src/tasks/tasks.js';

/** What the process of a task executes. */
export const PROGRAM = fileURLToPath(new URL('do-nothing.mjs', import.meta.url));

/** The command of a task's process: what it does is by the seed of its task, the last going for all after it. */
export const doing =
  (study: Study, ...how: string[]) =>
  ({ id, digest, seed }: Task): [string, ...string[]] => [
    process.execPath,
    PROGRAM,
    study.path,
    id,
    digest,
    how[Math.min(seed, how.length - 1)],
  ];

/** Lines that the processes of tasks wrote, in order. */
export async function linesOf(study: Study, name: string): Promise<string[]> {
  return (await readFile(join(study.path, name), 'utf8').catch(() => '')).split('\n').filter(Boolean).sort();
}
