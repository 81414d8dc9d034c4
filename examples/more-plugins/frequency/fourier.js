/** The power spectrum of a picture [H, W], on extents that are powers of two. */
export class Spectrum {
  /** @param height of the pictures @param width of the pictures */
  constructor(height, width) {
    this.height = height;
    this.width = width;
    this.rows = powerOfTwo(height);
    this.columns = powerOfTwo(width);
    this.window = windowOf(height, width);
    this.re = new Float64Array(this.rows * this.columns);
    this.im = new Float64Array(this.rows * this.columns);
  }

  /**
   * |F(u, v)|² of a map without its mean, under a Hann window: what repeats beyond the border would else lie along the axes.
   * @returns [rows, columns]: row v is v / rows cycles per pixel downward, column u is u / columns across; valid until the next call
   */
  of(map) {
    const { height, width, rows, columns, window, re, im } = this;
    let [sum, weight] = [0, 0];
    for (let p = 0; p < map.length; p++) {
      sum += map[p] * window[p];
      weight += window[p];
    }
    const mean = sum / weight;
    re.fill(0);
    im.fill(0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const p = y * width + x;
        re[y * columns + x] = (map[p] - mean) * window[p];
      }
    }
    for (let y = 0; y < height; y++) transform(re, im, y * columns, 1, columns);
    for (let x = 0; x < columns; x++) transform(re, im, x, columns, rows);
    for (let i = 0; i < re.length; i++) re[i] = re[i] ** 2 + im[i] ** 2;
    return re;
  }
}

const powerOfTwo = (extent) => 2 ** Math.ceil(Math.log2(extent));

function windowOf(height, width) {
  const along = (extent) =>
    Float64Array.from({ length: extent }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / extent) ** 2);
  const [down, across] = [along(height), along(width)];
  return Float64Array.from({ length: height * width }, (_, p) => down[Math.floor(p / width)] * across[p % width]);
}

/** A Fourier transform of `length` values, a power of two, in place (Cooley & Tukey 1965). */
function transform(re, im, start, step, length) {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const [a, b] = [start + i * step, start + j * step];
    [re[a], re[b]] = [re[b], re[a]];
    [im[a], im[b]] = [im[b], im[a]];
  }
  for (let size = 2; size <= length; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let block = k; block < length; block += size) {
        const [a, b] = [start + block * step, start + (block + half) * step];
        const [tr, ti] = [c * re[b] - s * im[b], c * im[b] + s * re[b]];
        re[b] = re[a] - tr;
        im[b] = im[a] - ti;
        re[a] += tr;
        im[a] += ti;
      }
    }
  }
}
