import { type SignalShape, XincError } from '@xinc/core';

/**
 * Lists of strides that are tried where none is given: those of the published commands (Chen et al. 2023) for 640×1280 and
 * 960×1920 pixels first, then lists for ever smaller pictures.
 */
const USUAL: readonly (readonly number[])[] = [
  [5, 4, 4, 2, 2],
  [5, 4, 3, 2, 2],
  [5, 4, 2, 2, 2],
  [4, 4, 4, 2],
  [5, 4, 2, 2],
  [4, 4, 2, 2],
  [5, 4, 2],
  [4, 4, 2],
  [4, 2, 2],
  [4, 2],
  [2, 2],
  [2],
];

/** Cells that the shorter side of an embedding has at least, where strides are chosen: the published ones have 2. */
const FEWEST_CELLS = 2;

interface Sides {
  readonly height: number;
  readonly width: number;
}

export const product = (factors: readonly number[]): number => factors.reduce((a, b) => a * b, 1);

/** The first of the usual lists that a picture is a multiple of; the last, which the picture may not be. */
export function usualStrides({ height, width }: Sides, stemScale: number): readonly number[] {
  const fits = (strides: readonly number[]) => {
    const factor = product(strides) * stemScale;
    return isMultiple({ height, width }, factor) && Math.min(height, width) / factor >= FEWEST_CELLS;
  };
  return USUAL.find(fits) ?? USUAL[USUAL.length - 1];
}

const isMultiple = ({ height, width }: Sides, factor: number): boolean => height % factor === 0 && width % factor === 0;

/**
 * Rows and columns of an embedding: the picture's, divided by what stem and blocks upsample by.
 * @throws XincError `invalid-option` naming the size nearest to the signal's that they reach
 */
export function embeddingExtent(signal: SignalShape, strides: readonly number[], stemScale: number): Sides {
  const { height, width } = signal;
  const factor = product(strides) * stemScale;
  if (isMultiple(signal, factor)) return { height: height / factor, width: width / factor };
  const nearest = [height, width].map((side) => Math.max(Math.round(side / factor), 1) * factor);
  throw new XincError(
    'invalid-option',
    `hnerv: strides ${strides.join(',')} make pictures whose height and width are multiples of ${factor}, and ${height}×${width} is not`,
    { subject: 'strides', hint: `Give \`size: ${nearest.join('x')}\`, or other strides.` },
  );
}
