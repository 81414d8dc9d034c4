import type { SignalShape } from '@xinc/core';

/** `image of 18 × 26 pixels`, `30 frames of 128 × 256 pixels`: height × width, as one line on the screen says. */
export function describeShape({ kind, frames, height, width }: SignalShape): string {
  return `${kind === 'image' ? 'image' : `${frames} frames`} of ${height} × ${width} pixels`;
}

/** What a line says where it names a size first. */
export const HEIGHT_BY_WIDTH = '(height × width)';
