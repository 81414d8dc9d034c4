import type { CheckpointTensor } from '../checkpoint.js';
import type { MemoryBudget } from '../memory-budget.js';

export type Tensors = ReadonlyMap<string, CheckpointTensor>;

/** A tensor that a network computes from others before it is used. */
export interface Derivation {
  readonly name: string;
  readonly parent: string;
  /** Names of what it is computed from, or of what means nothing without it. */
  readonly sources: readonly string[];
  readonly tensor: Pick<CheckpointTensor, 'shape' | 'dtype' | 'float32' | 'made'>;
}

/**
 * What to do with tensors whose name ends so.
 * @param stem the name before the ending
 */
export type Rule = (stem: string, tensors: Tensors, budget: MemoryBudget) => readonly Derivation[];

export function isFloat({ dtype }: CheckpointTensor): boolean {
  return /^b?float/.test(dtype);
}
