import { inspect } from 'node:util';
import { isXincError, type XincError } from '@xinc/core';
import { printableJson, printableLines } from '@xinc/core/formats';
import { tooFewOpenFiles } from './open-files.js';
import { isOption, optionOf, withOptions } from './options.js';
import { shownOn } from './progress.js';

export interface FailureOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** The fields of an error that is not an XincError. */
const NO_FIELDS = { code: 'internal' };

/** What an error says beside its message, as the command line calls it. */
function fieldsOf({ code, subject, setting, expected, found, hint, details }: XincError) {
  return {
    code,
    subject: setting !== undefined && subject === setting && isOption(setting) ? optionOf(setting) : subject,
    expected,
    found,
    hint: hint && withOptions(hint),
    details,
  };
}

/**
 * Says what went wrong, in one line (and a table below it where there is one), and gives the exit status: 2 for wrong use,
 * else 1. Errors that are no user's mistake are reported as what they are: a fault of the program.
 */
export function reportFailure(error: unknown, { json, debug }: FailureOptions): 1 | 2 {
  const status = isXincError(error, 'usage') || isXincError(error, 'invalid-option') ? 2 : 1;
  const limit = tooFewOpenFiles(error);
  const known = isXincError(error) || limit !== undefined;
  const message = withOptions(limit ?? (error instanceof Error ? error.message : String(error)));
  if (json) {
    const { code, ...fields } = isXincError(error) ? fieldsOf(error) : NO_FIELDS;
    console.log(printableJson({ error: { code: limit === undefined ? code : 'io', message, ...fields } }));
  }
  const say = (text: string) => console.error(shownOn(process.stderr, text));
  say(known ? `xinc: ${message}` : `xinc: a fault of xinc itself: ${message}`);
  // A table: its lines are not to be broken.
  if (isXincError(error) && error.details) console.error(printableLines(error.details));
  if (debug) console.error(printableLines(inspect(error)));
  else if (!known) console.error('Run it again with --debug for the place, and please report it.');
  return status;
}
