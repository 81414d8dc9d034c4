import type { ApiProblem } from '../api.js';
import { AccessError } from './access-error.js';

/** What a page says whose cookie the server does not know: a viewer that was started anew on the same port. */
export const RESTARTED = 'The viewer was restarted. Open its new address, which is printed where it was started';

/**
 * Fetches from the page's own server.
 * @throws AccessError; DOMException `AbortError` when aborted
 */
export async function request(address: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, options);
  } catch (cause) {
    if (options.signal?.aborted) throw abortError();
    throw new AccessError('unreachable', 'The server does not answer. Is `xinc view` still running?', {
      address,
      cause,
    });
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  // A page that is open was admitted once: another server listens there now, with a token of its own.
  const message = response.status === 401 ? RESTARTED : problem?.message;
  throw new AccessError('refused', message ?? `The server answered ${response.status} to ${address}`, {
    address,
    ...(problem && { code: problem.code }),
  });
}

async function problemOf(response: Response): Promise<ApiProblem | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const isProblem =
    typeof body === 'object' &&
    body !== null &&
    'message' in body &&
    typeof body.message === 'string' &&
    'code' in body &&
    typeof body.code === 'string';
  return isProblem ? (body as ApiProblem) : undefined;
}

/** @throws AccessError `content` if the body breaks off */
export async function bytesOf(response: Response, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (signal?.aborted) throw abortError();
    throw new AccessError('content', `The answer to ${response.url} broke off`, { address: response.url, cause });
  }
}

export async function jsonOf<T>(response: Response, signal?: AbortSignal): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (cause) {
    if (signal?.aborted) throw abortError();
    throw new AccessError('content', `The answer to ${response.url} is not JSON`, { address: response.url, cause });
  }
}

export function abortError(): DOMException {
  return new DOMException('Nobody waits for this any more', 'AbortError');
}
