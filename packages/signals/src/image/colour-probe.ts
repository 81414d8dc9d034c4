import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { loadSharp } from './load-sharp.js';
import { PNG_SIGNATURE, pngChunk, pngHeaderChunk } from './png-chunk.js';

/** Profiles that were looked at; the frames of a folder mostly share one. */
const known = new Map<string, Promise<boolean>>();
/** More are not remembered. */
const MAX_KNOWN = 64;

/**
 * Whether a colour profile leaves colours as they are in sRGB, to a 255th. It is put to the test: names and copyrights of
 * profiles say nothing that can be relied on.
 */
export function isSrgbProfile(icc: Buffer): Promise<boolean> {
  const key = createHash('sha256').update(icc).digest('hex');
  const present = known.get(key);
  if (present) return present;
  if (known.size >= MAX_KNOWN) known.clear();
  const made = leavesColours(icc);
  known.set(key, made);
  return made;
}

async function leavesColours(icc: Buffer): Promise<boolean> {
  const space = icc.toString('latin1', 16, 20);
  if (space !== 'RGB ' && space !== 'GRAY') return false;
  const samples = space === 'GRAY' ? ramp() : [...ramp().flatMap((v) => [v, v, v]), ...cube()];
  const channels = space === 'GRAY' ? 1 : 3;
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(probe(samples, channels, icc))
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return samples.every((value, i) => {
      const at = channels === 1 ? i * info.channels : i;
      return Math.abs(data[at] - value) <= 1;
    });
  } catch {
    // A profile that cannot be used is left to the decoder of the picture, which says why.
    return false;
  }
}

const ramp = () => Array.from({ length: 256 }, (_, value) => value);

/** Colours on a grid of 6 × 6 × 6. */
function cube(): number[] {
  const steps = [0, 51, 102, 153, 204, 255];
  return steps.flatMap((r) => steps.flatMap((g) => steps.flatMap((b) => [r, g, b])));
}

/** A PNG of one row of 8-bit samples with a colour profile (PNG specification §11.3.2.3). */
function probe(samples: readonly number[], channels: 1 | 3, icc: Buffer): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    pngHeaderChunk(1, samples.length / channels, 8, channels === 1 ? 0 : 2),
    pngChunk('iCCP', Buffer.concat([Buffer.from('probe\0\0', 'latin1'), deflateSync(icc)])),
    pngChunk('IDAT', deflateSync(Buffer.from([0, ...samples]))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
