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
 * The stream of a seed and a name: each purpose draws from its own, so that adding one does not change what the others get.
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
 * The generator's 128 bits for a seed and a name: a hash of both as one text, four words that take every character and then each
 * other (cyrb128, with the constants of MurmurHash3). Streams of like names, such as those of one epoch and the next, share nothing.
 */
function stateOf(seed: number, name: string): number[] {
  const text = `${seed}/${name}`;
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ character, 597399067);
    b = c ^ Math.imul(b ^ character, 2869860233);
    c = d ^ Math.imul(c ^ character, 951274213);
    d = a ^ Math.imul(d ^ character, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  const all = a ^ b ^ c ^ d;
  return [all, b ^ all, c ^ all, d ^ all];
}
