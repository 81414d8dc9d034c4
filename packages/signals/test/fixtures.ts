import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll } from 'vitest';

/** Writes a file into the folder and gives its path. */
export type Put = (name: string, content: Uint8Array | string | Sharp) => Promise<string>;

/** A folder for one test file's fixtures, removed when its tests are done. */
export async function fixtureFolder(): Promise<{ folder: string; put: Put }> {
  const folder = await mkdtemp(join(tmpdir(), 'xinc-signals-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const put: Put = async (name, content) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, isSharp(content) ? await content.toBuffer() : content);
    return path;
  };
  return { folder, put };
}

function isSharp(content: Uint8Array | string | Sharp): content is Sharp {
  return typeof content === 'object' && 'toBuffer' in content;
}

/** An 8-bit RGB picture whose colours tell its pixels apart: [H, W, 3]. */
export function colours(height: number, width: number): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
    return [(255 * y) / Math.max(1, height - 1), (255 * x) / Math.max(1, width - 1), (y * 31 + x * 17) % 256][c];
  });
}

/** A sharp pipeline over raw samples of 1 to 4 channels; 16-bit samples stay so. */
export function picture(height: number, width: number, values: Uint8Array | Uint16Array): Sharp {
  const channels = (values.length / height / width) as 1 | 2 | 3 | 4;
  const raw = sharp(values, { raw: { width, height, channels } });
  if (values.BYTES_PER_ELEMENT === 1) return channels < 3 ? raw.toColourspace('b-w') : raw;
  return raw.toColourspace(channels < 3 ? 'grey16' : 'rgb16');
}
