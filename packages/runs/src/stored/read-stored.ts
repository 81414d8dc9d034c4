import { XincError } from '@xinc/core';
import type { ZodType } from 'zod';
import type { Run } from '../folder/run.js';
import { parseStoredJson } from '../folder/stored-json.js';

/** Bytes of a JSON file: the tables of an analysis of 100,000 neurons take 20 MB. */
const JSON_BYTES = 64 * 2 ** 20;

/**
 * A JSON file of a run; `undefined` if there is none.
 * @param hint what to do where it is damaged
 * @throws XincError `invalid-file` naming the file
 */
export async function readStored<T>(run: Run, file: string, schema: ZodType<T>, hint: string): Promise<T | undefined> {
  if (!(await run.has(file))) return undefined;
  const refuse = (what: string) =>
    new XincError('invalid-file', `${run.folder.at(file)} is damaged: ${what}`, { subject: file, hint });
  const bytes = await run.read(file, JSON_BYTES);
  let value: unknown;
  try {
    value = parseStoredJson(bytes);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw refuse(`${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}
