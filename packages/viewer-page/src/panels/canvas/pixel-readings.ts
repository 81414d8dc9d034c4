import type { Picture } from '../../access/access.js';
import type { Pixel } from '../../state/view.js';

/** Red, green and blue of a picture at a pixel, not clamped; `null` where there is none. */
export function rgbAt(picture: Picture | undefined, pixel: Pixel | null): readonly [number, number, number] | null {
  if (!picture || !pixel || pixel.row >= picture.height || pixel.column >= picture.width) return null;
  const at = 3 * (pixel.row * picture.width + pixel.column);
  return [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]];
}

/** A pixel's colour as people read it: `R 0.412 G 0.388 B −0.010`. */
export function pictureReading(rgb: readonly [number, number, number]): {
  readonly text: string;
  /** CSS colour, as the picture shows it. */
  readonly color: string;
  /** Whether a channel lies beyond [0, 1], where the picture shows 0 or 1. */
  readonly beyond: boolean;
} {
  const channels = rgb.map(
    (value, i) => `${'RGB'[i]} ${Number.isNaN(value) ? 'NaN' : value.toFixed(3).replace('-', '−')}`,
  );
  const shown = rgb.map((value) => Math.round(255 * Math.min(1, Math.max(0, value || 0))));
  return {
    text: channels.join('  '),
    color: `rgb(${shown.join(' ')})`,
    beyond: rgb.some((value) => value < 0 || value > 1),
  };
}
