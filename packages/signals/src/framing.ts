import { XincError } from '@xinc/core';
import { type Extent, formatExtent, type Size } from './size.js';

/** A rectangle of a picture, in pixels from its top left corner. */
export interface Region extends Extent {
  readonly top: number;
  readonly left: number;
}

/** How a picture becomes a frame: the region kept of the original, then the size it is resampled to. */
export interface Framing {
  readonly original: Extent;
  readonly region: Region;
  readonly output: Extent;
}

export interface FramingOptions {
  /** Centre crop, before resizing. */
  readonly crop?: Extent;
  readonly size?: Size;
}

/** More pixels than this are refused as a frame: 100 megapixels, 1.2 GB as float32 RGB. */
export const MAX_FRAME_PIXELS = 100_000_000;

/**
 * The framing of a picture of extent `original`: crop at the centre, then resize.
 * @throws XincError `invalid-option` if the crop does not fit or the result is too large.
 */
export function planFraming(path: string, original: Extent, { crop, size }: FramingOptions = {}): Framing {
  if (crop && (crop.height > original.height || crop.width > original.width)) {
    throw new XincError(
      'invalid-option',
      `\`crop: ${formatExtent(crop)}\` is larger than ${path}, which is ${formatExtent(original)}`,
      { setting: 'crop', found: formatExtent(crop) },
    );
  }
  const kept = crop ?? original;
  const region = {
    top: Math.floor((original.height - kept.height) / 2),
    left: Math.floor((original.width - kept.width) / 2),
    height: kept.height,
    width: kept.width,
  };
  const output = size ? fit(kept, size) : { height: kept.height, width: kept.width };
  if (output.height * output.width > MAX_FRAME_PIXELS) {
    throw new XincError(
      'invalid-option',
      `${path}: a frame of ${formatExtent(output)} is more than ${MAX_FRAME_PIXELS / 1e6} megapixels`,
      { subject: path, hint: 'Give a smaller `size`, such as `size: 512`.' },
    );
  }
  return { original: { height: original.height, width: original.width }, region, output };
}

function fit({ height, width }: Extent, size: Size): Extent {
  if ('height' in size) return { height: size.height, width: size.width };
  const scale = size.longest / Math.max(height, width);
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) };
}

/** What a framing does, in words, for the notes of a signal. */
export function framingNotes({ original, region, output }: Framing): string[] {
  const notes: string[] = [];
  if (!sameExtent(region, original)) {
    notes.push(`cropped at the centre from ${formatExtent(original)} to ${formatExtent(region)}`);
  }
  if (!sameExtent(output, region)) {
    notes.push(`resized from ${formatExtent(region)} to ${formatExtent(output)} (Lanczos3)`);
    if (changesAspect(region, output)) {
      notes.push(`the aspect ratio (width : height) changed from ${aspect(region)} to ${aspect(output)}`);
    }
  }
  return notes;
}

export function sameExtent(a: Extent, b: Extent): boolean {
  return a.height === b.height && a.width === b.width;
}

/** Whether `to` differs from `from` by more than rounding to whole pixels explains. */
function changesAspect(from: Extent, to: Extent): boolean {
  const exactWidth = (to.height * from.width) / from.height;
  const exactHeight = (to.width * from.height) / from.width;
  return Math.abs(exactWidth - to.width) >= 1 && Math.abs(exactHeight - to.height) >= 1;
}

function aspect({ height, width }: Extent): string {
  return (width / height).toFixed(2);
}
