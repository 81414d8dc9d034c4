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
  /** What the error is about: a path, a plugin, a layer; the setting, unless told. */
  readonly subject?: string;
  /** The setting that is wrong, as functions call it: `frames`, `labelsOrientation`. */
  readonly setting?: string;
  /** What it may be, in words: `HEIGHTxWIDTH such as 128x256`. */
  readonly expected?: string;
  /** What was given. */
  readonly found?: string;
  /** What to do about it, one short sentence. */
  readonly hint?: string;
  /** More than a line can say, for printing below the message: a table in plain text. */
  readonly details?: string;
  readonly cause?: unknown;
}

/**
 * The one error type of XINC. `message` is a single line: what is wrong, where, and (after a full stop) what to do.
 *
 * A setting that a text names stands in backticks, as functions call it, with its value or without: "Give a smaller `size`,
 * such as `size: 512`." So whoever shows the text can say what the setting is called there; so do notes.
 *
 * @example
 * try { await openRun(path) } catch (error) {
 *   if (isXincError(error, 'not-found')) console.error(error.message)
 * }
 */
export class XincError extends Error {
  override readonly name = 'XincError';
  readonly code: XincErrorCode;
  /** What is wrong and where, without `hint` and without a full stop at its end. */
  readonly problem: string;
  readonly subject: string | undefined;
  readonly setting: string | undefined;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly hint: string | undefined;
  readonly details: string | undefined;

  constructor(code: XincErrorCode, problem: string, fields: XincErrorFields = {}) {
    const alone = problem.replace(/\.$/, '');
    super(
      inOneLine(fields.hint ? `${alone}. ${fields.hint}` : problem),
      fields.cause === undefined ? undefined : { cause: fields.cause },
    );
    this.code = code;
    this.problem = inOneLine(alone);
    this.subject = fields.subject ?? fields.setting;
    this.setting = fields.setting;
    this.expected = fields.expected;
    this.found = fields.found;
    this.hint = fields.hint;
    this.details = fields.details;
  }
}

const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/**
 * The error `invalid-option` for a setting whose value cannot be read or is out of its domain.
 * @param setting as functions call it
 * @param why what is wrong with it, or what it may be
 */
export function invalidSetting(
  setting: string,
  found: string,
  why: { readonly expected: string; readonly hint?: string } | { readonly problem: string; readonly hint?: string },
): XincError {
  const { hint } = why;
  const [problem, fields] =
    'expected' in why ? [`expected ${why.expected}`, { expected: why.expected }] : [why.problem, {}];
  return new XincError('invalid-option', `\`${setting}: ${found}\`: ${problem}`, {
    setting,
    found,
    ...fields,
    ...(hint !== undefined && { hint }),
  });
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
