import type { WasmPlace, WasmReducer } from './wasm-reducer.js';

/**
 * One thing that is gathered of neurons while their maps stream by. All of it reads a_n(p) = |c_n(p)|, float32; P is the number
 * of pixels of the region.
 */
export interface Reducer<Argument, Result> {
  /**
   * Each `range` of neurons gives a result of its own, to be merged in the order of the ranges. What is counted over `all` is
   * exact, the same in any order, and is given once, at the end.
   */
  readonly over: 'range' | 'all';
  /** Whether it reads the frame before as well. */
  readonly readsPrevious?: true;
  /** @throws KernelError where the argument does not fit the region */
  check?(argument: Argument, pixels: number): void;
  /** In JavaScript. @param neurons of a range; 0 for what is counted over all */
  inScript(argument: Argument, neurons: number, pixels: number): ScriptReducer<Result>;
  /** In WebAssembly. A reducer without it is given whole maps, which takes longer. */
  inWasm?(argument: Argument, place: WasmPlace): WasmReducer<Result>;
}

export interface ScriptReducer<Result> {
  /**
   * @param n which neuron of the range
   * @param a a_n(p), [P]; valid during the call only
   * @param before a_n(p) on the frame before, [P], for a reducer that reads it
   */
  accept(n: number, a: Float32Array, before?: Float32Array): void;
  result(): Result;
}
