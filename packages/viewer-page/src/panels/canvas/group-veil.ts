import type { Labels } from '../../access/access.js';

/** Dims every pixel that is not of a group. */
export function groupVeil({ height, width, labels }: Labels, group: number, theme: 'light' | 'dark'): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  // RGBA bytes on little-endian platforms: white or black, at 72 %.
  const dim = theme === 'light' ? 0xb8ffffff : 0xb8000000;
  for (let p = 0; p < pixels.length; p++) pixels[p] = labels[p] === group ? 0 : dim;
  return image;
}
