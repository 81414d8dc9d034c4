import { xoroshiro128plus } from 'pure-rand';

/** A stream of random numbers. */
export interface RandomStream {
  /** In [0, 1). */
  uniform(): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
  /** In 0 … below − 1. */
  integer(below: number): number;
}

/**
 * The stream of a seed and a name: each parameter and each purpose draws from its own, so that adding one does not
 * change what the others get.
 */
export function randomStream(seed: number, name: string): RandomStream {
  const generator = xoroshiro128plus.fromState(stateOf(seed, name));
  const uniform = () => (generator.unsafeNext() >>> 0) / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
  };
}

/** The numbers 0 … length − 1 in random order (Fisher & Yates). */
export function permutation(length: number, stream: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * The generator's 128 bits for a seed and a name: FNV-1a over both, then SplitMix (Steele, Lea & Flood 2014) with Murmur3's
 * finaliser. Streams of like names, such as those of one epoch and the next, begin alike without it.
 */
function stateOf(seed: number, name: string): number[] {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return [1, 2, 3, 4].map((word) => {
    let bits = (hash + Math.imul(word, 0x9e3779b9)) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return bits ^ (bits >>> 16);
  });
}
