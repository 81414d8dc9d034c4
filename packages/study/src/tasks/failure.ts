import { hostname } from 'node:os';
import { isXincError } from '@xinc/core';
import { parseStoredJson, type RunFolder } from '@xinc/runs';
import { z } from 'zod';
import { STUDY_FILES } from '../files.js';
import type { Task } from './tasks.js';

const failureSchema = z.object({
  /** The digest of the task as it was then: a failure of other settings says nothing of these. */
  digest: z.string(),
  why: z.string(),
  /** The machine on which it failed. */
  host: z.string(),
  when: z.string(),
});

/** Bytes of a failure's file. */
const MOST_BYTES = 65_536;
/** Characters of a reason that are kept. */
const MOST_CHARACTERS = 4000;

/** Why a task failed the last time; `undefined` where it did not, or had other settings then. */
export async function readFailure(folder: RunFolder, { id, digest }: Task): Promise<string | undefined> {
  const name = STUDY_FILES.failure(id);
  try {
    const failure = failureSchema.parse(parseStoredJson(await folder.read(name, MOST_BYTES)));
    return failure.digest === digest ? failure.why : undefined;
  } catch (error) {
    if (isXincError(error, 'not-found')) return undefined;
    return `it failed, and ${folder.at(name)}, which says why, cannot be read`;
  }
}

/** @throws XincError `io` */
export async function writeFailure(folder: RunFolder, { id, digest }: Task, why: string): Promise<void> {
  const failure = { digest, why: why.slice(0, MOST_CHARACTERS), host: hostname(), when: new Date().toISOString() };
  await folder.write(STUDY_FILES.failure(id), `${JSON.stringify(failure, undefined, 2)}\n`);
}

/** Forgets that a task failed. @throws XincError `io` */
export async function removeFailure(folder: RunFolder, { id }: Task): Promise<void> {
  await folder.remove(STUDY_FILES.failure(id));
}
