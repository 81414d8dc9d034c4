import { AccessError } from '../access-error.js';
import { abortError } from '../request.js';
import type { RuntimeBinary } from '../runtime-binary.js';
import type { SiteFiles } from '../site/site-files.js';
import { insideBlock, unzipped } from './blocks.js';
import { RUNTIME_BLOCK } from './runtime-block.js';

/** Files of a published site that the page has inside, as a page that is one file does. */
export class InsideFiles implements SiteFiles {
  readonly #page: Document;
  /** Addresses that were made, by path: they stay as long as the page does. */
  readonly #addresses = new Map<string, string>();

  constructor(page: Document) {
    this.#page = page;
  }

  async read(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (signal?.aborted) throw abortError();
    const block = insideBlock(this.#page, path);
    if (!block)
      throw new AccessError('refused', `This file has no ${path} inside`, { address: path, code: 'not-found' });
    if (!block.compressed) return block.bytes;
    try {
      return await unzipped(block.bytes);
    } catch (cause) {
      throw new AccessError('content', `${path} inside this file is damaged`, { address: path, cause });
    }
  }

  /** Of pictures, which are not compressed again; anything else, and what there is not, has an address that leads nowhere. */
  address(path: string): string {
    const present = this.#addresses.get(path);
    if (present !== undefined) return present;
    const block = insideBlock(this.#page, path);
    const type = path.endsWith('.png') ? 'image/png' : 'application/octet-stream';
    const address = block && !block.compressed ? URL.createObjectURL(new Blob([block.bytes], { type })) : 'about:blank';
    this.#addresses.set(path, address);
    return address;
  }

  runtime(): RuntimeBinary {
    const block = insideBlock(this.#page, RUNTIME_BLOCK);
    if (block) return { kind: 'bytes', compressed: block.bytes };
    throw new AccessError('refused', `This file has no ${RUNTIME_BLOCK} inside`, {
      address: RUNTIME_BLOCK,
      code: 'not-found',
    });
  }
}
