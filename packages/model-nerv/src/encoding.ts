import { type NdArray, ndarray } from '@xinc/core';

/**
 * The encoding of frames t of T: [sin(i·bᵏ·π)]ₖ, then [cos(i·bᵏ·π)]ₖ, with i = t/T and k = 0 … levels − 1; method §3.
 * Shape [frames, 2·levels].
 *
 * Every factor of the phase is rounded to float32, as PyTorch does: at 1.25⁷⁹·π the rounding alone turns the phase by
 * radians, so that a published network shows its frames only when it is rounded at the same places.
 */
export function encodeFrames(
  frames: readonly number[],
  frameCount: number,
  { levels, base }: { readonly levels: number; readonly base: number },
): NdArray {
  const { fround } = Math;
  const frequencies = Array.from({ length: levels }, (_, k) => fround(fround(base ** k) * fround(Math.PI)));
  const rows = frames.flatMap((frame) => {
    const phases = frequencies.map((frequency) => fround(fround(frame / frameCount) * frequency));
    return [...phases.map(Math.sin), ...phases.map(Math.cos)];
  });
  return ndarray([frames.length, 2 * levels], Float32Array.from(rows));
}
