import { isXincError, XincError } from '@xinc/core';

/**
 * An error of a library about something it was asked for, as one about the option by which that was said.
 * @param options by what the library calls it: its error's `subject`
 */
export function withOption(error: unknown, options: Readonly<Record<string, string>>): unknown {
  if (!isXincError(error) || error.subject === undefined || !(error.subject in options)) return error;
  const { code, message, hint, details, subject } = error;
  const problem = hint === undefined ? message : message.slice(0, -hint.length).trimEnd();
  return new XincError(code, problem, {
    subject: options[subject],
    cause: error,
    ...(hint !== undefined && { hint }),
    ...(details !== undefined && { details }),
  });
}
