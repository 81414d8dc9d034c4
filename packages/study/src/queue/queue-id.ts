import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isXincError, throwIfAborted, XincError } from '@xinc/core';
import { makeFolder } from '@xinc/core/node';
import { parseStoredJson, takeLock, type Work } from '@xinc/runs';
import { z } from 'zod';
import { STUDY_FILES } from '../files.js';
import type { Study } from '../open-study.js';

const queueSchema = z.object({ id: z.string().regex(/^[0-9a-f]{12}$/) });

/** Bytes of the file. */
const MOST_BYTES = 65_536;
/** Milliseconds between tries while another process gives the id. */
const PATIENCE = 50;
/** How many such tries it takes until the waiting is told. */
const QUIET = 20;

/**
 * What a study is called in queues, on whichever machine and by whichever path: given once, and kept in its folder.
 * @param work what ends the waiting for another process that is about to give it, and is told of it
 * @throws XincError `invalid-file`, `io`, `cancelled`
 */
export async function queueId(study: Study, { abort, progress }: Pick<Work, 'abort' | 'progress'>): Promise<string> {
  await makeFolder(study.folder.at(STUDY_FILES.locks));
  const file = study.folder.at(STUDY_FILES.lock('queue'));
  for (let tries = 0; ; tries++) {
    throwIfAborted(abort);
    const there = await readId(study);
    if (there !== undefined) return there;
    const lock = await takeLock(file, STUDY_FILES.queue).catch((error) => {
      // Another gives it.
      if (isXincError(error, 'conflict')) return undefined;
      throw error;
    });
    if (!lock) {
      if (tries === QUIET)
        progress?.line(`another process gives the study its queue: waiting for it, as long as it has ${file}`);
      await pause(PATIENCE);
      continue;
    }
    try {
      if ((await readId(study)) !== undefined) continue;
      const id = randomUUID().replaceAll('-', '').slice(0, 12);
      await study.folder.write(STUDY_FILES.queue, `${JSON.stringify({ id })}\n`);
    } finally {
      await lock.release();
    }
  }
}

async function readId({ folder }: Study): Promise<string | undefined> {
  try {
    return queueSchema.parse(parseStoredJson(await folder.read(STUDY_FILES.queue, MOST_BYTES))).id;
  } catch (error) {
    if (isXincError(error, 'not-found')) return undefined;
    if (isXincError(error, 'io')) throw error;
    const file = folder.at(STUDY_FILES.queue);
    throw new XincError('invalid-file', `${file} does not say what the study is called in queues`, {
      subject: file,
      hint: 'Remove it: the study gets another queue.',
      cause: error,
    });
  }
}
