import { pause } from '../pause.js';
import type { LabelValues } from './label-values.js';

/** How the pixels of one value lie. */
export interface ValueCount {
  /** Pixels of the value. */
  pixels: number;
  /** Those of them whose four neighbours have the value as well. */
  inner: number;
  /** Those whose value lies strictly between two of their eight neighbours'. */
  between: number;
}

/** How the values of an annotation lie, all frames together, at the size they were stored at. */
export type Survey = Map<number, ValueCount>;

/** A map of more values than this is no label map; what reads it refuses it. */
const MAX_SURVEYED = 65_536;
/** Rows that are looked at between two pauses. */
const ROWS = 64;

/**
 * Counts a map's values into `survey`. Pixels beyond the map's border count as equal to those at it.
 * @throws XincError `cancelled`
 */
export async function surveyValues({ height, width, values }: LabelValues, survey: Survey, abort?: AbortSignal) {
  let value = Number.NaN;
  let entry: ValueCount = { pixels: 0, inner: 0, between: 0 };
  for (let y = 0; y < height; y++) {
    if (y % ROWS === 0) await pause(abort);
    const [above, below] = [y > 0 ? -width : 0, y < height - 1 ? width : 0];
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (values[at] !== value) {
        value = values[at];
        const known = survey.get(value);
        if (!known && survey.size >= MAX_SURVEYED) return;
        entry = known ?? { pixels: 0, inner: 0, between: 0 };
        survey.set(value, entry);
      }
      entry.pixels++;
      const [left, right] = [x > 0 ? -1 : 0, x < width - 1 ? 1 : 0];
      const equal =
        values[at + left] === value &&
        values[at + right] === value &&
        values[at + above] === value &&
        values[at + below] === value;
      if (equal) {
        entry.inner++;
        continue;
      }
      let [lower, higher] = [false, false];
      for (const row of [at + above, at, at + below]) {
        for (let k = row + left; k <= row + right; k++) {
          lower ||= values[k] < value;
          higher ||= values[k] > value;
        }
      }
      if (lower && higher) entry.between++;
    }
  }
}
