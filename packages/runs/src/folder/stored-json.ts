import { whole } from '@xinc/core';
import { z } from 'zod';

/** Values, keys among them, and levels that a JSON file of a run has at most. */
const MOST_VALUES = 4_000_000;
const MOST_LEVELS = 100;

const [QUOTE, BACKSLASH, COMMA, COLON] = ['"', '\\', ',', ':'].map((sign) => sign.charCodeAt(0));
const OPENING = ['[', '{'].map((sign) => sign.charCodeAt(0));
const CLOSING = [']', '}'].map((sign) => sign.charCodeAt(0));

/**
 * The value of a JSON text that may come from a stranger. A value takes up to a hundred times the memory of its text, and deep
 * ones more of the stack than there is: both are counted first.
 * @throws Error saying what is wrong, in words that follow the name of the file
 */
export function parseStoredJson(bytes: Uint8Array): unknown {
  let [values, level, inText] = [0, 0, false];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inText = false;
      continue;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === COMMA || byte === COLON) values++;
    else if (byte === OPENING[0] || byte === OPENING[1]) {
      values++;
      if (++level > MOST_LEVELS) throw new Error(`it is nested deeper than ${MOST_LEVELS} levels`);
    } else if (byte === CLOSING[0] || byte === CLOSING[1]) level--;
  }
  if (values > MOST_VALUES) throw new Error(`it has more than ${whole(MOST_VALUES)} values`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('it is not JSON');
  }
}

/**
 * A list of a JSON file of a run. Unlike with `z.array`, the first wrong element ends the check: a list of a million wrong ones
 * would give a million complaints.
 */
export function listOf<S extends z.ZodType>(element: S) {
  return z.array(z.unknown()).transform((values, context): z.output<S>[] => {
    const parsed: z.output<S>[] = [];
    for (const [i, value] of values.entries()) {
      const one = element.safeParse(value);
      if (!one.success) {
        const [{ path, message }] = one.error.issues;
        context.addIssue({ code: 'custom', path: [i, ...path], message });
        return z.NEVER;
      }
      parsed.push(one.data);
    }
    return parsed;
  });
}
