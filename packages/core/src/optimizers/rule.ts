import type { Shape } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';

/** What an optimiser remembers of a parameter from step to step: an array of this shape. */
export interface MemoryPart {
  readonly shape: Shape;
  /** What it is before the first step: zeros unless said otherwise. */
  readonly start?: 'identity';
}

/** A parameter with what is remembered of it, by part. */
export interface ParameterState<T> {
  readonly parameter: T;
  readonly memory: Readonly<Record<string, T>>;
}

/** What an optimiser does to one parameter at each step. */
export interface ParameterRule {
  readonly memory: Readonly<Record<string, MemoryPart>>;
  /**
   * One update. Parts that it does not give stay as they are.
   * @param scalars the step's numbers, by name (`OptimizerRule.scalars`)
   */
  update<T>(
    ops: Ops<T>,
    before: ParameterState<T>,
    gradient: T,
    scalars: Readonly<Record<string, T>>,
  ): ParameterState<T>;
  /** What is done after a step at which bases are made anew; absent where there are none. */
  readonly renewal?: BasisRenewal;
}

/** How bases that are parts of a memory are made anew, and what is kept in them is carried over. */
export interface BasisRenewal {
  /** Square matrices by part: each part becomes an orthonormal basis of its matrix's columns (`loadOrthonormalBasis`). */
  matrices<T>(ops: Ops<T>, memory: Readonly<Record<string, T>>): Record<string, T>;
  /** Parts that are kept in the bases, turned out of those that go. */
  turnedOut<T>(ops: Ops<T>, memory: Readonly<Record<string, T>>): Record<string, T>;
  /**
   * The same parts, turned into the new bases.
   * @param memory the bases, new
   * @param out what `turnedOut` gave
   */
  turnedIn<T>(ops: Ops<T>, memory: Readonly<Record<string, T>>, out: Readonly<Record<string, T>>): Record<string, T>;
}

/** An optimiser with its settings. */
export interface OptimizerRule {
  /** @param shape the parameter's */
  parameter(shape: Shape): ParameterRule;
  /** The numbers of update number `step`, counted from 1, that change from step to step: a function of these two alone, so that a resumed run has the same. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** Whether bases are made anew after this step, counted from 1. */
  renews(step: number): boolean;
}

/** A parameter as a matrix: of a convolution's kernel [out, in, k, k], [out, in · k · k]. `undefined` for what has one axis or none. */
export function matrixShape(shape: Shape): readonly [rows: number, columns: number] | undefined {
  if (shape.length < 2) return undefined;
  return [shape[0], shape.slice(1).reduce((product, extent) => product * extent, 1)];
}
