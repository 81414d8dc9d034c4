import type { Picture } from '../../access/access.js';

/** Whether two runs are of the same signal on a frame: pixel by pixel, as they hold it. `undefined` until both are there. */
export function sameSignal(a: Picture | undefined, b: Picture | undefined): boolean | undefined {
  if (!a || !b) return undefined;
  return a.height === b.height && a.width === b.width && a.rgb.every((value, i) => value === b.rgb[i]);
}
