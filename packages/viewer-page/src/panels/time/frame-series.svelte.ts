import { type Resource, resource } from '../../state/resource.svelte.js';

/** Something of each frame, `undefined` where it is not known, or does not exist. */
type FrameSeries<T> = readonly (T | undefined)[];

/**
 * Loads something of one frame after the other, and shows what is known so far. To be called while a component starts.
 * @param key as of a resource: what the frames are loaded for
 * @param frames those to load, in this order
 */
export function frameSeries<T>(
  key: () => string | null,
  frames: () => readonly number[],
  load: (frame: number, signal: AbortSignal) => Promise<T>,
): Resource<FrameSeries<T>> {
  return resource(key, async (_, { signal, update }) => {
    const values: (T | undefined)[] = [];
    for (const frame of frames()) {
      values[frame] = await load(frame, signal);
      update(values.slice());
    }
    return values;
  });
}
