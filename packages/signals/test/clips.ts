import { execFileSync } from 'node:child_process';
import { locate } from '../src/video/ffmpeg.js';

/** The ffmpeg that comes with the package, whatever the system has: fixtures are the same everywhere. */
export const carried = await locate({});

/** Runs ffmpeg to make a fixture. */
export function ffmpeg(args: readonly string[], input?: Uint8Array): void {
  execFileSync(carried.path, ['-v', 'error', '-y', ...args], { input, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** `count` RGB pictures [H, W, 3], no two alike. */
export function movingPictures(count: number, height: number, width: number): Uint8Array[] {
  return Array.from({ length: count }, (_, t) =>
    Uint8Array.from({ length: height * width * 3 }, (_, i) => {
      const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
      return (x * 7 + y * 13 + c * 50 + t * 20) % 256;
    }),
  );
}

export interface ClipOptions {
  readonly height: number;
  readonly width: number;
  readonly rate?: number;
  /** Output arguments: codec, container, metadata. */
  readonly output?: readonly string[];
}

/** Writes pictures as a clip; without output arguments, without loss (FFV1 in RGB). */
export function writeClip(
  path: string,
  pictures: readonly Uint8Array[],
  { height, width, rate = 10, output }: ClipOptions,
) {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(rate), '-i', 'pipe:0'];
  ffmpeg([...input, ...(output ?? ['-c:v', 'ffv1', '-pix_fmt', 'bgr0']), path], Buffer.concat(pictures));
}
