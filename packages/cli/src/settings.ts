import { didYouMean, isXincError, XincError } from '@xinc/core';
import type { ZodType } from 'zod';

/**
 * The pairs of `--set key=value`.
 * @throws XincError `invalid-option`
 */
export function parsePairs(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      throw new XincError('invalid-option', `--set ${pair}: there is no '='`, {
        subject: '--set',
        hint: 'Write --set key=value.',
      });
    }),
  );
}

/**
 * Looks up what an option names: a name that does not exist is a mistake in the command, as an unknown setting is.
 * @param option for instance `--model`
 * @throws XincError `invalid-option` in place of `not-found`
 */
export function named<T>(option: string, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw asNamed(option, error);
  }
}

/** As `named`, for what rejects. */
export function asNamed(option: string, error: unknown): unknown {
  if (!isXincError(error, 'not-found')) return error;
  const { message, hint } = error;
  const problem = hint === undefined ? message : message.slice(0, -hint.length).trimEnd();
  return new XincError('invalid-option', problem, {
    subject: option,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
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
  // Of a list, what is wrong with one of its items.
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

function keysOf(schema: ZodType): string[] | undefined {
  const shape = shapeOf(schema);
  return shape && Object.keys(shape);
}

/** Text from the command line as the value it looks like: a number, a truth value, a list, else itself. */
export function looseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws XincError `invalid-option` */
export function parseWhole(text: string, option: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new XincError('invalid-option', `${option} ${text}: that is not a whole number ${range}`, { subject: option });
}

/**
 * Neuron indices: `0,17,207`, `0:64`, `0:64:8`, or several of these.
 * @throws XincError `invalid-option`
 */
export function parseNeurons(text: string, neurons: number): number[] {
  const chosen = text.split(',').flatMap((part) => {
    const range = /^\s*(\d*)\s*:\s*(\d*)\s*(?::\s*(\d+)\s*)?$/.exec(part);
    if (!range) return [parseWhole(part, '--neurons', 0)];
    const [start, end] = [Number(range[1] || 0), Math.min(Number(range[2] || neurons), neurons)];
    const step = Number(range[3] ?? 1);
    if (step < 1) throw new XincError('invalid-option', `--neurons ${part}: the step is 0`, { subject: '--neurons' });
    return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
  });
  if (chosen.length > 0) return chosen;
  throw new XincError('invalid-option', `--neurons ${text}: that names no neuron`, {
    subject: '--neurons',
    hint: `The layer has neurons 0 to ${neurons - 1}.`,
  });
}
