import type { NdArray } from '@xinc/core';
import { activationsRead, type Network, OUTPUT, pictureOf } from '@xinc/core/trace';

/** Bytes of a frame's values that are kept. */
const MOST_BYTES = 192 * 2 ** 20;
/** Frames that are kept. */
const FRAMES = 2;

/**
 * A network that runs once for a frame: its picture and all that its layers read come out together and are kept, where they take no more
 * than some memory; pointing at a picture, and going from layer to layer, asks for the same frame again and again.
 */
export function keepFrames(network: Network): Network {
  const { inr } = network;
  const { height, width } = inr.signal;
  const everything = [OUTPUT, ...new Set(inr.layers.flatMap(activationsRead))];
  const kept = new Map<number, Promise<Record<string, NdArray>>>();
  let small: boolean | undefined;

  async function frameOf(frame: number): Promise<Record<string, NdArray>> {
    const present = kept.get(frame) ?? network.evaluate(frame, everything);
    kept.delete(frame);
    kept.set(frame, present);
    present.catch(() => kept.delete(frame));
    for (const oldest of kept.keys()) if (kept.size > FRAMES) kept.delete(oldest);
    return present;
  }

  /** Told from a few pixels. */
  async function isSmall(): Promise<boolean> {
    if (inr.sampling === 'frames') return true;
    const some = await network.evaluate(0, everything, new Uint32Array(1));
    const bytes = Object.values(some).reduce((sum, { data }) => sum + data.byteLength, 0);
    return bytes * height * width <= MOST_BYTES;
  }

  return {
    ...network,
    async evaluate(frame, outputs, pixels, parameters) {
      small ??= await isSmall();
      const known = outputs.every((name) => everything.includes(name));
      if (!small || !known || parameters) return network.evaluate(frame, outputs, pixels, parameters);
      const whole = await frameOf(frame);
      return Object.fromEntries(
        outputs.map((name) => [name, pixels ? rowsOf(whole[name], pixels, height * width) : whole[name]]),
      );
    },
    async reconstruct(frame, parameters) {
      small ??= await isSmall();
      if (!small || parameters) return network.reconstruct(frame, parameters);
      return pictureOf(inr, (await frameOf(frame))[OUTPUT]);
    },
  };
}

/** Rows of some pixels, of what has one for each; else all of it. */
function rowsOf(whole: NdArray, pixels: Uint32Array, count: number): NdArray {
  const [rows, ...rest] = whole.shape;
  if (rows !== count) return whole;
  const values = whole.data.length / rows;
  const data = new Float32Array(pixels.length * values);
  for (const [row, pixel] of pixels.entries()) {
    data.set(whole.data.subarray(pixel * values, (pixel + 1) * values), row * values);
  }
  return { shape: [pixels.length, ...rest], data };
}
