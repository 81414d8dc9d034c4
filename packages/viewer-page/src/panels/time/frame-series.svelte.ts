import { type Resource, resource } from '../../state/resource.svelte.js';

/** Something of each frame, `undefined` where it is not known, or does not exist. */
type FrameSeries<T> = readonly (T | undefined)[];

/**
 * Loads something of one frame after the other, and shows what is known so far of that key, and nothing of another. To be called while a component starts.
 * @param key as of a resource: what the frames are loaded for
 * @param frames those to load, in this order
 */
export function frameSeries<T>(
  key: () => string | null,
  frames: () => readonly number[],
  load: (frame: number, signal: AbortSignal) => Promise<T>,
): Resource<FrameSeries<T>> {
  const found: Resource<{ readonly of: string; readonly values: FrameSeries<T> }> = resource(
    key,
    async (of, { signal, update }) => {
      const values: (T | undefined)[] = [];
      for (const frame of frames()) {
        values[frame] = await load(frame, signal);
        update({ of, values: values.slice() });
      }
      return { of, values };
    },
    { fits: ({ of }) => of === key() },
  );
  return {
    get value() {
      return found.value?.values;
    },
    get error() {
      return found.error;
    },
    get loading() {
      return found.loading;
    },
    retry: () => found.retry(),
  };
}
