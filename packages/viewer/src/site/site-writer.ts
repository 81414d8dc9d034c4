import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ioError } from '@xinc/core/node';
import { hostedName } from '@xinc/viewer-page';

/** Writes a site's files into a folder, and counts them. */
export interface SiteWriter {
  /**
   * @param path below the site's folder, joined with `/`
   * @returns its size in bytes, as it is loaded
   */
  write(path: string, content: Uint8Array | string): Promise<number>;
  /** Sizes of what was written, by its path in the folder. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** @param hosted whether a web host is to have the files, see `hostedName`; else they are as they are */
export function siteWriter(folder: string, hosted: boolean): SiteWriter {
  const sizes = new Map<string, number>();
  return {
    sizes,
    async write(path, content) {
      const name = hosted ? hostedName(path) : path;
      const whole = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      const bytes = name === path ? whole : await promisify(gzip)(whole);
      const file = join(folder, ...name.split('/'));
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes);
      } catch (error) {
        throw ioError(error, file, 'written');
      }
      sizes.set(name, bytes.byteLength);
      return bytes.byteLength;
    },
  };
}
