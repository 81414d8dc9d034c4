import { bytesOf, request } from '../access/request.js';

/** The network in two graphs: what does not depend on some weights, and the rest. */
export interface GraphHalves {
  readonly before: Uint8Array;
  /** Reads the outputs of `before`, by name. */
  readonly after: Uint8Array;
}

/**
 * The halves, as the server's engine makes them.
 * @param address of the whole graph
 * @param changing names of weights
 * @returns `null` where nothing can be cut off
 * @throws AccessError
 */
export async function fetchHalves(address: string, changing: readonly string[]): Promise<GraphHalves | null> {
  const halfOf = async (half: string) => {
    const at = new URL(address);
    at.searchParams.set('half', half);
    for (const name of changing) at.searchParams.append('changing', name);
    return bytesOf(await request(at.href));
  };
  const [before, after] = await Promise.all([halfOf('before'), halfOf('after')]);
  return before.length > 0 && after.length > 0 ? { before, after } : null;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}
