import { pause } from '../pause.js';
import { fullScale, type Pixels } from './pixels.js';

/** Chromaticities x, y of red, green, blue and white. */
export type Primaries = readonly (readonly [x: number, y: number])[];

const D65 = [0.3127, 0.329] as const;
export const BT709: Primaries = [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65];
export const DISPLAY_P3: Primaries = [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65];
export const BT2020: Primaries = [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65];

/** What the samples of a picture stand for, where that is not sRGB and no profile says it. */
export interface Encoding {
  /** From a sample in [0, 1] to linear light in [0, 1]. */
  readonly decode: (sample: number) => number;
  readonly primaries: Primaries;
}

/** sRGB's curve (IEC 61966-2-1), from samples to linear light. */
export function srgbToLinear(sample: number): number {
  return sample <= 0.04045 ? sample / 12.92 : ((sample + 0.055) / 1.055) ** 2.4;
}

function linearToSrgb(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** Pixels between two pauses. */
const PIECE = 2 ** 18;

/**
 * The same picture in sRGB, at its own depth; colours that sRGB does not have are cut off at its border.
 * @throws XincError `cancelled`
 */
export async function encodeAsSrgb(
  pixels: Pixels,
  { decode, primaries }: Encoding,
  abort?: AbortSignal,
): Promise<Pixels> {
  const { channels } = pixels;
  const full = fullScale(pixels);
  const light = Float64Array.from({ length: full + 1 }, (_, value) => decode(value / full));
  const exactSample = (value: number) => Math.round(full * linearToSrgb(Math.min(1, Math.max(0, value))));
  const toSample = full === 255 ? (value: number) => byteOf(value) : exactSample;
  const values = pixels.values.slice();
  const matrix = samePrimaries(primaries, BT709) ? undefined : rgbToSrgb(primaries);
  const table = matrix ? undefined : Array.from(light, exactSample);
  for (let at = 0, p = 0; at < values.length; at += channels, p++) {
    if (p % PIECE === 0) await pause(abort);
    const [r, g, b] = [values[at], values[at + 1], values[at + 2]];
    for (let c = 0; c < 3; c++) {
      values[at + c] = table
        ? table[values[at + c]]
        : toSample(matrix![c][0] * light[r] + matrix![c][1] * light[g] + matrix![c][2] * light[b]);
    }
  }
  return { ...pixels, values };
}

/** Linear light in steps this fine, which lie closer than a tenth of a byte. */
const STEPS = 2 ** 16;
let bytes: Uint8Array | undefined;

/** The sRGB byte of linear light, by a table. */
function byteOf(light: number): number {
  bytes ??= Uint8Array.from({ length: STEPS + 1 }, (_, i) => Math.round(255 * linearToSrgb(i / STEPS)));
  return bytes[Math.round(STEPS * Math.min(1, Math.max(0, light)))];
}

/** Whether chromaticities are the same but for their rounding. */
export function samePrimaries(a: Primaries, b: Primaries): boolean {
  return a.every(([x, y], i) => Math.abs(x - b[i][0]) < 0.002 && Math.abs(y - b[i][1]) < 0.002);
}

type Matrix = readonly (readonly number[])[];

/** Linear RGB of other primaries to linear sRGB; white stays white (von Kries in Bradford's space, as in ICC profiles). */
function rgbToSrgb(primaries: Primaries): Matrix {
  const white = xyzOf(primaries[3]);
  const d65 = xyzOf(D65);
  const cones = (xyz: readonly number[]) => BRADFORD.map((row) => dot(row, xyz));
  const [from, to] = [cones(white), cones(d65)];
  const scale = [0, 1, 2].map((i) => [0, 1, 2].map((k) => (i === k ? to[i] / from[i] : 0)));
  const adapt = multiply(invert(BRADFORD), multiply(scale, BRADFORD));
  return multiply(invert(rgbToXyz(BT709)), multiply(adapt, rgbToXyz(primaries)));
}

const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

function rgbToXyz([red, green, blue, white]: Primaries): Matrix {
  const columns = [red, green, blue].map(xyzOf);
  const unscaled = [0, 1, 2].map((row) => columns.map((column) => column[row]));
  const weights = invert(unscaled).map((row) => dot(row, xyzOf(white)));
  return unscaled.map((row) => row.map((value, i) => value * weights[i]));
}

const xyzOf = ([x, y]: readonly [number, number]): number[] => [x / y, 1, (1 - x - y) / y];
const dot = (a: readonly number[], b: readonly number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => [0, 1, 2].map((k) => row[0] * b[0][k] + row[1] * b[1][k] + row[2] * b[2][k]));
}

function invert([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ].map((row) => row.map((value) => value / determinant));
}
