/** Part of a number by which two that are the same may differ after sums of float32 numbers. */
const ROUNDING = 1e-5;

/** Whether two non-negative numbers are the same but for rounding. */
export const isTie = (a: number, b: number): boolean => Math.abs(a - b) <= ROUNDING * Math.max(a, b);
