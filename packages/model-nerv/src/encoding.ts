import { type NdArray, ndarray } from '@xinc/core';

/** How a frame's index becomes numbers: i = t/T at the frequencies bᵏ·π, k = 0 … levels − 1. */
export interface Encoding {
  readonly levels: number;
  /** b, the ratio of one frequency to the one before. */
  readonly base: number;
  /** All sines, then all cosines; or a sine and a cosine for each frequency. */
  readonly order: 'halves' | 'pairs';
}

/**
 * The encoding of frames t of T: [sin(i·bᵏ·π)]ₖ, then [cos(i·bᵏ·π)]ₖ, or these in pairs; method §3. Shape [frames, 2·levels].
 *
 * Every factor of the phase is rounded to float32, as PyTorch does: at 1.25⁷⁹·π the rounding alone turns the phase by
 * radians, so that a published network shows its frames only when it is rounded at the same places.
 */
export function encodeFrames(
  frames: readonly number[],
  frameCount: number,
  { levels, base, order }: Encoding,
): NdArray {
  const phase = phaseOf[order];
  const rows = frames.flatMap((frame) => {
    const index = Math.fround(frame / frameCount);
    const phases = Array.from({ length: levels }, (_, k) => phase(index, Math.fround(base ** k)));
    return order === 'halves'
      ? [...phases.map(Math.sin), ...phases.map(Math.cos)]
      : phases.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]);
  });
  return ndarray([frames.length, 2 * levels], Float32Array.from(rows));
}

const { fround, PI } = Math;

/** HNeRV's code multiplies the powers by π beforehand, NeRV's the index by the power first. */
const phaseOf: { readonly [K in Encoding['order']]: (index: number, power: number) => number } = {
  halves: (index, power) => fround(index * fround(power * fround(PI))),
  pairs: (index, power) => fround(fround(index * power) * fround(PI)),
};
