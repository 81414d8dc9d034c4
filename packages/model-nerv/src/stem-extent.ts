import { type SignalShape, XincError } from '@xinc/core';

/** Height and width of the stem's feature maps: the signal's, divided by what the blocks upsample by. */
export interface StemExtent {
  readonly height: number;
  readonly width: number;
}

/** @throws XincError `invalid-option` naming the sizes nearest to the signal's that these strides reach. */
export function stemExtent({ height, width }: SignalShape, strides: readonly number[]): StemExtent {
  const factor = strides.reduce((product, stride) => product * stride, 1);
  if (height % factor === 0 && width % factor === 0) return { height: height / factor, width: width / factor };
  const nearest = nearestSizes(height, width, factor).slice(0, 2);
  throw new XincError(
    'invalid-option',
    `nerv: strides ${strides.join(',')} make pictures whose height and width are multiples of ${factor}, and ${height}×${width} is not`,
    {
      subject: 'strides',
      hint: `Nearest are ${nearest.map(([h, w]) => `${h}×${w}`).join(' and ')}: give \`size: ${nearest[0].join('x')}\`, or other strides.`,
    },
  );
}

/** Sizes whose sides are the multiples just below and above, nearest first; the larger first where two are as near. */
function nearestSizes(height: number, width: number, factor: number): (readonly [number, number])[] {
  const distance = ([h, w]: readonly [number, number]) => Math.abs(h - height) + Math.abs(w - width);
  return multiplesAround(height, factor)
    .flatMap((h) => multiplesAround(width, factor).map((w) => [h, w] as const))
    .sort((a, b) => distance(a) - distance(b));
}

function multiplesAround(side: number, factor: number): number[] {
  const below = Math.floor(side / factor) * factor;
  const above = Math.ceil(side / factor) * factor;
  return below === above || below === 0 ? [above] : [above, below];
}
