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
export function gaborResponse(picture: Float32Array, height: number, width: number, filter: GaborFilter): Float32Array {
  const frequency = (2 * Math.PI) / filter.wavelength;
  const deviation = DEVIATION_PER_WAVELENGTH * filter.wavelength;
  const across = modulatedGaussian(deviation, frequency * Math.cos(filter.orientation));
  const down = modulatedGaussian(deviation, frequency * Math.sin(filter.orientation));
  const cosines = convolveColumns(convolveRows(picture, height, width, across.cosine), height, width, down.cosine);
  const sines = convolveColumns(convolveRows(picture, height, width, across.sine), height, width, down.sine);
  return cosines.map((value, p) => value - sines[p]);
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

/** Convolution of every row with an odd-length kernel, wrapped around. */
function convolveRows(picture: Float32Array, height: number, width: number, kernel: Float64Array): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(picture.length);
  const wrapped = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < wrapped.length; i++) wrapped[i] = picture[y * width + modulo(i - radius, width)];
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += wrapped[x + k] * kernel[kernel.length - 1 - k];
      out[y * width + x] = sum;
    }
  }
  return out;
}

function convolveColumns(picture: Float32Array, height: number, width: number, kernel: Float64Array): Float32Array {
  return transposed(convolveRows(transposed(picture, height, width), width, height, kernel), width, height);
}

function transposed(picture: Float32Array, height: number, width: number): Float32Array {
  const out = new Float32Array(picture.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = picture[y * width + x];
  return out;
}

const modulo = (value: number, extent: number): number => ((value % extent) + extent) % extent;
