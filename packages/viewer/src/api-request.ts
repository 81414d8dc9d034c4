import type { IncomingMessage } from 'node:http';
import { Refusal } from './http/refusal.js';

/** A request for something under /api. */
export interface ApiRequest {
  readonly request: IncomingMessage;
  /** The address after /api. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Whether it may come from a panel in a frame of another page: its token stands in the path. */
  readonly framed: boolean;
  /** Fires when nobody waits any more. */
  readonly abort: AbortSignal;
}

export function unknownAddress(): Refusal {
  return new Refusal(404, 'not-found', 'There is nothing at this address');
}

/** The version of weights asked for with `?v=`; `undefined` for the newest. */
export function versionOf({ query }: ApiRequest): number | undefined {
  const text = query.get('v');
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(400, 'invalid-option', `v=${text}: that is no version of weights`);
}
