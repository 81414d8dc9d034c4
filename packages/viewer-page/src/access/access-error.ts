/**
 * Why something could not be had from the server. `message` is one line for people.
 *
 * | kind | means |
 * |---|---|
 * | `unreachable` | no answer: the server has stopped, or the connection is gone |
 * | `refused` | an answer whose status is not 2xx; `code` is that of the `XincError` behind it, where there is one |
 * | `content` | an answer that is not what its address promises |
 */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly kind: 'unreachable' | 'refused' | 'content';
  readonly address: string;
  readonly code: string | undefined;

  constructor(
    kind: AccessError['kind'],
    message: string,
    fields: { readonly address: string; readonly code?: string; readonly cause?: unknown },
  ) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = kind;
    this.address = fields.address;
    this.code = fields.code;
  }
}

/** Whether an error only says that nobody waits for the answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
