import { bytesOf, request } from '../request.js';

/** The files of a published site, wherever they are kept. */
export interface SiteFiles {
  /**
   * A file by its path below the site's folder; the bytes are the caller's.
   * @throws AccessError; DOMException `AbortError`
   */
  read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Its address for `src` and `href`. */
  address(path: string): string;
}

/** Files on a web host. */
export class WebFiles implements SiteFiles {
  readonly #base: string;

  /** @param base address of the site's folder */
  constructor(base: string) {
    this.#base = base;
  }

  async read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const response = await request(this.address(path), { ...(signal && { signal }) });
    return bytesOf(response, signal);
  }

  address(path: string): string {
    return new URL(path, this.#base).href;
  }
}
