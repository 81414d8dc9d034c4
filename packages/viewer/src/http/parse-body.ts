import type { z } from 'zod';
import { Refusal } from './refusal.js';

/** How a request that cannot be read is refused. */
export type Refuse = (what: string) => Refusal;

/**
 * Reads the JSON of a request.
 * @param subject what the request is, at the beginning of a sentence: 'The star'
 * @returns what it holds, and how to refuse what the schema does not know of
 * @throws Refusal 400 for what is no JSON, or not that of the schema
 */
export function parseBody<T>(body: string, schema: z.ZodType<T>, subject: string): { data: T; refuse: Refuse } {
  const refuse: Refuse = (what) => new Refusal(400, 'invalid-option', `${subject} cannot be read: ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refuse('it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse(`${parsed.error.issues[0].path.join('.')}: ${parsed.error.issues[0].message}`);
  return { data: parsed.data, refuse };
}
