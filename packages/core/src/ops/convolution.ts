/** A number for rows and one for columns. */
export type Pair = readonly [number, number];
/** Zeros above, left, below, right. */
export type Sides = readonly [number, number, number, number];

export interface ConvolutionAttributes {
  readonly padding: Sides;
  readonly stride: Pair;
  /** Distance of the kernel's taps in the picture. */
  readonly dilation: Pair;
  /** Channels are divided into this many groups; outputs of a group read inputs of that group alone. */
  readonly groups: number;
}

export interface ConvolutionOptions {
  /** Zeros on all sides, or above, left, below, right; none by default. */
  readonly padding?: number | Sides;
  readonly stride?: number | Pair;
  readonly dilation?: number | Pair;
  readonly groups?: number;
}

export const pair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);
export const sides = (value: number | Sides): Sides =>
  typeof value === 'number' ? [value, value, value, value] : value;

/** Options with their defaults. */
export function convolutionAttributes({
  padding = 0,
  stride = 1,
  dilation = 1,
  groups = 1,
}: ConvolutionOptions): ConvolutionAttributes {
  return { padding: sides(padding), stride: pair(stride), dilation: pair(dilation), groups };
}

/** Whether it has stride 1, one group, and its taps side by side. */
export function hasUnitSteps({ stride, dilation, groups }: ConvolutionAttributes): boolean {
  return groups === 1 && [...stride, ...dilation].every((step) => step === 1);
}
