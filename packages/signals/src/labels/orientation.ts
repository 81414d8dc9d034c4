import { invalidSetting, XincError } from '@xinc/core';
import { type Framing, sameExtent } from '../framing.js';
import { type Orientation, stored } from '../orientation.js';
import { formatExtent } from '../size.js';
import type { LabelValues } from './label-values.js';

/** Which way up labels are: as the picture's pixels are stored, or as the picture is shown. */
export type LabelsOrientation = 'stored' | 'shown';

/** @throws XincError `invalid-option` */
export function parseLabelsOrientation(text: string): LabelsOrientation {
  if (text === 'stored' || text === 'shown') return text;
  throw invalidSetting('labelsOrientation', text, { expected: 'stored or shown' });
}

/** A label map the way up that its picture is, and what is to be said of it. */
export interface UprightLabels {
  readonly map: LabelValues;
  readonly note?: string;
}

/**
 * Turns labels as their picture was turned on reading, unless they are upright already: their own EXIF orientation tells,
 * else their size, else, where the size is the same either way, they are taken to be drawn on the pixels as stored.
 * @param turned how the picture was turned
 * @throws XincError `conflict` if the labels fit neither the picture as stored nor as shown, naming its orientation
 */
export function turnLabels(
  path: string,
  map: LabelValues,
  turned: Orientation | undefined,
  { original, output }: Framing,
  given?: LabelsOrientation,
): UprightLabels {
  const own = map.orientation ?? 1;
  if (given === undefined && own > 1) {
    const note = `turned by their own EXIF orientation (${own}); \`labelsOrientation\` says otherwise`;
    return { map: turnValues(map, own), note };
  }
  if (turned === undefined || turned.code === 1) return { map };
  const asStored = stored(original, turned.code);
  const fits = { stored: sameExtent(map, asStored), shown: sameExtent(map, original) };
  if (given === undefined && !fits.stored && !fits.shown && sameExtent(map, output)) return { map };
  if (given === undefined ? !fits.stored && !fits.shown : !fits[given]) {
    throw new XincError(
      'conflict',
      `${path}: the labels are ${formatExtent(map)}, but the picture is ${formatExtent(asStored)} as stored and ${formatExtent(original)} as shown, turned by its ${turned.name}`,
      {
        subject: path,
        hint:
          given !== undefined && (fits.stored || fits.shown)
            ? `Leave out \`labelsOrientation\`: their size tells which way up they are.`
            : 'Give labels of one of these sizes.',
      },
    );
  }
  if (given === 'shown' || !fits.stored) {
    const note = given
      ? undefined
      : `not turned: they have the size of the picture as shown, turned by its ${turned.name}`;
    return { map, ...(note !== undefined && { note }) };
  }
  const guess = fits.shown && given === undefined;
  const note = guess
    ? `turned like the picture, by its ${turned.name}: taken to be drawn on the pixels as stored; \`labelsOrientation: shown\` says they are upright`
    : `turned like the picture, by its ${turned.name}`;
  return { map: turnValues(map, turned.code), note };
}

/** Values turned upright by an EXIF orientation (EXIF 2.3, tag 274). */
function turnValues(map: LabelValues, code: number): LabelValues {
  const { height, width, values } = map;
  const out = stored(map, code);
  const turned = new (values.constructor as Uint32ArrayConstructor)(values.length);
  const mirrored = code === 2 || code === 3 || code === 7 || code === 8;
  const flipped = code === 3 || code === 4 || code === 6 || code === 7;
  for (let y = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++) {
      const [row, column] = code > 4 ? [x, y] : [y, x];
      const [fromRow, fromColumn] = [flipped ? height - 1 - row : row, mirrored ? width - 1 - column : column];
      turned[y * out.width + x] = values[fromRow * width + fromColumn];
    }
  }
  return { ...map, height: out.height, width: out.width, values: turned };
}
