import { mersenne } from 'pure-rand';

/** Numbers of a single float32 in [0, 1): PyTorch takes 24 bits of each 32. */
const BITS = 2 ** 24;
/** Normal numbers are drawn so many at once. */
const BLOCK = 16;

/**
 * The random numbers that PyTorch's CPU generator gives after `torch.manual_seed(seed)`, tensor after tensor (ATen,
 * `uniform_` and `normal_fill`; Mersenne Twister, Matsumoto & Nishimura 1998). Uniform numbers are the same to the bit, normal ones
 * to rounding, and those of tensors with fewer than 16 numbers are others.
 */
export class TorchStream {
  readonly #generator: ReturnType<typeof mersenne>;

  constructor(seed: number) {
    this.#generator = mersenne(seed);
  }

  /** In [−bound, bound), as `uniform_(-bound, bound)`. */
  uniform(length: number, bound: number): Float32Array {
    const least = Math.fround(-bound);
    const range = Math.fround(Math.fround(bound) - least);
    return Float32Array.from({ length }, () => this.#next() * range + least);
  }

  /** Normal numbers of mean 0, as `randn(…) * deviation`. */
  normal(length: number, deviation: number): Float32Array {
    const values = Float32Array.from({ length: Math.max(length, BLOCK) }, () => this.#next());
    const last = values.length - BLOCK;
    for (let at = 0; at <= last; at += BLOCK) boxMuller(values.subarray(at, at + BLOCK));
    if (values.length % BLOCK > 0) {
      // The last block overlaps the one before, and is drawn anew.
      for (let i = last; i < values.length; i++) values[i] = this.#next();
      boxMuller(values.subarray(last));
    }
    return values.subarray(0, length).map((value) => value * deviation);
  }

  #next(): number {
    return ((this.#generator.unsafeNext() >>> 0) % BITS) / BITS;
  }
}

/** Pairs of uniform numbers, half a block apart, to pairs of normal ones (Box & Muller 1958). */
function boxMuller(block: Float32Array): void {
  const half = BLOCK / 2;
  for (let i = 0; i < half; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[i]));
    const angle = 2 * Math.PI * block[i + half];
    block[i] = radius * Math.cos(angle);
    block[i + half] = radius * Math.sin(angle);
  }
}
