/**
 * Every failure a user can cause or meet, by code. The command line turns `usage` and `invalid-option` into exit
 * status 2 and everything else into 1.
 *
 * | code | means |
 * |---|---|
 * | `usage` | the command or call is put wrongly |
 * | `invalid-option` | an option or configuration value is out of its domain |
 * | `not-found` | a file, plugin, layer, frame or analysis of that name does not exist |
 * | `invalid-file` | a file exists but is not what its name or place promises |
 * | `unsupported` | a valid request that this version, machine or model cannot serve |
 * | `plugin` | a plugin is broken, clashes with another, or breaks its contract |
 * | `shape` | tensors whose shapes do not fit one another |
 * | `io` | reading or writing failed (full disk, permissions) |
 * | `conflict` | what is on disk contradicts what was asked for |
 * | `numeric` | values that are not finite where they have to be |
 * | `cancelled` | the caller aborted |
 */
export type XincErrorCode =
  | 'usage'
  | 'invalid-option'
  | 'not-found'
  | 'invalid-file'
  | 'unsupported'
  | 'plugin'
  | 'shape'
  | 'io'
  | 'conflict'
  | 'numeric'
  | 'cancelled';

export interface XincErrorFields {
  /** What the error is about: a path, an option, a plugin, a layer. */
  readonly subject?: string;
  /** What to do about it, one short sentence. */
  readonly hint?: string;
  /** More than a line can say, for printing below the message: a table in plain text. */
  readonly details?: string;
  readonly cause?: unknown;
}

/**
 * The one error type of XINC. `message` is a single line: what is wrong, where, and (after a full stop) what to do.
 *
 * @example
 * try { await openRun(path) } catch (error) {
 *   if (isXincError(error, 'not-found')) console.error(error.message)
 * }
 */
export class XincError extends Error {
  override readonly name = 'XincError';
  readonly code: XincErrorCode;
  readonly subject: string | undefined;
  readonly hint: string | undefined;
  readonly details: string | undefined;

  constructor(code: XincErrorCode, problem: string, fields: XincErrorFields = {}) {
    const line = fields.hint ? `${problem.replace(/\.$/, '')}. ${fields.hint}` : problem;
    super(line.replace(/\s*\n\s*/g, ' '), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.subject = fields.subject;
    this.hint = fields.hint;
    this.details = fields.details;
  }
}

/** Whether `error` is an XincError (of that code, if one is given). Works across copies of this package. */
export function isXincError(error: unknown, code?: XincErrorCode): error is XincError {
  return (
    error instanceof Error && error.name === 'XincError' && (code === undefined || (error as XincError).code === code)
  );
}

/** Throws a `cancelled` XincError if `signal` has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new XincError('cancelled', 'Cancelled', { cause: signal.reason });
}
