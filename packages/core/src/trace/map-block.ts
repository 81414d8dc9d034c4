import type { Region } from '@xinc/kernels';

/** Some contribution maps of a layer on one frame, as custom collectors and callers get them. */
export interface MapBlock {
  /** Indices of the neurons, [n]. */
  readonly neurons: Uint32Array;
  /** Which pixels the maps cover. */
  readonly region: Region;
  /** Signed contributions, [n, region.height, region.width]. Valid during the call only. */
  readonly maps: Float32Array;
}
