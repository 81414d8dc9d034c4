import type { Kernels } from '@xinc/kernels';

/** A real Gabor filter: a Gaussian of this deviation times a cosine wave, both in pixels, the wave along `orientation`. */
export interface GaborFilter {
  readonly wavelength: number;
  /** Radians, 0 for a wave along a row. */
  readonly orientation: number;
}

/** Deviation of the Gaussian for a bandwidth of one octave, in wavelengths (Petkov & Kruizinga 1997): √(ln 2 / 2) · 3 / π. */
const DEVIATION_PER_WAVELENGTH = (Math.sqrt(Math.log(2) / 2) * 3) / Math.PI;

/**
 * The picture [H·W] convolved with a real Gabor filter, borders wrapped around, [H·W] in float32. The Gaussian is
 * isotropic and sums to one; the wave's two dimensions separate by cos(u + v) = cos u · cos v − sin u · sin v.
 */
export function gaborResponse(
  kernels: Kernels,
  picture: Float32Array,
  height: number,
  width: number,
  filter: GaborFilter,
): Float32Array {
  const frequency = (2 * Math.PI) / filter.wavelength;
  const deviation = DEVIATION_PER_WAVELENGTH * filter.wavelength;
  const across = modulatedGaussian(deviation, frequency * Math.cos(filter.orientation));
  const down = modulatedGaussian(deviation, frequency * Math.sin(filter.orientation));
  const extents = { height, width };
  const cosines = kernels.convolve(picture, extents, { rows: across.cosine, columns: down.cosine });
  // A wave along the rows has no sine down the columns.
  if (down.sine.every((value) => value === 0)) return cosines;
  const sines = kernels.convolve(picture, extents, { rows: across.sine, columns: down.sine });
  for (let p = 0; p < cosines.length; p++) cosines[p] -= sines[p];
  return cosines;
}

/** A Gaussian that sums to one, cut off at three deviations, times the cosine and the sine of a frequency. */
function modulatedGaussian(deviation: number, frequency: number) {
  const radius = Math.ceil(3 * deviation);
  const offsets = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const gaussian = offsets.map((x) => Math.exp(-0.5 * (x / deviation) ** 2));
  const total = gaussian.reduce((sum, value) => sum + value, 0);
  return {
    cosine: gaussian.map((value, i) => (value / total) * Math.cos(frequency * offsets[i])),
    sine: gaussian.map((value, i) => (value / total) * Math.sin(frequency * offsets[i])),
  };
}
