type Numbers = ArrayLike<number>;

/** Where two arrays differ most. */
export interface Difference {
  /** |a − b|, as a share of the largest |b| (or of 1, where that is less than `least`); infinite where one of the two is no number. */
  readonly relative: number;
  readonly index: number;
}

/**
 * The largest difference of two arrays of one length.
 * @param least what a difference is a share of, at least: below it values count as noise
 */
export function differenceOf(a: Numbers, b: Numbers, least = 0): Difference {
  if (a.length !== b.length) return { relative: Number.POSITIVE_INFINITY, index: Math.min(a.length, b.length) };
  let [scale, largest, index] = [least, 0, 0];
  for (let i = 0; i < b.length; i++) {
    if (Number.isFinite(b[i])) scale = Math.max(scale, Math.abs(b[i]));
    if (Object.is(a[i], b[i])) continue;
    const difference = Math.abs(a[i] - b[i]);
    if (difference <= largest) continue;
    [largest, index] = [Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference, i];
  }
  return { relative: largest === 0 ? 0 : largest / scale, index };
}

/** The first place at which two arrays are not the same to the last bit; `undefined` where they are. */
export function firstUnlike(a: Numbers, b: Numbers): number | undefined {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return undefined;
}

/** A number as messages show it. */
export const shortly = (value: number): string => String(Number(value.toPrecision(3)));
