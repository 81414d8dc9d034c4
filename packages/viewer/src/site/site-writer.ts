import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ioError } from '@xinc/core/node';

/** Writes a site's files into a folder, and counts them. */
export interface SiteWriter {
  /**
   * @param path below the site's folder, joined with `/`
   * @returns its size in bytes
   */
  write(path: string, content: Uint8Array | string): Promise<number>;
  /** Sizes of what was written, by path. */
  readonly sizes: ReadonlyMap<string, number>;
}

export function siteWriter(folder: string): SiteWriter {
  const sizes = new Map<string, number>();
  return {
    sizes,
    async write(path, content) {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      const file = join(folder, ...path.split('/'));
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes);
      } catch (error) {
        throw ioError(error, file, 'written');
      }
      sizes.set(path, bytes.byteLength);
      return bytes.byteLength;
    },
  };
}
