/**
 * The width D that a budget of M parameters allows: the positive root of a·D² + b·D = M, rounded down, with
 * a = (1/r)·Σ_i r^(−2i)·s_i²·k_i² for the blocks' kernels and b = inputs · h₀·w₀ for the stem's weights (method §3).
 * Biases and the head are left out of account, as in the published code. 0 where the budget does not reach one channel.
 */
export function solveWidth(budget: {
  readonly parameters: number;
  /** What the stem is given: the encoding, or the last dense layer before it. */
  readonly stemInputs: number;
  /** h₀·w₀ */
  readonly stemCells: number;
  readonly reduction: number;
  readonly blocks: readonly { readonly stride: number; readonly kernelSize: number }[];
}): number {
  const { parameters, reduction: r } = budget;
  const a =
    budget.blocks.reduce((sum, { stride, kernelSize }, i) => sum + r ** (-2 * i) * stride ** 2 * kernelSize ** 2, 0) /
    r;
  const b = budget.stemInputs * budget.stemCells;
  return Math.floor((Math.sqrt(b * b + 4 * a * parameters) - b) / (2 * a));
}

/** Channels of the stem and after each block: C' = max(round(C / r), minimum); method §3. */
export function reduceWidths(width: number, blocks: number, reduction: number, minimum: number): number[] {
  const widths = [width];
  for (let i = 0; i < blocks; i++) widths.push(Math.max(roundHalfToEven(widths[i] / reduction), minimum));
  return widths;
}

/** Python's `round`, which the published widths were made with: 12.5 → 12. */
function roundHalfToEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}
