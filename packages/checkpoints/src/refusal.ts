import { XincError } from '@xinc/core';

/**
 * What is wrong inside a file, thrown where the file's name is not known. {@link inFile} makes it a XincError; none
 * leaves this package.
 */
class Refusal extends Error {
  constructor(
    readonly code: 'invalid-file' | 'unsupported',
    problem: string,
    readonly hint: string | undefined,
  ) {
    super(problem);
  }
}

/** The file contradicts itself or its format. */
export function malformed(problem: string, hint?: string): Error {
  return new Refusal('invalid-file', problem, hint);
}

/** The file is fine, but of a kind that is not read here; `hint` says how to convert it. */
export function unsupported(problem: string, hint: string): Error {
  return new Refusal('unsupported', problem, hint);
}

/** Runs `read`; what it refuses is thrown as a XincError that names the file. */
export function inFile<T>(fileName: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // An array or Map beyond what the JavaScript engine can hold.
    if (error instanceof RangeError) {
      throw new XincError('unsupported', `${fileName}: the file holds more than can be read here (${error.message})`, {
        subject: fileName,
        cause: error,
      });
    }
    if (!(error instanceof Refusal)) throw error;
    throw new XincError(error.code, `${fileName}: ${error.message}`, {
      subject: fileName,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
