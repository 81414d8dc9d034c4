import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isXincError, XincError } from '@xinc/core';
import { makeFolder } from '@xinc/core/node';
import { parseStoredJson, takeLock } from '@xinc/runs';
import { z } from 'zod';
import { STUDY_FILES } from '../files.js';
import type { Study } from '../open-study.js';

const queueSchema = z.object({ id: z.string().regex(/^[0-9a-f]{12}$/) });

/** Bytes of the file. */
const MOST_BYTES = 65_536;
/** Milliseconds between tries while another process gives the id. */
const PATIENCE = 50;

/**
 * What a study is called in queues, on whichever machine and by whichever path: given once, and kept in its folder.
 * @throws XincError `invalid-file`, `io`
 */
export async function queueId(study: Study): Promise<string> {
  await makeFolder(study.folder.at(STUDY_FILES.locks));
  for (;;) {
    const there = await readId(study);
    if (there !== undefined) return there;
    const lock = await takeLock(study.folder.at(STUDY_FILES.lock('queue')), STUDY_FILES.queue).catch((error) => {
      // Another gives it.
      if (isXincError(error, 'conflict')) return undefined;
      throw error;
    });
    if (!lock) {
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
