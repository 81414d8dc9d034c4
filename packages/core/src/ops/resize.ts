import { type NdArray, ndarray } from '../ndarray.js';

/**
 * How a picture is brought to another size, as ONNX's Resize and PyTorch's interpolate know it. `coordinates` says where
 * pixel i of the result lies among the n pixels of the input, the result having m:
 *
 * - `half-pixel`: (i + ½) / scale − ½, scale being m/n or what `scales` says;
 * - `pytorch-half-pixel`: the same, and 0 where m is 1;
 * - `asymmetric`: i / scale;
 * - `align-corners`: i · (n − 1) / (m − 1).
 */
export interface ResizeMethod {
  readonly kind: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: 'half-pixel' | 'pytorch-half-pixel' | 'asymmetric' | 'align-corners';
  /** Which pixel is nearest; `floor` by default. */
  readonly rounding?: 'floor' | 'ceil' | 'round-prefer-floor' | 'round-prefer-ceil';
  /** The cubic convolution's constant a; −0.75 by default. */
  readonly cubicCoefficient?: number;
  /** Scales of rows and columns, where a size was rounded down and they are not the quotient of the sizes. */
  readonly scales?: readonly [number, number];
}

/** Interpolation along one axis as a matrix [to, from]; pixels beyond the border are those on it. */
export function resizeMatrix(from: number, to: number, method: ResizeMethod, scale = to / from): NdArray {
  const key = JSON.stringify([from, to, scale, method]);
  const known = matrices.get(key);
  if (known) return known;
  const matrix = ndarray([to, from]);
  for (let i = 0; i < to; i++) {
    for (const [pixel, weight] of taps(place(i, from, to, scale, method), method)) {
      matrix.data[i * from + Math.min(Math.max(pixel, 0), from - 1)] += weight;
    }
  }
  matrices.set(key, matrix);
  return matrix;
}

/** The same array for the same resize, so that a graph holds it once. */
const matrices = new Map<string, NdArray>();

function place(i: number, from: number, to: number, scale: number, { coordinates }: ResizeMethod): number {
  if (coordinates === 'asymmetric') return i / scale;
  if (coordinates === 'align-corners') return to > 1 ? (i * (from - 1)) / (to - 1) : 0;
  if (coordinates === 'pytorch-half-pixel' && to === 1) return 0;
  return (i + 0.5) / scale - 0.5;
}

function taps(
  at: number,
  { kind, rounding = 'floor', cubicCoefficient: a = -0.75 }: ResizeMethod,
): readonly (readonly [pixel: number, weight: number])[] {
  if (kind === 'nearest') return [[nearest(at, rounding), 1]];
  const first = Math.floor(at);
  const t = at - first;
  if (kind === 'linear') {
    return [
      [first, 1 - t],
      [first + 1, t],
    ];
  }
  // Keys 1981: the weight of a pixel at distance d.
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [
    [first - 1, far(t + 1)],
    [first, near(t)],
    [first + 1, near(1 - t)],
    [first + 2, far(2 - t)],
  ];
}

function nearest(at: number, rounding: NonNullable<ResizeMethod['rounding']>): number {
  if (rounding === 'floor') return Math.floor(at);
  if (rounding === 'ceil') return Math.ceil(at);
  return rounding === 'round-prefer-floor' ? Math.ceil(at - 0.5) : Math.floor(at + 0.5);
}
