import { didYouMean, isXincError, XincError } from '@xinc/core';
import type { ZodType } from 'zod';

/**
 * Looks up what a caller named: a name that does not exist is a mistake of theirs, as an unknown setting is.
 * @param setting where it was named, as the error says: `groupings`
 * @throws XincError `invalid-option` in place of `not-found`
 */
export function asked<T>(setting: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw asWish(setting, error);
  }
}

/** As `asked`, for what rejects. */
export function asWish(setting: string, error: unknown): unknown {
  if (!isXincError(error, 'not-found')) return error;
  const { problem, hint } = error;
  return new XincError('invalid-option', problem, { setting, cause: error, ...(hint !== undefined && { hint }) });
}

/**
 * Values checked by a plugin's schema; keys that it does not know are refused.
 * @param owner whose they are, for messages: "model 'ffn'"
 * @throws XincError `invalid-option` naming the key, what is wrong, and the keys there are
 */
export function parseConfig<C>(schema: ZodType<C>, values: Readonly<Record<string, unknown>>, owner: string): C {
  const keys = keysOf(schema);
  for (const key of Object.keys(values)) {
    if (keys && !keys.includes(key)) {
      throw new XincError('invalid-option', `The ${owner} has no setting '${key}'`, {
        subject: key,
        hint: keys.length > 0 ? `${didYouMean(key, keys)}It has ${keys.join(', ')}.` : 'It has none.',
      });
    }
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // Where it is a list, what is wrong with one of its items.
  const key = String(issue.path[0] ?? '');
  // A text that is no number is NaN by the time it is checked, which nobody wrote.
  const problem = issue.message.replace(/received NaN$/, `received '${format(values[issue.path[0] as string])}'`);
  throw new XincError('invalid-option', `The ${owner} cannot take ${key} = ${format(values[key])}: ${problem}`, {
    subject: key,
  });
}

/** Name, default and description of each setting, for help. */
export function describeSettings(schema: ZodType): { name: string; value: string; description: string }[] {
  const shape = shapeOf(schema);
  const defaults = schema.safeParse({});
  return Object.entries(shape ?? {}).map(([name, field]) => ({
    name,
    value: defaults.success ? format((defaults.data as Record<string, unknown>)[name]) : '',
    description: field.description ?? '',
  }));
}

function format(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

// A plugin may bring its own copy of zod, so its schemas are known by their shape and not by their class.
function shapeOf(schema: ZodType): Record<string, ZodType> | undefined {
  return (schema as { shape?: Record<string, ZodType> }).shape;
}

/** The schema of one setting; `undefined` for one that there is not. */
export function settingOf(schema: ZodType, key: string): ZodType | undefined {
  const shape = shapeOf(schema);
  return shape && Object.hasOwn(shape, key) ? shape[key] : undefined;
}

function keysOf(schema: ZodType): string[] | undefined {
  const shape = shapeOf(schema);
  return shape && Object.keys(shape);
}
