import { isXincError } from '@xinc/core';
import type { Tracer } from '@xinc/core/trace';
import { asWish } from '@xinc/runs';

/**
 * Refuses a layer or frame that does not exist, before anything is computed.
 * @throws XincError `invalid-option`, `numeric` for a layer that cannot be traced
 */
export function checkPlace(tracer: Tracer, layer: string, frame: number): void {
  try {
    tracer.mapPieces(layer, frame, []);
  } catch (error) {
    throw asWish(isXincError(error) && error.subject === String(frame) ? 'frame' : 'layer', error);
  }
}
