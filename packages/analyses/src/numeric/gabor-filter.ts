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
  // A wave along the rows has no sine down the columns.
  if (down.sine.every((value) => value === 0)) return cosines;
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
  const starts = Int32Array.from(kernel, (_, k) => k);
  const weights = kernel.slice().reverse();
  const sources = Int32Array.from(wrapped, (_, i) => modulo(i - radius, width));
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < wrapped.length; i++) wrapped[i] = picture[y * width + sources[i]];
    sumShifted(sums, wrapped, starts, weights);
    out.set(sums, y * width);
  }
  return out;
}

/** The same of every column: rows are added up. */
function convolveColumns(picture: Float32Array, height: number, width: number, kernel: Float64Array): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(picture.length);
  const rows = new Float64Array(picture);
  const weights = kernel.slice().reverse();
  const starts = new Int32Array(kernel.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < starts.length; k++) starts[k] = modulo(y + k - radius, height) * width;
    sumShifted(sums, rows, starts, weights);
    out.set(sums, y * width);
  }
  return out;
}

/**
 * Σ_k w_k · values[start_k + x], added up in the order of k. Four of them at a time, so that sums are seldom loaded and stored, and x
 * inside, so that one addition does not wait for the one before.
 * @param sums what they become, [x]
 */
function sumShifted(sums: Float64Array, values: Float64Array, starts: Int32Array, weights: Float64Array): void {
  sums.fill(0);
  let k = 0;
  for (; k + 4 <= weights.length; k += 4) {
    const [a, b, c, d] = [starts[k], starts[k + 1], starts[k + 2], starts[k + 3]];
    const [p, q, r, s] = [weights[k], weights[k + 1], weights[k + 2], weights[k + 3]];
    for (let x = 0; x < sums.length; x++) {
      sums[x] = sums[x] + values[a + x] * p + values[b + x] * q + values[c + x] * r + values[d + x] * s;
    }
  }
  for (; k < weights.length; k++) {
    const [a, p] = [starts[k], weights[k]];
    for (let x = 0; x < sums.length; x++) sums[x] += values[a + x] * p;
  }
}

const modulo = (value: number, extent: number): number => ((value % extent) + extent) % extent;
