import type { WasmPlace, WasmReducer } from './wasm-reducer.js';

/**
 * One thing that is gathered of neurons while their maps stream by. All of it reads a_n(p) = |c_n(p)|, float32; P is the number
 * of pixels of the region.
 */
export interface Reducer<Argument, Result> {
  /**
   * What a result is of. `neurons`: of each neuron of a range. `pixels`: a sum over the neurons of a range, float64 [P], to be added to
   * those of other ranges in their order. `all`: counts over all neurons, exact, the same in any order, and given once, at the end.
   */
  readonly over: 'neurons' | 'pixels' | 'all';
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
