import { AccessError } from '../access-error.js';
import { unzipped } from '../inside/blocks.js';
import { abortError, bytesOf } from '../request.js';
import type { RuntimeBinary } from '../runtime-binary.js';
import { hostedName } from './site-paths.js';

/** The files of a published site, wherever they are kept. */
export interface SiteFiles {
  /**
   * A file by its path below the site's folder; the bytes are the caller's.
   * @throws AccessError; DOMException `AbortError`
   */
  read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Its address for `src` and `href`; of files that a host keeps as they are. */
  address(path: string): string;
  runtime(): RuntimeBinary;
}

/** Files on a web host. */
export class WebFiles implements SiteFiles {
  readonly #base: string;

  /** @param base address of the site's folder */
  constructor(base: string) {
    this.#base = base;
  }

  async read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const name = hostedName(path);
    const bytes = await fetchFile(this.address(name), name, signal);
    if (name === path) return bytes;
    try {
      return await unzipped(bytes);
    } catch (cause) {
      throw new AccessError('content', `A file of this site is damaged: ${name}`, { address: name, cause });
    }
  }

  address(path: string): string {
    return new URL(path, this.#base).href;
  }

  runtime(): RuntimeBinary {
    return { kind: 'file', packed: true };
  }
}

/**
 * A file as a web host sends it.
 * @throws AccessError that names the file, and why it does not come
 */
export async function fetchFile(address: string, name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(address, signal ? { signal } : {});
  } catch (cause) {
    if (signal?.aborted) throw abortError();
    const why = 'its web host does not answer';
    throw new AccessError('unreachable', `A file of this site could not be loaded: ${name}, ${why}`, {
      address,
      cause,
    });
  }
  if (response.ok) return bytesOf(response, signal);
  throw new AccessError('refused', `A file of this site could not be loaded: ${name}, ${response.status}`, {
    address,
    ...(response.status === 404 && { code: 'not-found' }),
  });
}
