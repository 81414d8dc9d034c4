import { XincError } from '@xinc/core';
import type { Run } from '@xinc/core/node';
import type { ZodType } from 'zod';

/**
 * A JSON file of a run; `undefined` if there is none.
 * @param hint what to do where it is damaged
 * @throws XincError `invalid-file` naming the file
 */
export async function readStored<T>(run: Run, file: string, schema: ZodType<T>, hint: string): Promise<T | undefined> {
  if (!(await run.has(file))) return undefined;
  const refuse = (what: string) =>
    new XincError('invalid-file', `${run.file(...file.split('/'))} is damaged: ${what}`, { subject: file, hint });
  let value: unknown;
  try {
    value = JSON.parse((await run.read(file)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse('it is not JSON');
    throw error;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw refuse(`${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
}
