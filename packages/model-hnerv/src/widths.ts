/**
 * The stem's channels C that a budget of M parameters allows, as the authors' code solves them: the larger root of
 * a·C² + b·C = M − (numbers of all embeddings), rounded down, with a = (1/r)·Σ_i r^(−2i)·s_i²·k_i² for the blocks' kernels and
 * b = 9·(stem's scale)² · (channels of an embedding). That the stem's kernels count as 3×3, though they are 1×1, is the
 * published code's; biases and head are left out of account, as there. 0 where the budget does not reach one channel.
 */
export function solveWidth(budget: {
  readonly parameters: number;
  /** Numbers of all embeddings. */
  readonly embedded: number;
  readonly embeddingChannels: number;
  readonly stemScale: number;
  readonly reduction: number;
  readonly blocks: readonly { readonly stride: number; readonly kernelSize: number }[];
}): number {
  const { reduction: r } = budget;
  const a =
    budget.blocks.reduce((sum, { stride, kernelSize }, i) => sum + r ** (-2 * i) * stride ** 2 * kernelSize ** 2, 0) /
    r;
  const b = 9 * budget.stemScale ** 2 * budget.embeddingChannels;
  const rest = budget.parameters - budget.embedded;
  if (rest <= 0) return 0;
  return Math.floor((Math.sqrt(b * b + 4 * a * rest) - b) / (2 * a));
}

/** Channels of the stem and after each block: C' = max(round(C / r), minimum). */
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
