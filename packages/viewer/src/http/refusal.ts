import { isXincError, type XincErrorCode } from '@xinc/core';
import type { ApiProblem } from '@xinc/viewer-page';

/** Why a request is not answered as asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly problem: ApiProblem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: XincErrorCode | 'forbidden',
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.problem = { code, message };
    this.headers = headers;
  }
}

const STATUS: Readonly<Record<XincErrorCode, number>> = {
  usage: 400,
  'invalid-option': 400,
  'not-found': 404,
  conflict: 409,
  'invalid-file': 422,
  unsupported: 422,
  numeric: 422,
  shape: 422,
  plugin: 500,
  io: 500,
  cancelled: 503,
};

/**
 * Any failure as an answer. What is no XincError is a fault of the program: its message is not for the page.
 * @param word how the page's reader calls what messages name in backticks
 */
export function refusalOf(error: unknown, word: (text: string) => string): Refusal {
  if (error instanceof Refusal) return error;
  if (isXincError(error)) return new Refusal(STATUS[error.code], error.code, word(error.message));
  return new Refusal(
    500,
    'io',
    word('A fault of the viewer itself; with `debug`, the program that serves it prints it.'),
  );
}
